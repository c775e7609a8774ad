"""The page's word together with what the endpoints showed: one cause, the rest listed under it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from checks import endpoint, internet, status
from checks.endpoint.facts import (
    AddressProbe,
    EndpointFact,
    EndpointProbe,
    FamilyProbe,
    HttpExchange,
    TlsExchange,
)
from checks.status.asking import Unreachable
from checks.status.maintenance import Slot
from checks.status.observe import StatusFact
from diag.explain import diagnose
from diag.model import Answers, Diagnosis, Fact
from tests.checks.endpoint.devices import OFFLINE, ONLINE
from tests.checks.status.pages import body, read, summary
from tests.support import NOW, profile_from, snapshot

CHECKS = {check.name: check for check in (internet.CHECK, endpoint.CHECK, status.CHECK)}
PROFILE = {
    "endpoint": [{"id": "login", "url": "https://login.app.test/", "role": "login"}],
    "status_page": {"url": "https://status.app.test"},
}


def login(**probe: Any) -> EndpointFact:
    tried = AddressProbe(address="93.184.215.10", scope="global", **probe)
    family = FamilyProbe(family="ipv4", usable=True, resolve="ok", resolve_s=0.01, probes=(tried,))
    return EndpointFact(
        endpoints=(
            EndpointProbe(
                id="login", host="login.app.test", port=443, tls=True, families=(family,)
            ),
        )
    )


def answering(code: int) -> EndpointFact:
    http = HttpExchange(outcome="ok", took_s=0.1, status=code, expected=code == 200)
    return login(tcp="ok", tcp_s=0.01, tls=TlsExchange(outcome="ok", took_s=0.1), http=http)


SILENT = login(tcp="timeout", tcp_s=4.0)
MAJOR = StatusFact(page=read(body(summary("major")), (), NOW))
PLANNED = StatusFact(planned=(Slot(NOW, NOW + timedelta(hours=2)),))
MUTE = StatusFact(unreachable=Unreachable(code="timeout"))


def diagnosis(**facts: Fact) -> Diagnosis:
    return diagnose(
        snapshot(
            facts,
            profile=profile_from(PROFILE),
            answers=Answers(symptom="login"),
            zone="Asia/Tokyo",
            chosen=tuple(CHECKS),
        ),
        CHECKS,
    )


@pytest.mark.parametrize(
    ("said", "cause"), [(MAJOR, "service.outage"), (PLANNED, "service.maintenance")]
)
@pytest.mark.parametrize("seen", [answering(503), SILENT], ids=["503", "silent"])
def test_the_vendors_word_explains_what_the_login_shows(
    said: StatusFact, cause: str, seen: EndpointFact
) -> None:
    found = diagnosis(internet=ONLINE, endpoint=seen, status=said)
    assert (found.verdict.where, found.verdict.alternatives) == ("service", ())
    problems = [each for each in found.causes if each.severity == "problem"]
    assert [each.problem.code for each in problems] == [cause]
    assert problems[0].explains
    assert found.remedies[0].remedy.code.startswith("service.wait")


def test_a_silent_login_without_the_vendors_word_stays_a_tie() -> None:
    found = diagnosis(internet=ONLINE, endpoint=SILENT, status=MUTE)
    assert {each.code for each in found.verdict.alternatives} == {
        "firewall.host_blocked",
        "service.unresponsive",
    }


def test_a_mute_page_without_internet_is_listed_under_that() -> None:
    found = diagnosis(internet=OFFLINE, endpoint=SILENT, status=MUTE)
    assert [each.problem.code for each in found.causes] == ["internet.down"]
    assert "status_page.unavailable" in {each.finding.code for each in found.causes[0].explains}


def test_a_mute_page_is_never_the_cause() -> None:
    found = diagnosis(internet=ONLINE, endpoint=answering(200), status=MUTE)
    assert (found.verdict.where, found.verdict.cause) == ("unknown", None)
    assert [(each.problem.code, each.severity) for each in found.causes] == [
        ("status_page.unavailable", "info")
    ]
