"""What a person is told to do, in the report's own words, on each system and in each language."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from checks.endpoint.facts import EndpointFact
from checks.internet.facts import InternetFact
from checks.wifi.facts import WifiFact
from diag import registry
from diag.model import Fact, Language, OsFamily
from diag.pipeline import report_on
from diag.report import Header, Report
from tests.checks.wifi.test_attack import CAFE, endpoint, fact
from tests.checks.wifi.test_evidence import portal
from tests.support import snapshot

INSTALLED = registry.load()
HEADER = Header(report_id="AAAA-BBBB", profile_sha256="0" * 64)
NAMES: dict[type[Fact], str] = {
    WifiFact: "wifi",
    InternetFact: "internet",
    EndpointFact: "endpoint",
}

each_system = pytest.mark.parametrize("os", ["windows", "macos", "linux"])
each_language = pytest.mark.parametrize("language", ["en", "ja"])

ALLOWANCE = {"en": ("data allowance", "roaming"), "ja": ("データ", "海外")}
OWN_APP = {"en": "try the app there first", "ja": "スマートフォン"}
SIGN_IN = {
    "en": "sign-in page of its own, finish that first",
    "ja": "利用登録の画面が出たときは、先に",
}
LEFT_OVER = {"en": "false sign-in pages", "ja": "偽のログイン画面"}
NOT_NOW = {"en": "Do not type any password", "ja": "パスワードは入力しないで"}
AUTO_JOIN = {
    ("en", "windows"): "Connect automatically when in range",
    ("en", "macos"): "Automatically join this network",
    ("en", "linux"): "Connect automatically",
    ("ja", "windows"): "範囲内の場合は自動的に接続する",
    ("ja", "macos"): "このネットワークに自動的に接続",
    ("ja", "linux"): "自動的に接続する",
}


def reported(language: Language, os: OsFamily, *facts: Fact) -> Report:
    seen = snapshot({NAMES[type(each)]: each for each in facts}, os=os)
    return report_on(seen, INSTALLED, language, HEADER)


def steps(report: Report, code: str) -> str:
    (remedy,) = (each for each in report.remedies if each.code == code)
    return "\n".join((*remedy.steps, *remedy.avoid))


@each_system
@each_language
def test_at_a_cafe_that_wants_a_sign_in(language: Language, os: OsFamily) -> None:
    report = reported(language, os, CAFE, portal("redirected", "other_content"))
    codes = [each.code for each in report.remedies]
    assert codes[:2] == ["portal.sign_in", "line.use_mobile"]
    assert {"wifi.no_password_here", "wifi.no_auto_join"} <= set(codes)
    mobile = steps(report, "line.use_mobile")
    assert OWN_APP[language] in mobile
    for words in ALLOWANCE[language]:
        assert words in mobile
    assert SIGN_IN[language] in steps(report, "wifi.no_password_here")
    assert AUTO_JOIN[language, os] in steps(report, "wifi.no_auto_join")
    for code in codes:
        if code.startswith("wifi.") or code == "line.use_mobile":
            assert "VPN" not in steps(report, code)


@each_system
@each_language
def test_on_a_verified_path_what_is_left_is_said(language: Language, os: OsFamily) -> None:
    report = reported(language, os, CAFE, endpoint("ok"))
    (public,) = (each for each in report.causes if each.code == "wifi.public")
    assert "login.app.test" in public.title
    assert LEFT_OVER[language] in public.title
    assert LEFT_OVER[language] in public.explanation
    unverified = reported(language, os, CAFE)
    (public,) = (each for each in unverified.causes if each.code == "wifi.public")
    assert "login.app.test" not in public.title + public.explanation


@each_system
@each_language
def test_where_the_evidence_is_strong_no_password_now(language: Language, os: OsFamily) -> None:
    report = reported(language, os, fact("eduroam", "open"))
    assert (report.verdict.where, report.verdict.cause) == ("network", "wifi.evil_twin")
    assert NOT_NOW[language] in report.verdict.not_now
    assert report.remedies[0].code == "wifi.leave_now"


@each_language
def test_few_signs_are_called_few_and_an_owner_can_say_so(language: Language) -> None:
    report = reported(language, "linux", fact("Tanaka", "open"))
    (public,) = (each for each in report.causes if each.code == "wifi.public")
    assert public.confidence == "possible"
    assert {"en": "The signs are few", "ja": "手がかりはわずか"}[language] in public.explanation
    assert "diag networks trust" in steps(report, "wifi.trust")


@pytest.mark.parametrize(
    "wifi",
    [
        fact("Buffalo-A-1234", "wpa2"),
        fact("Tanaka", "wpa3"),
        replace(fact("Buffalo-A-1234", "wpa2"), others_seen=True, place="public"),
        replace(fact("Tanaka", "wpa2"), captive_before=True),
        replace(fact("Tanaka", "open"), trusted="home", phone_addresses=False),
    ],
)
def test_at_home_there_is_no_word_about_public_networks(wifi: WifiFact) -> None:
    report = reported("en", "windows", wifi)
    assert "wifi.public" not in {each.code for each in report.causes}
