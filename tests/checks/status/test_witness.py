"""Two witnesses: what the page says and what the endpoints show; neither is a gate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from checks.internet.facts import ProbeAnswer
from checks.status.asking import Unreachable
from checks.status.maintenance import Slot
from checks.status.observe import StatusFact
from diag.model import Diagnosis, Language
from diag.pipeline import report_on
from diag.registry import Registry
from diag.report import Header, Report
from tests.checks.endpoint.devices import ONLINE
from tests.checks.status.pages import (
    GROUP,
    LOGIN,
    PAYMENTS,
    body,
    component,
    incident,
    maintenance,
    read,
    summary,
)
from tests.checks.status.test_blame import (
    CHECKS,
    MUTE,
    PROFILE,
    SILENT,
    answering,
    diagnosis,
)
from tests.support import NOW, profile_from, snapshot


def page(indicator: str = "none", *names: str, **changes: Any) -> StatusFact:
    return StatusFact(page=read(body(summary(indicator, **changes)), names, NOW))


GREEN = page()
RED = page("major", "Login", components=[GROUP, component(LOGIN, "major_outage")])
PORTAL = msgspec.structs.replace(
    ONLINE,
    probes=tuple(
        ProbeAnswer(
            vendor=vendor,
            family="ipv4",
            outcome="redirected",
            status=302,
            portal_scheme="http",
            portal_host="portal.cafe.test",
            portal_path="/",
            took_s=0.1,
        )
        for vendor in ("apple", "google")
    ),
)


def inspected(code: int) -> Any:
    """The login as it answers through somebody's inspection with a root of their own."""
    fact = answering(code)
    (endpoint,) = fact.endpoints
    (family,) = endpoint.families
    (probe,) = family.probes
    assert probe.tls is not None
    tls = msgspec.structs.replace(probe.tls, added_root=True)
    probe = msgspec.structs.replace(probe, tls=tls)
    family = msgspec.structs.replace(family, probes=(probe,))
    endpoint = msgspec.structs.replace(endpoint, families=(family,))
    return msgspec.structs.replace(fact, endpoints=(endpoint,))


def causes(found: Diagnosis, severity: str = "problem") -> list[str]:
    return [each.problem.code for each in found.causes if each.severity == severity]


def under(found: Diagnosis) -> set[str]:
    return {each.finding.code for each in found.causes[0].explains}


def test_green_while_the_login_fails_is_an_error_that_the_page_does_not_show_yet() -> None:
    found = diagnosis(internet=ONLINE, endpoint=answering(503), status=GREEN)
    assert causes(found) == ["service.error"]
    assert "status_page.behind" in under(found)
    assert found.verdict.where == "service"


def test_green_while_the_login_is_silent_settles_nothing() -> None:
    found = diagnosis(internet=ONLINE, endpoint=SILENT, status=GREEN)
    assert {each.code for each in found.verdict.alternatives} == {
        "firewall.host_blocked",
        "service.unresponsive",
    }


def test_green_while_the_login_works_says_nothing() -> None:
    found = diagnosis(internet=ONLINE, endpoint=answering(200), status=GREEN)
    assert not {code for cause in found.causes for code in [cause.problem.code] if "status" in code}


def test_red_while_the_login_page_opens_is_still_the_likely_cause() -> None:
    found = diagnosis(internet=ONLINE, endpoint=answering(200), status=RED)
    assert causes(found) == ["service.outage"]
    assert (found.verdict.where, found.verdict.confidence) == ("service", "likely")
    assert found.causes[0].findings[0].args["answering_host"] == "login.app.test"


def test_red_about_another_part_is_a_note_beside_what_the_login_shows() -> None:
    elsewhere = page(
        "major", "Login", components=[GROUP, LOGIN, component(PAYMENTS, "major_outage")]
    )
    found = diagnosis(internet=ONLINE, endpoint=answering(503), status=elsewhere)
    assert causes(found) == ["service.error"]
    assert "service.trouble_elsewhere" in causes(found, "info")


def test_a_page_that_cannot_be_reached_while_the_app_answers_is_no_blame() -> None:
    found = diagnosis(internet=ONLINE, endpoint=answering(200), status=MUTE)
    assert causes(found) == []
    assert causes(found, "info") == ["status_page.unavailable"]


@pytest.mark.parametrize("said", [RED, GREEN])
def test_what_came_through_a_portal_is_no_word_of_the_vendor(said: StatusFact) -> None:
    found = diagnosis(internet=PORTAL, endpoint=SILENT, status=said)
    assert causes(found) == ["captive_portal.signin"]
    status = next(each for each in found.results if each.check == "status")
    assert (status.status, status.findings) == ("unknown", ())


def test_what_came_through_an_inspection_is_merely_possible() -> None:
    found = diagnosis(internet=ONLINE, endpoint=inspected(200), status=RED)
    outage = next(each for each in found.causes if each.problem.code == "service.outage")
    assert outage.confidence == "possible"
    found = diagnosis(internet=ONLINE, endpoint=inspected(503), status=GREEN)
    assert "status_page.behind" not in under(found)


def test_planned_windows_count_whatever_came_instead_of_the_page() -> None:
    planned = StatusFact(
        planned=(Slot(NOW, NOW + timedelta(hours=1)),), unreachable=Unreachable(code="refused")
    )
    found = diagnosis(internet=ONLINE, endpoint=answering(503), status=planned)
    assert causes(found) == ["service.maintenance"]


# --- the words ---

SITUATIONS = {
    "outage": RED,
    "maintenance_now": page(
        scheduled_maintenances=[maintenance(status="in_progress", name="データベースの更新")]
    ),
    "maintenance_later": page(
        scheduled_maintenances=[maintenance(scheduled_for="2026-11-22T13:00:00Z")]
    ),
    "elsewhere": page(
        "major", "Login", components=[GROUP, LOGIN, component(PAYMENTS, "major_outage")]
    ),
    "behind": GREEN,
    "unreachable": MUTE,
    "incident": page(incidents=[incident()]),
}

SENTENCES = {
    ("outage", "en"): "login.app.test still answers from here: a page that opens does not show",
    ("outage", "ja"): "画面が開いてもログインできるとは限りません",
    ("maintenance_now", "en"): "closed for maintenance until 22:30 (in 1 h 30 min)",
    ("maintenance_now", "ja"): "（約 1 時間 30 分後、22:30 に終わる予定）",
    ("maintenance_later", "en"): "Maintenance of Example is planned from 22:00.",
    ("maintenance_later", "ja"): "例は 22:00 からメンテナンスの予定です。",
    ("elsewhere", "en"): "trouble somewhere, not where you are (決済 API)",
    ("elsewhere", "ja"): "別の部分で障害が出ています（決済 API）",
    ("behind", "en"): "Their status page (status.app.test) does not show it yet.",
    ("behind", "ja"): "障害情報のページ（status.app.test）にはまだ出ていません。",
    ("unreachable", "en"): "could not be read",
    ("unreachable", "ja"): "読めませんでした",
    ("incident", "en"): "They know the cause",
    ("incident", "ja"): "原因がわかり、対応しています",
}


def report(name: str, language: Language) -> Report:
    facts = {
        "internet": ONLINE,
        "endpoint": answering(503 if name == "behind" else 200),
        "status": SITUATIONS[name],
    }
    taken = snapshot(facts, profile=profile_from(PROFILE), zone="Asia/Tokyo", chosen=tuple(CHECKS))
    header = Header(report_id="TEST-TEST", profile_sha256="")
    return report_on(taken, Registry(checks=CHECKS, broken=()), language, header)


@pytest.mark.parametrize(("name", "language"), SENTENCES)
def test_each_situation_in_both_languages(name: str, language: Language) -> None:
    shown = msgspec.json.encode(report(name, language)).decode()
    sentence = SENTENCES[name, language]
    assert sentence.casefold() in shown.casefold()
    words = [each.title + each.explanation for each in report(name, language).causes]
    assert not any("{" in each for each in words)


def test_a_page_past_a_portal_that_lets_the_login_through_counts() -> None:
    """It catches plain pages alone: nobody else can speak with the login's certificate."""
    found = diagnosis(internet=PORTAL, endpoint=answering(200), status=GREEN)
    status = next(each for each in found.results if each.check == "status")
    assert (status.status, status.reason) == ("ok", "")
