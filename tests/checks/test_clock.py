"""The clock check: judged by the dates of servers that answered as themselves."""

from __future__ import annotations

import plistlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.clock import CHECK, TIME_SERVER, ClockFact
from checks.clock.service import TIMED, W32TIME
from checks.clock.zone import utc_offset_min
from checks.endpoint import EndpointFact
from checks.endpoint.facts import (
    AddressProbe,
    EndpointProbe,
    FamilyProbe,
    HttpExchange,
    TlsExchange,
)
from checks.internet import InternetFact, ProbeAnswer
from diag.model import (
    Answers,
    Fact,
    Failed,
    Finding,
    RemedyContext,
    TimeInfo,
    Unmeasured,
    View,
)
from tests.net.time_servers import time_server
from tests.support import NOW, context, profile_from, replay, view

CLOCK = ClockFact(zone="Asia/Tokyo", synchronized=False)
DAY = 86_400.0
NO_NAMES = {(TIME_SERVER, "ipv4"): "EAI_AGAIN"}
SHOW = ("timedatectl", "show", "--property=NTPSynchronized")


def internet(apple: float | None, google: float | None, outcome: Any = "expected") -> InternetFact:
    return InternetFact(
        probes=(
            ProbeAnswer(
                vendor="apple", family="ipv4", outcome=outcome, took_s=0.1, date_offset_s=apple
            ),
            ProbeAnswer(
                vendor="google", family="ipv4", outcome=outcome, took_s=0.1, date_offset_s=google
            ),
        ),
        connects=(),
    )


def endpoint(offset: float, tls: Any = "ok") -> EndpointFact:
    probe = AddressProbe(
        address="198.51.100.1",
        scope="documentation",
        tcp="ok",
        tcp_s=0.1,
        tls=TlsExchange(outcome=tls, took_s=0.1),
        http=HttpExchange(outcome="ok", took_s=0.1, status=200, date_offset_s=offset),
    )
    family = FamilyProbe(family="ipv4", usable=True, resolve="ok", resolve_s=0.1, probes=(probe,))
    login = EndpointProbe(id="login", host="login.test", port=443, tls=True, families=(family,))
    return EndpointFact(endpoints=(login,))


def judged(
    *facts: Fact, clock: ClockFact = CLOCK, **circumstances: Any
) -> tuple[list[Finding], list[object]]:
    seen = view(clock, *facts, **circumstances)
    items = list(CHECK.judge(clock, seen))
    findings = [item for item in items if isinstance(item, Finding)]
    return findings, [item for item in items if not isinstance(item, Finding)]


def test_a_right_clock() -> None:
    findings, rest = judged(internet(0.4, -0.6), endpoint(0.2))
    assert findings == []
    assert rest == [TimeInfo(clock_offset_s=0.2, server_date=NOW - timedelta(seconds=0.2))]


@pytest.mark.parametrize(
    ("offset", "severity"),
    [(45.0, "warning"), (-45.0, "warning"), (400.0, "problem"), (-400 * DAY, "problem")],
)
def test_a_wrong_clock(offset: float, severity: str) -> None:
    [finding], _ = judged(internet(offset, offset + 1))
    assert (finding.code, finding.subject) == ("clock.wrong", "device")
    assert (finding.confidence, finding.severity) == ("certain", severity)
    assert finding.args["offset_s"] == offset + 0.5
    assert (finding.args["ahead_s"] is None) == (offset < 0)
    assert (finding.args["behind_s"] is None) == (offset > 0)
    assert finding.args["server_time"] == (NOW - timedelta(seconds=offset + 0.5)).isoformat()


HOUR = 3600.0


@pytest.mark.parametrize(
    ("offset", "set_min", "fitting"),
    [
        (2 * HOUR, 540, "UTC+11:00"),
        (-17 * HOUR + 40, 540, "UTC-08:00"),
        (9 * HOUR, 0, "UTC+09:00"),
        (-3.5 * HOUR, 540, "UTC+05:30"),
    ],
)
def test_the_difference_of_two_zones_is_a_wrong_zone(
    offset: float, set_min: int, fitting: str
) -> None:
    clock = ClockFact(zone="Asia/Tokyo", utc_offset_min=set_min, synchronized=False)
    [finding], _ = judged(internet(offset, offset), clock=clock)
    assert (finding.code, finding.confidence) == ("clock.timezone", "likely")
    assert (finding.args["fitting"], finding.args["off_s"]) == (fitting, abs(offset))


@pytest.mark.parametrize(
    ("offset", "set_min", "by_the_zone"),
    [
        (9 * HOUR, 540, True),
        (-9 * HOUR, 540, True),
        (2 * HOUR + 200, 540, None),
        (6 * HOUR, 540, None),
        (400 * DAY, 540, None),
        (2 * HOUR, None, None),
        (-12 * HOUR, 540, None),
        (12 * HOUR, 0, None),
        (-12 * HOUR, 720, True),
    ],
)
def test_any_other_difference_is_a_wrong_clock(
    offset: float, set_min: int | None, by_the_zone: bool | None
) -> None:
    """Nobody lives fifteen hours east of Greenwich; and half a day is morning for evening."""
    clock = ClockFact(zone="Asia/Tokyo", utc_offset_min=set_min, synchronized=False)
    [finding], _ = judged(internet(offset, offset), clock=clock)
    assert finding.code == "clock.wrong"
    assert finding.args["by_the_zone"] is by_the_zone


def test_a_zone_that_this_device_does_not_know_has_no_offset() -> None:
    assert utc_offset_min("Asia/Tokyo", NOW) == 540
    assert utc_offset_min("Mars/Phobos", NOW) is None
    assert utc_offset_min("../../etc/passwd", NOW) is None


def test_half_a_minute_is_let_pass() -> None:
    assert judged(internet(29.0, 29.0))[0] == []


def test_one_server_alone_makes_it_likely() -> None:
    [finding], _ = judged(internet(None, None), endpoint(500.0))
    assert finding.confidence == "likely"
    assert finding.args["servers"] == ["login.test"]


def test_a_server_whose_own_clock_is_wrong_is_outvoted() -> None:
    assert judged(internet(0.0, 0.5), endpoint(7200.0))[0] == []


def test_two_servers_that_disagree_tell_nothing() -> None:
    findings, rest = judged(internet(0.0, 7200.0))
    assert findings == []
    assert rest == [Unmeasured(code="clock.wrong", subject="device", reason="unparsable")]


@pytest.mark.parametrize("outcome", ["redirected", "other_content", "other_status"])
def test_a_portal_tells_no_time(outcome: str) -> None:
    findings, rest = judged(internet(9000.0, 9000.0, outcome))
    assert findings == []
    assert rest == [
        Unmeasured(code="clock.wrong", subject="device", reason="needs_missing", lacks="internet")
    ]


def test_a_host_with_a_refused_certificate_tells_no_time() -> None:
    assert judged(endpoint(9000.0, "expired"))[0] == []


def test_without_any_answer_the_clock_is_unknown() -> None:
    assert judged()[1] == [
        Unmeasured(code="clock.wrong", subject="device", reason="needs_missing", lacks="internet")
    ]


def test_a_little_off_stops_who_is_asked_for_a_code() -> None:
    profile = profile_from({"account": {"two_factor": ["totp"]}})
    [finding], _ = judged(internet(60.0, 60.0), profile=profile, answers=Answers(symptom="2fa"))
    assert finding.severity == "problem"


def test_on_a_managed_pc_the_clock_is_left_to_it() -> None:
    [finding], _ = judged(internet(400.0, 400.0))

    def offered(managed: bool | None) -> list[str]:
        seen: View = view(CLOCK)
        circumstances = RemedyContext(finding, seen, managed)
        remedies = CHECK.problems[0].remedies
        return [remedy.code for remedy in remedies if remedy.applies(circumstances)]

    assert offered(True) == ["clock.ask_admin"]
    assert offered(False) == offered(None) == ["clock.set_automatically"]


RECORDED = Path(__file__).parents[1] / "recorded" / "clock"
STATUS = ("w32tm", "/query", "/status")


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def on_windows(
    status: bytes | Failed, code: int = 0, start: int = 3, kind: str = "NTP"
) -> bool | None:
    said = status if isinstance(status, Failed) else (code, status, b"")
    host = replay(
        os="windows",
        commands={STATUS: said},
        resolves=NO_NAMES,
        registry={W32TIME: {"Start": start}, rf"{W32TIME}\Parameters": {"Type": kind}},
    )
    return CHECK.collect(host, context()).synchronized


@pytest.mark.parametrize(
    ("name", "synchronized"),
    [
        ("w32tm-de.cp850.txt", True),
        ("w32tm-ja.cp932.txt", True),
        ("w32tm-en-unsynchronized.txt", False),
    ],
)
def test_what_windows_says_of_its_clock_in_any_language(name: str, synchronized: bool) -> None:
    assert on_windows(recorded(name)) is synchronized


def test_a_clock_that_follows_itself_is_not_in_step() -> None:
    status = recorded("w32tm-de.cp850.txt").replace(b"0x0D5F41FB", b"0x4C4F434C")
    assert on_windows(status) is False


def test_time_service_that_is_switched_off() -> None:
    status = recorded("w32tm-ja.cp932.txt")
    assert on_windows(status, start=4) is False
    assert on_windows(status, kind="NoSync") is False


def test_time_service_that_sleeps_says_nothing() -> None:
    not_started = "Der Dienst wurde nicht gestartet. (0x80070426)\r\n".encode("cp850")
    assert on_windows(not_started, code=1) is None
    assert on_windows(not_started) is None
    assert on_windows(b"") is None
    assert on_windows(Failed("denied", "run w32tm")) is None


@pytest.mark.parametrize(
    ("said", "synchronized"),
    [
        ("NTPSynchronized=yes\n", True),
        ("NTPSynchronized=no\n", False),
        ((1, "", "Failed to connect to bus"), None),
        (Failed("tool_missing", "run timedatectl"), None),
    ],
)
def test_what_the_system_says_of_its_clock(said: Any, synchronized: bool | None) -> None:
    host = replay(commands={SHOW: said}, zone="Asia/Tokyo", resolves=NO_NAMES)
    fact = CHECK.collect(host, context())
    assert fact == ClockFact(zone="Asia/Tokyo", utc_offset_min=540, synchronized=synchronized)


# --- the time server ------------------------------------------------------------------------------

ADDRESS = "198.51.100.123"


def asked(port: int, *facts: Fact, server: str = ADDRESS) -> ClockFact:
    host = replay(
        commands={SHOW: "NTPSynchronized=no\n"},
        resolves={(TIME_SERVER, "ipv4"): [server]},
        detours={(server, 123): port},
    )
    return CHECK.collect(host, context(None, *facts))


def judged_by(fact: ClockFact, *facts: Fact) -> list[Finding]:
    items = CHECK.judge(fact, view(fact, *facts))
    return [item for item in items if isinstance(item, Finding)]


def test_without_dates_a_time_server_tells() -> None:
    with time_server(NOW - timedelta(seconds=400)) as port:
        fact = asked(port)
    assert fact.ahead_of_time_server_s == pytest.approx(400.0, abs=0.01)
    [finding] = judged_by(fact)
    assert (finding.confidence, finding.severity) == ("likely", "problem")
    assert finding.args["servers"] == [TIME_SERVER]


def test_where_dates_disagree_a_time_server_decides() -> None:
    for ahead, expected in ((0.0, []), (7100.0, ["clock.wrong"])):
        with time_server(NOW - timedelta(seconds=ahead)) as port:
            fact = asked(port, internet(0.0, 7100.0))
        assert [each.code for each in judged_by(fact, internet(0.0, 7100.0))] == expected


def test_where_dates_agree_no_time_server_is_asked() -> None:
    host = replay(commands={SHOW: "NTPSynchronized=yes\n"})
    assert CHECK.collect(host, context(None, internet(0.0, 0.4))).ahead_of_time_server_s is None


@pytest.mark.parametrize(
    ("settings", "synchronized"),
    [
        ({"TMAutomaticTimeOnlyEnabled": True, "TMAutomaticTimeZoneEnabled": False}, True),
        ({"TMAutomaticTimeOnlyEnabled": False}, False),
        ({"TMAutomaticTimeOnlyEnabled": 1}, True),  # as `defaults write -int` leaves it
        ({}, None),
        (Failed("denied", "read"), None),
        (None, None),
    ],
)
def test_what_macos_is_set_to(settings: Any, synchronized: bool | None) -> None:
    """The keys are those of public scripts of administrators."""
    content = plistlib.dumps(settings) if isinstance(settings, dict) else settings
    host = replay(os="macos", files={TIMED: content})
    assert CHECK.collect(host, context(None, internet(0.0, 0.4))).synchronized is synchronized
