from __future__ import annotations

import pytest

from diag.deadline import Deadline
from diag.host import Failed, ResolvedAddress, real_host
from diag.net.resolve import Family, lookup
from tests.net.servers import SignpostHost
from tests.support import replay


def test_the_answers_once_each_and_in_order() -> None:
    host = SignpostHost({"login.app.test": ["192.0.2.2", "192.0.2.1", "192.0.2.2", "2001:db8::1"]})
    found = lookup(host, "login.app.test", "ipv4", Deadline.after(1.0))
    assert (found.outcome, found.addresses) == ("ok", ("192.0.2.2", "192.0.2.1"))
    assert lookup(host, "login.app.test", "ipv6", Deadline.after(1.0)).addresses == ("2001:db8::1",)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("EAI_NONAME", "no_name"),
        ("EAI_NODATA", "no_address"),
        ("EAI_AGAIN", "failed"),
        ("EAI_FAIL", "failed"),
        ([], "no_address"),
    ],
)
def test_what_the_resolver_says(said: str | list[str], outcome: str) -> None:
    host = replay(resolves={("www.test", "ipv4"): said})
    assert lookup(host, "www.test", "ipv4", Deadline.after(1.0)).outcome == outcome


def test_a_resolver_that_says_nothing() -> None:
    class Mute(SignpostHost):
        def resolve(self, *_: object) -> tuple[ResolvedAddress, ...]:
            raise Failed("timeout", "resolve")

    assert lookup(Mute(), "www.test", "ipv4", Deadline.after(0.1)).outcome == "timeout"


@pytest.mark.parametrize(
    ("literal", "family", "outcome"),
    [
        ("192.0.2.1", "ipv4", "ok"),
        ("192.0.2.1", "ipv6", "no_address"),
        ("fe80::1%eth0", "ipv6", "ok"),
    ],
)
def test_an_address_is_its_own_answer(literal: str, family: Family, outcome: str) -> None:
    host = replay()
    assert lookup(host, literal, family, Deadline.after(1.0)).outcome == outcome


def test_this_device() -> None:
    assert "127.0.0.1" in lookup(real_host(), "localhost", "ipv4", Deadline.after(5.0)).addresses
