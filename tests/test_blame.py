"""Who is to blame: through what blame passes, how far it reaches, what acquits."""

from __future__ import annotations

from typing import Any

import pytest

from diag.model import (
    Blame,
    Crossed,
    Finding,
    Layer,
    Unmeasured,
    subject_covers,
)
from tests.toys import ENDPOINTS, codes, diagnosis_of, failure, found, toy_check, toy_problem, under


@pytest.mark.parametrize(
    ("cause", "effect", "covers"),
    [
        ("device", "endpoint:login", True),
        ("path", "device", True),
        ("path/ipv6", "endpoint:login/ipv6", True),
        ("path/ipv6", "endpoint:login/ipv4", False),
        ("path/ipv6", "endpoint:login", False),
        ("endpoint:login", "endpoint:login/ipv6", True),
        ("endpoint:store", "endpoint:login", False),
        ("endpoint:login/ipv6", "endpoint:login/ipv6", True),
        ("endpoint:login/ipv6", "endpoint:login", False),
    ],
)
def test_scope(cause: str, effect: str, covers: bool) -> None:
    assert subject_covers(cause, effect) is covers


def chain(middle: str, middle_says: Any = (), failures: Any = None) -> Any:
    """a explains b explains c; a and c are found, b as the test says."""
    a = toy_check("a", toy_problem("a.down"), says=[found("a.down")])
    b = toy_check("b", toy_problem(middle, explained_by=("a.down",)), says=middle_says)
    c = toy_check(
        "c", toy_problem("c.down", explained_by=(middle,)), says=[found("c.down", "endpoint:login")]
    )
    return diagnosis_of([a, b, c], failures=failures, endpoint=ENDPOINTS)


def test_blame_passes_through_what_was_found() -> None:
    diagnosis = chain("b.down", [found("b.down")])
    assert codes(diagnosis) == ["a.down"]
    assert under(diagnosis, "a.down") == ["b.down path", "c.down endpoint:login"]
    assert diagnosis.verdict.confidence == "certain"


def test_blame_through_an_unknown_link_is_likely_at_most() -> None:
    diagnosis = chain("b.down", failures={"b": failure()})
    assert codes(diagnosis) == ["a.down"]
    (item,) = diagnosis.causes[0].explains
    assert item.confidence == "likely"
    assert diagnosis.verdict.confidence == "likely"


def test_blame_never_passes_through_what_was_measured_absent() -> None:
    assert codes(chain("b.down")) == ["c.down", "a.down"], "what login lacks comes first"


def test_blame_passes_where_one_target_was_left_open() -> None:
    open_here = [Unmeasured(code="b.down", subject="endpoint:login", reason="timeout")]
    open_elsewhere = [Unmeasured(code="b.down", subject="endpoint:news", reason="timeout")]
    assert codes(chain("b.down", open_here)) == ["a.down"]
    assert codes(chain("b.down", open_elsewhere)) == ["c.down", "a.down"]


def test_a_guard_decides() -> None:
    def only_small(cause: Finding, effect: Finding) -> bool:
        return cause.args["offset"] == effect.args["late"]

    def causes(offset: int) -> list[str]:
        clock = toy_check(
            "clock",
            toy_problem("clock.wrong", layer=Layer.CLOCK),
            says=[found("clock.wrong", "device", args={"offset": offset})],
        )
        tls = toy_check(
            "tls",
            toy_problem(
                "tls.expired", layer=Layer.TLS, explained_by=(Blame("clock.wrong", only_small),)
            ),
            says=[found("tls.expired", "endpoint:login", args={"late": 3})],
        )
        return codes(diagnosis_of([clock, tls], endpoint=ENDPOINTS))

    assert causes(3) == ["clock.wrong"]
    assert causes(4) == ["tls.expired", "clock.wrong"]


def test_the_stores_certificate_never_explains_the_login() -> None:
    store = toy_check("store", toy_problem("tls.expired"), says=[found("tls.expired", "store:x")])
    login = toy_check(
        "login",
        toy_problem("endpoint.unreachable", explained_by=("tls.expired",)),
        says=[found("endpoint.unreachable", "endpoint:login")],
    )
    diagnosis = diagnosis_of([store, login], endpoint=ENDPOINTS)
    assert codes(diagnosis) == ["endpoint.unreachable", "tls.expired"]


def test_a_probe_that_got_past_acquits() -> None:
    gateway = toy_check(
        "gateway",
        toy_problem("gateway.unreachable", layer=Layer.GATEWAY, blocking=True),
        says=[found("gateway.unreachable")],
    )
    slow = toy_check(
        "slow", toy_problem("internet.slow", layer=Layer.INTERNET), says=[found("internet.slow")]
    )
    answered = toy_check("endpoint", says=[Crossed(layer=Layer.TLS, subject="endpoint:login/ipv4")])
    diagnosis = diagnosis_of([gateway, slow, answered], endpoint=ENDPOINTS)
    assert codes(diagnosis) == ["internet.slow"], "what does not block is not acquitted"
    assert {result.check: result.status for result in diagnosis.results}["gateway"] == "ok"


def test_ipv4_getting_past_does_not_acquit_ipv6() -> None:
    broken = toy_check(
        "family",
        toy_problem("ipv6.broken", layer=Layer.FAMILY, blocking=True),
        says=[found("ipv6.broken", "path/ipv6")],
    )
    answered = toy_check("endpoint", says=[Crossed(layer=Layer.TLS, subject="endpoint:login/ipv4")])
    assert codes(diagnosis_of([broken, answered])) == ["ipv6.broken"]
