"""Networks by name, security and signs: each comes out as what it is, and none is slandered."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

import pytest
from msgspec import Struct, convert
from msgspec.structs import replace

from checks.wifi.evidence import Evidence, weigh
from checks.wifi.facts import Lease, Place, Security, WifiFact
from checks.wifi.known import _data
from checks.wifi.points import Point, link_of
from diag.model import NetworkKind

Sign = Literal[
    "captive",
    "os_public",
    "os_home",
    "os_work",
    "shared_range",
    "phone_lease",
    "large",
    "before",
    "others",
    "alone",
]


OTHERS: dict[frozenset[Sign], bool] = {frozenset({"others"}): True, frozenset({"alone"}): False}


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    ssid: str
    security: Security
    expect: NetworkKind
    source: str
    signs: tuple[Sign, ...] = ()

    def weighed(self) -> Evidence:
        places: dict[Sign, Place] = {"os_public": "public", "os_home": "home", "os_work": "work"}
        link = link_of(Point(ssid=self.ssid or None, security=self.security))
        fact = WifiFact(
            adapter=True,
            joined=True,
            link=link,
            place=next((places[sign] for sign in self.signs if sign in places), None),
            phone_addresses="shared_range" in self.signs,
            lease=Lease(
                prefix=21 if "large" in self.signs else 24,
                held_s=600,
                phone="phone_lease" in self.signs,
            ),
            captive_before="before" in self.signs,
            others_seen=OTHERS.get(frozenset(self.signs) & {"others", "alone"}),
        )
        return weigh(fact, link, "captive" in self.signs)


TABLE = tomllib.loads(Path(__file__).with_name("networks.toml").read_text(encoding="utf-8"))
CASES = convert(TABLE["case"], list[Case])


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.ssid}-{case.security}-{'-'.join(case.signs)}"
)
def test_each_network_is_told_for_what_it_is(case: Case) -> None:
    evidence = case.weighed()
    assert evidence.network == case.expect
    if case.expect in ("home", "tethered"):
        assert (evidence.network, evidence.confidence) != ("public", "certain")


def test_the_table_is_large_and_half_of_it_is_from_public_sources() -> None:
    public = [case for case in CASES if case.source != "constructed"]
    assert len(CASES) >= 120
    assert 2 * len(public) >= len(CASES)
    assert {case.source for case in public} <= set(_data().sources)
    assert len({(case.ssid, case.security, case.signs) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", [case for case in CASES if case.expect in ("home", "tethered")])
def test_with_every_sign_against_it_a_home_is_still_not_certainly_public(case: Case) -> None:
    """Somebody's own network that the neighbours call FREE, with a page of its router's own."""
    worst = Case(
        ssid=case.ssid,
        security="open",
        expect="public",
        source=case.source,
        signs=(*case.signs, "captive", "large"),
    )
    evidence = worst.weighed()
    assert (evidence.network, evidence.confidence) != ("public", "certain")


@pytest.mark.parametrize("case", [case for case in CASES if "alone" not in case.signs])
def test_nobody_else_in_the_table_changes_no_case(case: Case) -> None:
    """Guests kept apart, and a device that has had no business with anybody, look the same."""
    signs: tuple[Sign, ...] = tuple(each for each in case.signs if each != "others")
    plain, alone = (replace(case, signs=each).weighed() for each in (signs, (*signs, "alone")))
    assert (alone.network, alone.score) == (plain.network, plain.score)
    assert (alone.confidence == "certain") is (plain.confidence == "certain")


@pytest.mark.parametrize("case", [case for case in CASES if case.expect == "public"])
def test_others_in_the_table_make_nothing_public_certain(case: Case) -> None:
    signs: tuple[Sign, ...] = tuple(each for each in case.signs if each != "alone")
    evidence = replace(case, signs=(*signs, "others")).weighed()
    assert evidence.confidence != "certain"


def test_every_entry_of_the_data_names_its_source() -> None:
    data = _data()
    sources = {
        *(entry.source for entry in data.ssid),
        *(entry.source for entry in (*data.pattern, *data.phone, *data.router)),
        *(entry.source for entry in data.domain),
    }
    assert sources <= set(data.sources)
    names = [name for entry in data.ssid for name in entry.names]
    assert len(names) == len(set(names))
    assert len(names) >= 120
