"""What a phone's answers mean for somebody whose app does not work on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from checks.app.facts import AppFact
from checks.app.stores import StoreAnswer, StoreVersion
from checks.internet import InternetFact
from checks.os.end_of_life import Life
from checks.phone import CHECK
from checks.phone import app as of_app
from checks.phone import system as of_system
from checks.phone.app import PhoneAppFact
from checks.phone.facts import (
    Android,
    Granted,
    Iphone,
    PhoneApp,
    PhoneFact,
    PhoneNetwork,
    Unread,
)
from checks.phone.system import PhoneOsFact
from diag.explain import diagnose
from diag.model import (
    PHONE,
    Answers,
    AnyCheck,
    Diagnosis,
    Fact,
    Failed,
    FailureCode,
    Finding,
    Judgement,
    View,
)
from tests.checks.phone.phones import PROFILE, found, left_open, ready
from tests.support import profile_from, replay, snapshot, view
from tests.toys import toy_check, toy_problem

HEALTHY = Android(
    release="14",
    sdk=34,
    patch=date(2026, 11, 5),
    clock_ahead_s=0.0,
    airplane=False,
    battery_saver=False,
    auto_time=True,
    auto_zone=True,
    wifi_on=True,
    private_dns="automatic",
    proxy=False,
    data_saver=False,
    free_bytes=50 << 30,
    size_bytes=100 << 30,
    network=PhoneNetwork(connected=True, transport="wifi", validated=True),
)
APP = PhoneApp(
    installed=True,
    version="2.1.0",
    version_code=210,
    source="play",
    enabled=True,
    suspended=False,
    permissions=(Granted(name="camera", state="granted"),),
    bucket=10,
    background=True,
    background_data=True,
)
DEBUGGING = "phone.usb_debugging"


def seen(*facts: Fact, symptom: Any = None, **app: Any) -> View:
    data = {"app": {"id": "example", "name": {"en": "Example"}, **app}}
    data |= {"store": {"google_play": {"package": "test.app.example"}}}
    answers = Answers(symptom=symptom, device="phone")
    return view(*facts, profile=profile_from(data), answers=answers)


def judged(fact: PhoneFact, looking: View | None = None) -> list[Judgement]:
    return list(CHECK.judge(fact, looking or seen()))


def phone(**changed: Any) -> PhoneFact:
    android = msgspec.structs.replace(HEALTHY, **changed)
    return PhoneFact(platform="android", model="Google Pixel 7", android=android)


def network(**fields: Any) -> PhoneNetwork:
    return PhoneNetwork(**{"connected": True, "transport": "wifi", "validated": True, **fields})


def seen_on(fact: PhoneFact, looking: View | None = None) -> dict[str, Finding]:
    """What is found beside the USB debugging without which nothing could be."""
    findings = found(judged(fact, looking))
    assert fact.android is None or findings.pop(DEBUGGING).code
    return findings


def test_a_healthy_phone() -> None:
    assert seen_on(phone()) == {}
    assert left_open(judged(phone())) == {}


def test_everything_is_about_the_phone() -> None:
    fact = phone(battery_saver=True, free_bytes=1, auto_time=False, network=None)
    assert {each.subject for each in found(judged(fact)).values()} == {PHONE}


# --- not readable ---


@pytest.mark.parametrize("reason", Unread.__args__)  # type: ignore[attr-defined]
def test_a_phone_that_cannot_be_read_leaves_everything_open(reason: Unread) -> None:
    judgements = judged(PhoneFact(unread=reason))
    finding = found(judgements)["phone.not_readable"]
    assert (finding.args["reason"], finding.args["android"]) == (reason, "Android")
    assert finding.args["iphone"] == "iPhone"
    assert "phone.airplane_mode" in left_open(judgements)
    assert "phone.storage_full" in left_open(judgements)


def test_the_list_is_that_of_the_phone_that_was_seen() -> None:
    android = found(judged(PhoneFact(platform="android", unread="unauthorized")))
    assert android["phone.not_readable"].args["iphone"] is None
    ios = PhoneFact(platform="ios", model="iPhone10,2", iphone=Iphone(version="18.7"))
    finding = found(judged(ios))["phone.not_readable"]
    assert (finding.args["reason"], finding.args["model"]) == ("version_only", "iPhone")
    assert finding.args["android"] is None


def test_of_several_phones_the_one_that_was_looked_at_is_named() -> None:
    fact = msgspec.structs.replace(phone(), others=2)
    assert seen_on(fact)["phone.several"].args == {"model": "Google Pixel 7", "others": 2}


# --- the network ---


def test_airplane_mode() -> None:
    cut_off = PhoneNetwork(connected=False)
    assert set(seen_on(phone(airplane=True, network=cut_off))) == {"phone.airplane_mode"}


def test_airplane_mode_with_wifi_is_how_people_fly() -> None:
    assert seen_on(phone(airplane=True)) == {}


def test_no_network_at_all() -> None:
    fact = phone(network=PhoneNetwork(connected=False), wifi_on=False)
    assert seen_on(fact)["phone.offline"].args == {"wifi_off": True}


@pytest.mark.parametrize(
    ("line", "confidence"),
    [
        (network(validated=False, private_dns_broken=True), "certain"),
        (network(validated=False), "likely"),
    ],
)
def test_a_private_dns_that_does_not_answer(line: PhoneNetwork, confidence: str) -> None:
    fact = phone(private_dns="strict", private_dns_host="dns.example.net", network=line)
    findings = seen_on(fact)
    assert set(findings) == {"phone.private_dns"}
    assert findings["phone.private_dns"].confidence == confidence
    assert findings["phone.private_dns"].args["host"] == "dns.example.net"


def test_a_private_dns_that_answers_is_nobodys_business() -> None:
    assert seen_on(phone(private_dns="strict", private_dns_host="dns.example.net")) == {}


def test_a_wifi_that_wants_a_sign_in() -> None:
    assert set(seen_on(phone(network=network(validated=False, portal=True)))) == {
        "phone.wifi_signin"
    }


def test_a_network_with_nothing_beyond() -> None:
    finding = seen_on(phone(network=network(validated=False, transport="mobile")))
    assert finding["phone.no_internet"].args == {"transport": "mobile"}


def test_a_proxy_weighs_where_nothing_gets_through() -> None:
    assert seen_on(phone(proxy=True))["phone.proxy"].severity == "info"
    blocked = seen_on(phone(proxy=True, network=network(validated=False)))
    assert blocked["phone.proxy"].severity is None


def test_a_vpn_is_a_note() -> None:
    assert set(seen_on(phone(network=network(vpn=True)))) == {"phone.vpn"}


# --- the clock ---


def internet(offset_s: float) -> InternetFact:
    """This PC's clock as two servers see it."""
    probes = [
        {
            "vendor": vendor,
            "family": "ipv4",
            "outcome": "expected",
            "took_s": 0.1,
            "date_offset_s": offset_s,
        }
        for vendor in ("apple", "google")
    ]
    return msgspec.convert({"probes": probes, "connects": []}, InternetFact)


@pytest.mark.parametrize(
    ("phone_ahead", "pc_ahead", "args"),
    [
        (90.0, 0.0, {"ahead_s": 90, "behind_s": None}),
        (-7200.0, 0.0, {"ahead_s": None, "behind_s": 7200}),
        (-3600.0, 3600.0, None),
        (0.0, 3600.0, {"ahead_s": 3600, "behind_s": None}),
        (20.0, 0.0, None),
    ],
)
def test_the_phones_clock_by_the_servers(
    phone_ahead: float, pc_ahead: float, args: dict[str, int | None] | None
) -> None:
    """A phone that differs from a PC whose own clock is wrong may well be right."""
    findings = seen_on(phone(clock_ahead_s=phone_ahead), seen(internet(pc_ahead)))
    if args is None:
        assert findings == {}
    else:
        finding = findings["phone.clock_wrong"]
        assert {key: finding.args[key] for key in args} == args
        assert finding.confidence == "certain"


def test_without_servers_only_the_difference_is_told() -> None:
    finding = seen_on(phone(clock_ahead_s=-7200.0))["phone.clock_wrong"]
    assert (finding.args["behind_pc_s"], finding.args["behind_s"]) == (7200, None)
    assert (finding.confidence, finding.severity) == ("possible", None)


def test_a_grave_difference_stops_people() -> None:
    finding = seen_on(phone(clock_ahead_s=-7200.0), seen(internet(0.0)))["phone.clock_wrong"]
    assert finding.severity == "problem"


def test_a_clock_set_by_hand() -> None:
    assert set(seen_on(phone(auto_time=False))) == {"phone.auto_time_off"}


# --- the rest ---


@pytest.mark.parametrize(("free", "full"), [(499_000_000, True), (501_000_000, False)])
def test_storage(free: int, full: bool) -> None:
    assert ("phone.storage_full" in seen_on(phone(free_bytes=free))) is full


@pytest.mark.parametrize(("symptom", "severity"), [("2fa", "warning"), ("login", None)])
def test_battery_saver_weighs_where_a_code_is_awaited(symptom: str, severity: str | None) -> None:
    finding = seen_on(phone(battery_saver=True), seen(symptom=symptom))["phone.battery_saver"]
    assert finding.severity == severity


def test_what_was_cut_off_stays_open() -> None:
    fact = msgspec.structs.replace(
        phone(network=None, free_bytes=None, battery_saver=None), cut="timeout"
    )
    assert left_open(judged(fact)) == dict.fromkeys(
        (
            "phone.airplane_mode",
            "phone.offline",
            "phone.private_dns",
            "phone.wifi_signin",
            "phone.no_internet",
            "phone.vpn",
            "phone.storage_full",
            "phone.battery_saver",
        ),
        "timeout",
    )


# --- the app ---


def app_judged(
    app: PhoneApp | None = APP,
    *stores: StoreAnswer,
    looking: View | None = None,
    **fact: Any,
) -> list[Judgement]:
    fact = {"platform": "android", "system": "14", "app": app, **fact}
    asked = AppFact(stores=stores)
    looking = looking or seen(asked)
    return list(of_app.CHECK.judge(PhoneAppFact(**fact), looking))


def play(version: str, **fields: Any) -> StoreAnswer:
    offered = {"platform": "android", "released": datetime(2026, 11, 10, tzinfo=UTC), **fields}
    return StoreAnswer(source="google_play", found=StoreVersion(version=version, **offered))


def but(**changed: Any) -> PhoneApp:
    return msgspec.structs.replace(APP, **changed)


def test_the_newest_app_in_order() -> None:
    assert app_judged(APP, play("2.1.0")) == []
    assert app_judged(APP, play("2.0")) == [], "newer than the store is no fault"


def test_an_older_app() -> None:
    finding = found(app_judged(APP, play("2.2.0")))["phone.app_outdated"]
    assert (finding.args["installed"], finding.args["newest"]) == ("2.1.0", "2.2.0")
    assert (finding.args["minimum"], finding.severity) == (None, None)


def test_an_app_that_the_service_refuses() -> None:
    finding = found(app_judged(looking=seen(minimum_version="3.0")))["phone.app_outdated"]
    assert (finding.args["minimum"], finding.severity) == ("3.0", "problem")


def test_the_version_for_pcs_says_nothing_of_phones() -> None:
    for_pcs = StoreAnswer(source="github", found=StoreVersion(version="9", platform="any"))
    judgements = app_judged(APP, for_pcs)
    assert found(judgements) == {}
    assert left_open(judgements) == {"phone.app_outdated": "needs_missing"}


@pytest.mark.parametrize("version", [None, "latest", "Varies with device"])
def test_versions_that_cannot_be_compared(version: str | None) -> None:
    judgements = app_judged(but(version=version), play("2.2.0"))
    assert left_open(judgements) == {"phone.app_outdated": "unparsable"}


@pytest.mark.parametrize(
    ("app", "code"),
    [
        (PhoneApp(installed=False), "phone.app_missing"),
        (but(enabled=False), "phone.app_disabled"),
        (but(suspended=True), "phone.app_paused"),
        (but(source="file"), "phone.app_source"),
        (but(background=False), "phone.app_restricted"),
        (but(bucket=45), "phone.app_restricted"),
        (but(background_data=False), "phone.data_restricted"),
    ],
)
def test_what_keeps_an_app_from_working(app: PhoneApp, code: str) -> None:
    assert set(found(app_judged(app, play("2.1.0")))) == {code}


def test_a_rarely_used_app_is_no_fault() -> None:
    assert found(app_judged(but(bucket=40), play("2.1.0"))) == {}


def test_data_saver_holds_every_app_back() -> None:
    finding = found(app_judged(APP, play("2.1.0"), data_saver=True))["phone.data_restricted"]
    assert finding.args["saver"] is True


def test_only_what_somebody_refused_is_named() -> None:
    app = but(
        permissions=(
            Granted(name="camera", state="denied"),
            Granted(name="notifications", state="not_asked"),
            Granted(name="contacts", state="not_wanted"),
        )
    )
    finding = found(app_judged(app, play("2.1.0")))["phone.app_permission"]
    assert finding.args["denied"] == ["camera"]


def test_an_app_in_the_browser_need_not_be_installed() -> None:
    looking = view(profile=PROFILE, answers=Answers(device="phone", client="browser"))
    assert found(app_judged(PhoneApp(installed=False), looking=looking)) == {}


def test_the_newest_does_not_run_on_this_system() -> None:
    finding = found(app_judged(APP, play("2.2.0", minimum_os="15")))["phone.system_too_old"]
    assert (finding.args["version"], finding.args["needed"]) == ("14", "15")
    ios = play("9.0", platform="ios", minimum_os="16.0")
    judgements = app_judged(None, ios, platform="ios", system="15.8.3")
    assert found(judgements)["phone.system_too_old"].args["system"] == "iOS"
    assert left_open(judgements)["phone.app_outdated"] == "unsupported"


@pytest.mark.parametrize(
    ("install", "fact", "code"),
    [
        ({}, phone(), "not_configured"),
        ({"ios": {"bundle_id": "test.app"}}, phone(), "not_configured"),
        ({"android": {"package": "test.app"}}, PhoneFact(unread="no_phone"), "needs_missing"),
    ],
)
def test_when_there_is_no_app_to_look_at(
    install: dict[str, Any], fact: PhoneFact, code: FailureCode
) -> None:
    with pytest.raises(Failed) as failed:
        of_app.collect(replay(), ready(fact, profile=profile_from({"install": install})))
    assert failed.value.failure.code == code


# --- the system ---


def old(patch: date | None = None, **fact: Any) -> list[Judgement]:
    fact = {"platform": "android", "name": "Android", "version": "14", **fact}
    table = date(2026, 8, 22)
    return list(of_system.CHECK.judge(PhoneOsFact(patch=patch, table_date=table, **fact), seen()))


@pytest.mark.parametrize(
    ("patch", "months"),
    [(date(2026, 11, 5), None), (date(2026, 6, 1), None), (date(2023, 2, 1), 46)],
)
def test_security_patches(patch: date, months: int | None) -> None:
    findings = found(old(patch))
    assert (findings["phone.system_old"].args["months"] if findings else None) == months


def test_a_phone_that_tells_no_patch_level() -> None:
    assert left_open(old(None)) == {"phone.system_old": "unparsable"}


IOS_18 = Life(latest="18.7.10", released=date(2026, 8, 17))


@pytest.mark.parametrize(
    ("version", "life", "args"),
    [
        ("18.7.10", IOS_18, None),
        ("18.8", IOS_18, None),
        ("18.5", IOS_18, {"latest": "18.7.10", "ended": None}),
        ("18.5", Life(latest="18.7.10", released=date(2026, 11, 17)), None),
        ("17.7.7", Life(ends=date(2025, 5, 13), latest="17.7.7"), {"latest": None}),
    ],
)
def test_an_iphones_system(version: str, life: Life, args: dict[str, Any] | None) -> None:
    findings = found(old(platform="ios", name="iOS", version=version, life=life))
    if args is None:
        assert findings == {}
    else:
        told = findings["phone.system_old"].args
        assert {key: told[key] for key in args} == args


def test_a_system_that_the_table_does_not_know() -> None:
    assert left_open(old(platform="ios", name="iOS", version="99")) == {
        "phone.system_old": "needs_missing"
    }


def test_an_ipad_is_looked_up_as_one() -> None:
    pad = PhoneFact(platform="ios", model="iPad14,1", iphone=Iphone(version="17.7.7"))
    fact = of_system.collect(replay(), ready(pad))
    assert (fact.name, fact.life is not None) == ("iPadOS", True)


# --- who is to blame ---


def diagnosed(*observed: tuple[AnyCheck, Fact]) -> Diagnosis:
    checks = {check.name: check for check, _ in observed}
    taken = snapshot(
        {check.name: fact for check, fact in observed},
        profile=PROFILE,
        answers=Answers(symptom="login", device="phone"),
    )
    return diagnose(taken, checks)


LINE_DOWN = toy_check(
    "internet",
    toy_problem("internet.down"),
    toy_problem("captive_portal.signin"),
    says=[Finding(code="internet.down", subject="path")],
)


@pytest.mark.parametrize(
    ("transport", "causes"),
    [("wifi", ["internet.down"]), ("mobile", ["internet.down", "phone.no_internet"])],
)
def test_a_dead_line_explains_a_phone_on_wifi_alone(transport: str, causes: list[str]) -> None:
    fact = phone(network=network(validated=False, transport=transport))
    diagnosis = diagnosed((LINE_DOWN, LINE_DOWN.fact()), (CHECK, fact))
    assert [each.problem.code for each in diagnosis.causes if each.severity == "problem"] == causes


def test_a_wrong_clock_explains_why_it_was_set_by_hand() -> None:
    diagnosis = diagnosed((CHECK, phone(clock_ahead_s=-7200.0, auto_time=False)))
    assert diagnosis.verdict.where == "device"
    assert [item.finding.code for item in diagnosis.causes[0].explains] == ["phone.auto_time_off"]


def test_the_iphones_old_system_stands_beside_what_could_not_be_looked_at() -> None:
    told = PhoneOsFact(
        platform="ios", name="iOS", version="18.5", life=IOS_18, table_date=date(2026, 8, 22)
    )
    ios = PhoneFact(platform="ios", model="iPhone16,1", iphone=Iphone(version="18.5"))
    causes = diagnosed((CHECK, ios), (of_system.CHECK, told)).causes
    assert [each.problem.code for each in causes] == ["phone.system_old", "phone.not_readable"]
