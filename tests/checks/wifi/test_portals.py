"""Sign-in pages that earlier runs met: what is kept, for how long, and what is never kept."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from checks.gateway.fact import DefaultRoute, GatewayFact
from checks.internet.facts import InternetFact, ProbeAnswer
from checks.internet.portal_api import PortalApi
from checks.wifi import CHECK
from checks.wifi.facts import Security, WifiFact
from checks.wifi.points import Point, link_of
from checks.wifi.portals import KEPT_DAYS
from checks.wifi.recognise import recognised, remember
from diag.memory import FileMemory
from diag.model import NETWORK_SALT, NO_MEMORY, Answers, Check, Memory, Observation
from diag.pipeline import take_snapshot
from diag.registry import Registry
from diag.selection import select
from tests.support import NOW, context, findings, profile_from, replay, view

ROUTER = "00:00:5e:00:53:01"


@pytest.fixture
def memory(tmp_path: Path) -> FileMemory:
    return FileMemory(tmp_path / "memory.json")


def fact(
    ssid: str | None = "HOTEL-3F", security: Security = "wpa2", portal: bool = False
) -> WifiFact:
    return WifiFact(
        adapter=True,
        interface="wlan0",
        joined=True,
        carries_default=True,
        connectivity="portal" if portal else "unknown",
        link=link_of(Point(ssid=ssid, security=security, signal=70)),
        router=ROUTER,
    )


def probe(vendor: Any, outcome: Any = "redirected", **values: Any) -> ProbeAnswer:
    return ProbeAnswer(vendor=vendor, family="ipv4", outcome=outcome, took_s=0.1, **values)


def portal(outcome: Any = "redirected", **values: Any) -> InternetFact:
    both = (probe("apple", outcome, **values), probe("google", outcome, **values))
    return InternetFact(connects=(), probes=both)


def met(memory: Memory, wifi: WifiFact, days_later: int = 0) -> bool:
    """Whether a run on this network, so many days later, counts a page of before."""
    host = replay(now=NOW + timedelta(days=days_later))
    return recognised(host, replace(context(), memory=memory), wifi).captive_before


def test_our_own_probes_page_is_kept(memory: FileMemory) -> None:
    assert not met(memory, fact())
    remember(fact(), view(fact(), portal()), memory)
    assert met(memory, fact())
    assert not met(memory, fact("HOTEL-4F"))
    assert met(memory, fact(security="open")), "a name is the same with another key"


def test_the_systems_page_is_kept(memory: FileMemory) -> None:
    remember(fact(portal=True), view(fact(portal=True)), memory)
    assert met(memory, fact())


def test_a_hidden_name_is_known_by_its_router(memory: FileMemory) -> None:
    remember(fact(None), view(fact(None), portal()), memory)
    assert met(memory, fact(None))
    assert not met(memory, replace(fact(None), router="00:00:5e:00:53:99"))


@pytest.mark.parametrize(
    ("days", "counts"), [(0, True), (KEPT_DAYS, True), (KEPT_DAYS + 1, False), (-1, False)]
)
def test_it_counts_for_half_a_year(memory: FileMemory, days: int, counts: bool) -> None:
    remember(fact(), view(fact(), portal()), memory)
    assert met(memory, fact(), days) is counts


def test_the_file_names_no_network_and_no_two_devices_write_the_same(tmp_path: Path) -> None:
    written: list[dict[str, str]] = []
    for name in ("one", "two"):
        memory = FileMemory(tmp_path / name)
        remember(fact(), view(fact(), portal()), memory)
        memory.save()
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert not any(each in text for each in ("HOTEL", "3F", ROUTER))
        written.append(json.loads(text))
    salts = [each.pop(NETWORK_SALT) for each in written]
    assert salts[0] != salts[1]
    assert not set(written[0]) & set(written[1]), "the same network under the same key"
    assert [list(each.values()) for each in written] == [[NOW.date().isoformat()]] * 2


def test_a_salt_outlives_what_it_salts(memory: FileMemory) -> None:
    """The oldest is forgotten first, and each page that is met makes the salt young again."""
    remember(fact("CAFE-1"), view(fact("CAFE-1"), portal()), memory)
    for number in range(62):
        memory.keep(f"thing-{number}", "x")
    remember(fact("CAFE-2"), view(fact("CAFE-2"), portal()), memory)
    memory.save()
    assert memory.recall(NETWORK_SALT) is not None
    assert met(memory, fact("CAFE-2"))


@pytest.mark.parametrize(
    "said", ["yes", "", "2026-13-40", "\x1b[2J", "9999-12-31", "2026-11-22T00:00:00"]
)
def test_a_damaged_memory_is_none(said: str) -> None:
    class Damaged:
        def recall(self, key: str) -> str | None:
            return "salt" if key == NETWORK_SALT else said

        def keep(self, key: str, value: str) -> None: ...

        def save(self) -> None: ...

    assert not met(Damaged(), fact())


# --- what is not kept ---


@pytest.mark.parametrize(
    ("wifi", "others"),
    [
        (fact(), [InternetFact(connects=(), probes=(probe("apple", "expected"),))]),
        (fact(), [portal("no_answer")]),
        (fact(), [portal("other_status", status=403)]),
        (fact(), [portal(says="unpaid", said_so=True)]),
        (fact(), [portal(says="used_up")]),
        (fact(), [portal(says="blocked")]),
        (fact(portal=True), [portal(says="suspended")]),
        (fact(), []),
        (replace(fact(), carries_default=False), [portal()]),
        (replace(fact(), trusted="home"), [portal()]),
        (fact("Buffalo-A-1234"), [portal()]),
        (fact("Buffalo-A-1234", portal=True), []),
        (
            fact("Tanaka"),
            [
                portal(portal_scheme="http", portal_host="192.168.7.1"),
                GatewayFact(
                    routes=(DefaultRoute(family="ipv4", interface="wlan0", gateway="192.168.7.1"),)
                ),
            ],
        ),
        (replace(fact(), link=None), [portal()]),
    ],
    ids=[
        *("works", "silent", "forbids", "unpaid", "used up", "filter", "suspended", "no probe"),
        *("cable", "vouched for", "home router", "home router by the OS", "its router", "no name"),
    ],
)
def test_what_is_no_sign_in_page_or_another_lines_is_not_kept(
    memory: FileMemory, wifi: WifiFact, others: list[Any]
) -> None:
    remember(wifi, view(wifi, *others), memory)
    assert memory.recall(NETWORK_SALT) is None


def test_an_open_network_of_a_routers_name_is_kept(memory: FileMemory) -> None:
    open_one = fact("Buffalo-A-1234", "open")
    remember(open_one, view(open_one, portal()), memory)
    assert met(memory, open_one)


def test_a_page_that_the_network_announces_is_kept(memory: FileMemory) -> None:
    announced = InternetFact(
        connects=(),
        probes=(probe("apple", "no_answer"),),
        api=PortalApi(source="networkd", captive=True),
    )
    remember(fact(), view(fact(), announced), memory)
    assert met(memory, fact())


# --- through a whole run ---


def checks(wifi: WifiFact, internet: InternetFact) -> Registry:
    one = replace(CHECK, collect=lambda host, ctx: recognised(host, ctx, wifi))
    two = Check(
        name="internet",
        fact=InternetFact,
        collect=lambda host, ctx: internet,  # noqa: ARG005 - one form
        judge=lambda fact, seen: (),  # noqa: ARG005 - one form
    )
    return Registry(checks={"wifi": one, "internet": two}, broken=())


def run(memory: Memory, wifi: WifiFact, internet: InternetFact) -> WifiFact:
    registry = checks(wifi, internet)
    taken = take_snapshot(
        replay(),
        registry,
        select(registry.checks, (), (), False),
        profile_from({}),
        Answers(),
        5.0,
        memory=memory,
    )
    found: Observation = taken.snapshot.observations["wifi"]
    assert isinstance(found.fact, WifiFact)
    return found.fact


def test_the_page_counts_from_the_next_run_on_and_says_so(memory: FileMemory) -> None:
    works = InternetFact(connects=(), probes=(probe("apple", "expected"),))
    assert not run(memory, fact(), portal()).captive_before
    second = run(memory, fact(), works)
    assert second.captive_before
    (public,) = findings(CHECK, second, view(second, works))
    assert public.args["reasons"] == ["captive_before", "public_word"]
    assert not run(NO_MEMORY, fact(), works).captive_before


def test_what_breaks_while_remembering_breaks_nothing_else(memory: FileMemory) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    registry = checks(fact(), portal())
    known = dict(registry.checks)
    known["wifi"] = replace(known["wifi"], remember=broken)
    taken = take_snapshot(
        replay(),
        replace(registry, checks=known),
        select(known, (), (), False),
        profile_from({}),
        Answers(),
        5.0,
        memory=memory,
    )
    assert set(taken.snapshot.observations) == {"wifi", "internet"}
