"""The score: what each sign is worth, and what is never concluded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.internet.facts import InternetFact, ProbeAnswer, ProbeOutcome
from checks.internet.targets import Vendor
from checks.wifi import CHECK
from checks.wifi.evidence import weigh
from checks.wifi.facts import Place, Security, WifiFact, WifiLink, band_of, ssid_text
from checks.wifi.known import signs_of
from checks.wifi.points import Point, link_of
from diag.model import Finding
from tests.support import view


def link(security: Security = "wpa2", ssid: str = "") -> WifiLink:
    return link_of(Point(ssid=ssid or None, security=security))


def fact(joined: WifiLink, place: Place | None = None, phone: bool = False) -> WifiFact:
    return WifiFact(
        adapter=True,
        joined=True,
        link=joined,
        carries_default=True,
        place=place,
        phone_addresses=phone,
    )


@pytest.mark.parametrize(
    ("security", "ssid", "captive", "place", "expected"),
    [
        ("open", "Tanaka", False, None, ("public", "possible", 3)),
        ("owe", "Tanaka", False, None, ("public", "possible", 3)),
        ("wpa2", "Tanaka", True, None, ("public", "possible", 3)),
        ("wpa2", "Tanaka", False, "public", ("unknown", "possible", 1)),
        ("wpa2", "HOTEL-3F", False, None, ("unknown", "possible", 1)),
        ("wpa2", "HOTEL-3F", True, None, ("public", "likely", 4)),
        ("wpa2", "Dennys_Free_Wifi", False, None, ("public", "likely", 3)),
        ("open", "00000JAPAN", False, None, ("public", "certain", 6)),
        ("open", "HOTEL-3F", True, None, ("public", "certain", 7)),
        ("open", "guest", True, "home", ("public", "likely", 4)),
        ("open", "Tanaka", False, "home", ("home", "likely", 0)),
        ("enterprise", "0001docomo", False, None, ("public", "likely", 1)),
        ("enterprise", "eduroam", False, None, ("work", "likely", -2)),
        ("wpa2", "Buffalo-A-1234", False, None, ("home", "possible", 0)),
        ("wpa2", "Buffalo-A-1234", True, None, ("public", "possible", 3)),
        ("open", "Buffalo-A-1234", True, None, ("public", "likely", 6)),
        ("enterprise", "corp", False, None, ("work", "possible", -2)),
        ("wpa2", "corp", False, "work", ("work", "likely", -3)),
        ("wpa2", "Tanaka", False, None, ("unknown", "possible", 0)),
    ],
)
def test_the_score_and_what_it_says(
    security: Security,
    ssid: str,
    captive: bool,
    place: Place | None,
    expected: tuple[str, str, int],
) -> None:
    joined = link(security, ssid)
    evidence = weigh(fact(joined, place), joined, captive)
    assert (evidence.network, evidence.confidence, evidence.score) == expected


@given(
    st.builds(
        WifiLink,
        security=st.sampled_from(("open", "owe", "wep", "wpa2", "enterprise", "unknown")),
        known_public=st.booleans(),
        public_word=st.booleans(),
        phone_name=st.booleans(),
    ),
    st.sampled_from((None, "home", "work", "public")),
    st.booleans(),
    st.booleans(),
)
def test_public_is_never_certain_of_a_home_or_a_phone(
    joined: WifiLink, place: Place | None, phone: bool, captive: bool
) -> None:
    evidence = weigh(fact(joined, place, phone), joined, captive)
    if (evidence.network, evidence.confidence) == ("public", "certain"):
        assert place not in ("home", "work")
        assert joined.known_public or not (phone or joined.phone_name)
        assert len(evidence.reasons) >= 2


@pytest.mark.parametrize(
    ("ssid", "known", "word", "phone"),
    [
        ("Wi2free", True, False, False),
        ("ＷＩ２ＦＲＥＥ", True, False, False),
        ("aeon  mall", True, False, False),
        ("AEON-Tanaka", False, False, False),
        ("SHIBUYA_FREE_Wi-Fi", False, True, False),
        ("carefree", False, False, False),
        ("freedom", False, False, False),
        ("Freebox-1234", False, False, False),
        ("ホテル日航", False, True, False),
        ("FritzBox Gastzugang", False, False, False),
        ("Fritz Gast", False, True, False),
        ("wifi-zone 3", False, True, False),
        ("AndroidAP7B21", False, False, True),
        ("太郎のiPhone", False, False, True),
        ("DIRECT-4F-printer", False, False, True),
        ("", False, False, False),
    ],
)
def test_signs_in_a_name(ssid: str, known: bool, word: bool, phone: bool) -> None:
    signs = signs_of(ssid)
    assert signs.known_public is known
    assert (signs.public_word and not known) is word
    assert signs.phone is phone


@given(st.binary(max_size=32))
def test_any_bytes_make_a_name_or_none(raw: bytes) -> None:
    text = ssid_text(raw)
    assert (text is None) is (raw.strip(b"\0") == b"")
    assert text is None or text


@pytest.mark.parametrize(
    ("mhz", "band"),
    [(2412, "2.4"), (2484, "2.4"), (5180, "5"), (5885, "5"), (5955, "6"), (60480, None)],
)
def test_bands(mhz: int, band: str | None) -> None:
    assert band_of(mhz) == band


def test_the_name_may_be_a_token_and_nothing_else_changes() -> None:
    plain = fact(link("open", "Wi2free"))
    assert plain.link is not None
    redacted = WifiFact(
        adapter=True,
        joined=True,
        carries_default=True,
        link=WifiLink(
            ssid="ssid-1", security="open", known_public=True, public_word=plain.link.public_word
        ),
    )

    def told(each: WifiFact) -> list[tuple[str, str, object]]:
        found = CHECK.judge(each, view(each))
        return [
            (e.code, e.confidence, e.args.get("reasons")) for e in found if isinstance(e, Finding)
        ]

    assert told(redacted) == told(plain)


def portal(*outcomes: ProbeOutcome) -> InternetFact:
    vendors: tuple[Vendor, ...] = ("apple", "google")
    return InternetFact(
        connects=(),
        probes=tuple(
            ProbeAnswer(vendor=vendor, family="ipv4", outcome=outcome, took_s=0.1)
            for vendor, outcome in zip(vendors, outcomes, strict=True)
        ),
    )


@pytest.mark.parametrize(
    ("internet", "captive"),
    [
        (portal("redirected", "other_content"), True),
        (portal("redirected", "no_answer"), True),
        (portal("expected", "redirected"), False),
        (portal("no_answer", "no_answer"), False),
        (None, False),
    ],
)
def test_a_sign_in_page_that_our_own_probes_met_counts(
    internet: InternetFact | None, captive: bool
) -> None:
    joined = fact(link("wpa2", "HOTEL-3F"))
    seen = view(*([internet] if internet else []), joined)
    found = [each for each in CHECK.judge(joined, seen) if isinstance(each, Finding)]
    assert [(each.code, each.args["reasons"]) for each in found] == (
        [("wifi.public", ["captive", "public_word"])] if captive else []
    )
