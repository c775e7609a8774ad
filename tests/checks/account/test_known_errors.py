"""What the app's own message means."""

from __future__ import annotations

import time

import pytest

from checks.account.known_errors import MATCH_S, Matches, matches
from diag.app_profile import KnownError

LOCKED = KnownError(pattern="E-1203|アカウントがロック", cause="account.locked")
BUSY = KnownError(pattern="アクセスが集中", cause="service.busy")


@pytest.mark.parametrize(
    ("text", "causes"),
    [
        ("アカウントがロックされました (E-1203)", ("account.locked",)),
        ("ｅ－１２０３", ("account.locked",)),
        ("e-1203", ("account.locked",)),
        (
            "ただいまアクセスが集中しています。アカウントがロック",
            ("account.locked", "service.busy"),
        ),
        ("アカウントがﾛｯｸされています", ("account.locked",)),
        ("E-1204", ()),
        ("", ()),
    ],
)
def test_patterns_are_searched_without_regard_to_case_or_width(
    text: str, causes: tuple[str, ...]
) -> None:
    assert matches((LOCKED, BUSY), text) == Matches(causes=causes)


def test_a_pattern_that_never_ends_costs_little_and_not_the_others() -> None:
    endless = KnownError(pattern=r"(a|aa|aaa)+(a|b)+(a|c)+\d", cause="account.suspended")
    started = time.monotonic()
    found = matches((endless, LOCKED), "a" * 3000 + " E-1203")
    assert time.monotonic() - started < 10 * MATCH_S
    assert found.causes == ("account.locked",)
    assert [each.code for each in found.broken] == ["timeout"]


def test_a_broken_pattern_is_named() -> None:
    found = matches((KnownError(pattern="(", cause="account.locked"), BUSY), "アクセスが集中")
    assert found.causes == ("service.busy",)
    assert [each.code for each in found.broken] == ["unparsable"]


def test_each_cause_is_named_once() -> None:
    twice = KnownError(pattern="ロック", cause="account.locked")
    assert matches((LOCKED, twice), "アカウントがロック").causes == ("account.locked",)
