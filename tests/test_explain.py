"""Ties, order, verdicts, results, remedies: what the user is told from given findings."""

from __future__ import annotations

from typing import Any

import pytest

from diag.model import (
    Answers,
    Crossed,
    DeviceInfo,
    Finding,
    Layer,
    PathInfo,
    Remedy,
    Severity,
    Unmeasured,
)
from tests.toys import ENDPOINTS, codes, diagnosis_of, failure, found, toy_check, toy_problem, under

LOGIN = Answers(symptom="login")


def tie(confidence: Any = "possible") -> Any:
    service = toy_problem(
        "service.unresponsive",
        where="service",
        layer=Layer.SERVICE,
        rivals=("firewall.host_blocked",),
        explains=("endpoint.unreachable",),
    )
    firewall = toy_problem(
        "firewall.host_blocked",
        layer=Layer.FIREWALL,
        rivals=("service.unresponsive",),
        explains=("endpoint.unreachable",),
    )
    check = toy_check(
        "endpoint",
        service,
        firewall,
        toy_problem("endpoint.unreachable"),
        says=[
            found("endpoint.unreachable", "endpoint:login"),
            found("service.unresponsive", "endpoint:login", confidence="possible"),
            found("firewall.host_blocked", "endpoint:login", confidence=confidence),
        ],
    )
    return diagnosis_of([check], endpoint=ENDPOINTS, answers=LOGIN)


def test_a_tie_stays_a_tie_and_both_sides_list_what_they_would_explain() -> None:
    diagnosis = tie()
    assert diagnosis.verdict.where == "unknown"
    assert diagnosis.verdict.confidence == "possible"
    assert [each.code for each in diagnosis.verdict.alternatives] == [
        "firewall.host_blocked",
        "service.unresponsive",
    ]
    assert under(diagnosis, "service.unresponsive") == ["endpoint.unreachable endpoint:login"]
    assert under(diagnosis, "firewall.host_blocked") == ["endpoint.unreachable endpoint:login"]


def test_what_decides_breaks_the_tie() -> None:
    verdict = tie("certain").verdict
    assert (verdict.where, verdict.confidence, verdict.alternatives) == ("network", "certain", ())


def test_one_code_on_several_targets_is_one_cause() -> None:
    check = toy_check(
        "endpoint",
        toy_problem("service.error", where="service"),
        says=[found("service.error", "endpoint:news"), found("service.error", "endpoint:login")],
    )
    (cause,) = diagnosis_of([check], endpoint=ENDPOINTS).causes
    assert [each.subject for each in cause.findings] == ["endpoint:login", "endpoint:news"]


def test_the_login_page_speaks_for_a_cause() -> None:
    both = [
        {"id": "api", "url": "https://api.app.test/", "role": "api"},
        {"id": "login", "url": "https://login.app.test/", "role": "login"},
    ]
    check = toy_check(
        "endpoint",
        toy_problem("service.error", where="service"),
        says=[found("service.error", "endpoint:api"), found("service.error", "endpoint:login")],
    )
    (cause,) = diagnosis_of([check], endpoint=both).causes
    assert cause.findings[0].subject == "endpoint:login"


def test_the_order_of_causes() -> None:
    def one(code: str, subject: str, **fields: Any) -> Any:
        confidence = fields.pop("confidence", "certain")
        return toy_check(
            code.replace(".", ""),
            toy_problem(code, **fields),
            says=[found(code, subject, confidence=confidence)],
        )

    checks = [
        one("w.warning", "endpoint:login", severity="warning"),
        one("p.elsewhere", "endpoint:news"),
        one("p.high", "endpoint:login", layer=Layer.SERVICE),
        one("p.low", "endpoint:login", layer=Layer.DNS),
        one("p.alow", "endpoint:login", layer=Layer.DNS, confidence="possible"),
        one("n.note", "device", severity="info"),
    ]
    assert codes(diagnosis_of(checks, endpoint=ENDPOINTS)) == [
        "p.low",
        "p.alow",
        "p.high",
        "p.elsewhere",
        "w.warning",
        "n.note",
    ]


def test_a_warning_that_stops_the_user_becomes_a_problem() -> None:
    weak = toy_check(
        "wifi",
        toy_problem("wifi.weak_signal", severity="warning", explains=("endpoint.unreachable",)),
        says=[found("wifi.weak_signal", "device")],
    )
    endpoint = toy_check(
        "endpoint",
        toy_problem("endpoint.unreachable"),
        says=[found("endpoint.unreachable", "endpoint:login")],
    )
    (cause,) = diagnosis_of([weak, endpoint], endpoint=ENDPOINTS).causes
    assert (cause.problem.code, cause.severity) == ("wifi.weak_signal", "problem")


# --- verdicts ---


def account(rank: int = 1) -> Any:
    problem = toy_problem(
        "account.credentials", where="account", layer=Layer.ACCOUNT, last_resort=rank
    )
    return toy_check(
        "account",
        problem,
        says=[found("account.credentials", "account", confidence="possible")],
    )


def restart() -> Any:
    problem = toy_problem("device.restart", severity="warning", where="device", last_resort=2)
    return toy_check("device", problem, says=[found("device.restart", "device")])


def outdated(severity: str = "warning") -> Any:
    problem = toy_problem("app.outdated", severity=severity, where="device", suspect=True)
    return toy_check("app", problem, says=[found("app.outdated", "app")])


def test_no_symptom_and_nothing_found() -> None:
    verdict = diagnosis_of([toy_check("a")]).verdict
    assert (verdict.where, verdict.confidence) == ("none", "certain")


def test_nothing_is_ok_because_nothing_failed() -> None:
    blind = toy_check("internet", toy_problem("internet.down", layer=Layer.INTERNET, blocking=True))
    diagnosis = diagnosis_of([blind], failures={"internet": failure("crash")})
    assert diagnosis.verdict.where == "unknown"
    assert diagnosis.results[0].status == "unknown"
    assert diagnosis.results[0].matters


@pytest.mark.parametrize(
    ("severity", "status"), [("problem", "unknown"), ("warning", "unknown"), ("info", "ok")]
)
def test_a_check_that_could_not_tell_is_not_ok_but_for_notes(
    severity: Severity, status: str
) -> None:
    untold = Unmeasured(code="x.y", subject="device", reason="denied")
    check = toy_check("x", toy_problem("x.y", severity=severity, where="device"), says=[untold])
    (result,) = diagnosis_of([check]).results
    assert (result.status, result.reason) == (status, "denied" if status == "unknown" else "")


def test_what_a_probe_got_past_need_not_be_measured() -> None:
    blind = toy_check("gateway", toy_problem("gateway.unreachable", blocking=True))
    sees = toy_check("endpoint", says=[Crossed(layer=Layer.TLS, subject="endpoint:login")])
    diagnosis = diagnosis_of([blind, sees], failures={"gateway": failure("unsupported")})
    assert diagnosis.verdict.where == "none"


def test_a_symptom_without_any_cause_is_unknown() -> None:
    assert diagnosis_of([toy_check("a")], answers=LOGIN).verdict.where == "unknown"


def test_the_account_is_the_last_resort() -> None:
    alone = diagnosis_of([account(), restart()], answers=LOGIN)
    assert codes(alone) == ["account.credentials"]
    assert (alone.verdict.where, alone.verdict.confidence) == ("account", "possible")
    down = toy_check("dns", toy_problem("dns.unreachable"), says=[found("dns.unreachable")])
    assert codes(diagnosis_of([account(), down], answers=LOGIN)) == ["dns.unreachable"]


def test_an_outdated_app_comes_before_the_account() -> None:
    diagnosis = diagnosis_of([account(), outdated()], answers=LOGIN)
    assert codes(diagnosis) == ["app.outdated"]
    assert (diagnosis.verdict.where, diagnosis.verdict.confidence) == ("device", "possible")


def test_without_a_symptom_an_outdated_app_blames_nobody() -> None:
    assert diagnosis_of([outdated()]).verdict.where == "none"


def test_a_restart_is_offered_when_nothing_else_is_known() -> None:
    diagnosis = diagnosis_of([restart()], answers=LOGIN)
    assert codes(diagnosis) == ["device.restart"]
    assert diagnosis.verdict.where == "unknown"


def test_on_the_phone_this_pc_is_no_cause() -> None:
    answers = Answers(symptom="login", device="phone")
    full = toy_check(
        "disk", toy_problem("disk.full", where="device"), says=[found("disk.full", "device")]
    )
    diagnosis = diagnosis_of([full, account()], answers=answers)
    assert [(cause.problem.code, cause.severity) for cause in diagnosis.causes] == [
        ("account.credentials", "problem"),
        ("disk.full", "info"),
    ]
    assert diagnosis.verdict.where == "account"


def test_on_the_phone_the_account_is_possible_at_most() -> None:
    """What this PC knows of the account, it does not know of the phone's attempts."""
    locked = toy_check(
        "account",
        toy_problem("account.locked", where="account", layer=Layer.ACCOUNT),
        says=[found("account.locked", "device")],
    )
    for device, sureness in (("this", "certain"), ("phone", "possible")):
        answers = Answers(symptom="login", device=device)  # type: ignore[arg-type]
        diagnosis = diagnosis_of([locked], answers=answers)
        assert diagnosis.causes[0].confidence == sureness
        assert (diagnosis.verdict.where, diagnosis.verdict.confidence) == ("account", sureness)


def test_a_finding_may_lie_elsewhere_than_its_problem() -> None:
    own = Finding(code="proxy.dead", subject="path", where="device")
    checks = [toy_check("proxy", toy_problem("proxy.dead"), says=[own])]
    diagnosis = diagnosis_of(checks)
    assert diagnosis.verdict.where == "device"
    on_phone = diagnosis_of(checks, answers=Answers(symptom="login", device="phone"))
    assert [cause.severity for cause in on_phone.causes] == ["info"]


ON_PHONE = Answers(symptom="login", device="phone")


def on_the_phone(**fields: Any) -> Any:
    problem = toy_problem("phone.full", where="device", **fields)
    return toy_check("device.phone", problem, says=[found("phone.full", "phone")])


def test_on_the_phone_the_phone_is_a_cause() -> None:
    """Beside it a fault of this PC is a note, also where the phone's is a mere warning."""
    pc = toy_check(
        "disk", toy_problem("disk.full", where="device"), says=[found("disk.full", "device")]
    )
    diagnosis = diagnosis_of([pc, on_the_phone()], answers=ON_PHONE)
    assert [(cause.problem.code, cause.severity) for cause in diagnosis.causes] == [
        ("phone.full", "problem"),
        ("disk.full", "info"),
    ]
    assert diagnosis.verdict.where == "device"
    warned = diagnosis_of([pc, on_the_phone(severity="warning", suspect=True)], answers=ON_PHONE)
    assert (warned.verdict.where, warned.verdict.confidence) == ("device", "possible")


def test_who_manages_this_pc_does_not_manage_the_phone() -> None:
    managed = toy_check("managed", says=[DeviceInfo(managed=True)])
    diagnosis = diagnosis_of([managed, on_the_phone()], answers=ON_PHONE)
    assert [each.who for each in diagnosis.remedies] == ["user"]


def blind() -> Any:
    look = Remedy(code="phone.look", minutes=5)
    problem = toy_problem(
        "phone.unread", where="device", severity="info", blinds=True, remedies=(look,)
    )
    return toy_check("device.phone", problem, says=[found("phone.unread", "phone")])


@pytest.mark.parametrize("answers", [ON_PHONE, Answers(device="phone")])
def test_what_could_not_be_looked_at_is_not_called_fine(answers: Answers) -> None:
    diagnosis = diagnosis_of([blind()], answers=answers)
    assert diagnosis.verdict.where == "unknown"
    assert diagnosis.verdict.cause is not None
    assert diagnosis.verdict.cause.problem.code == "phone.unread"
    assert [each.cause.problem.code for each in diagnosis.remedies] == ["phone.unread"]


def test_what_was_found_elsewhere_comes_before_what_could_not_be_looked_at() -> None:
    down = toy_check("net", toy_problem("net.down"), says=[found("net.down")])
    diagnosis = diagnosis_of([blind(), down], answers=ON_PHONE)
    assert diagnosis.verdict.where == "network"
    assert [each.cause.problem.code for each in diagnosis.remedies] == ["net.down", "phone.unread"]


def test_a_pc_without_a_network_comes_before_the_phone_that_could_not_be_looked_at() -> None:
    """It is a note beside the phone, but nothing can be seen from it until it is put right."""
    plug = Remedy(code="link.plug", minutes=2)
    cable = toy_problem(
        "link.down", where="device", layer=Layer.LINK, blocking=True, remedies=(plug,)
    )
    down = toy_check("link", cable, says=[found("link.down", "device")])
    page = toy_check("page", toy_problem("page.down", layer=Layer.SERVICE), uses_network=True)
    checks, failures = [blind(), down, page], {"page": failure("unreachable")}
    diagnosis = diagnosis_of(checks, answers=ON_PHONE, failures=failures)
    assert diagnosis.verdict.where == "unknown"
    assert diagnosis.verdict.cause is not None
    assert diagnosis.verdict.cause.problem.code == "link.down"
    assert [each.remedy.code for each in diagnosis.remedies] == ["link.plug", "phone.look"]
    assert {each.check: each.because for each in diagnosis.results}["page"] == "link.down"


# --- results and remedies ---


def test_every_check_has_a_result_with_its_reason() -> None:
    checks = [
        toy_check("fine"),
        toy_check("blind", toy_problem("x.y")),
        toy_check("unset"),
        toy_check("skipped"),
    ]
    diagnosis = diagnosis_of(
        checks,
        failures={"blind": failure("denied"), "unset": failure("not_configured")},
        left_out={"skipped": "skipped"},
    )
    assert [(each.check, each.status, each.reason) for each in diagnosis.results] == [
        ("fine", "ok", ""),
        ("blind", "unknown", "denied"),
        ("unset", "not_applicable", "not_configured"),
        ("skipped", "not_applicable", "skipped"),
    ]


def test_an_unknown_names_the_cause_behind_it() -> None:
    down = toy_check("link", toy_problem("link.down"), says=[found("link.down", "device")])
    blind = toy_check("dns", toy_problem("dns.unreachable", explained_by=("link.down",)))
    diagnosis = diagnosis_of([down, blind], failures={"dns": failure()})
    assert diagnosis.results[1].because == "link.down"


@pytest.mark.parametrize("code", ["denied", "needs_admin", "needs_user", "tool_missing"])
def test_what_may_not_be_seen_is_no_causes_fault(code: Any) -> None:
    down = toy_check("link", toy_problem("link.down"), says=[found("link.down", "device")])
    blind = toy_check("proxy", toy_problem("proxy.unreachable", explained_by=("link.down",)))
    diagnosis = diagnosis_of([down, blind], failures={"proxy": failure(code)})
    assert (diagnosis.results[1].reason, diagnosis.results[1].because) == (code, None)


def test_a_finding_that_no_check_declares_is_no_fine() -> None:
    check = toy_check("bad", toy_problem("b.ad"), says=[found("b.add")])
    (result,) = diagnosis_of([check]).results
    assert (result.status, result.reason) == ("unknown", "crash")
    assert "no problem is declared as b.add" in result.broke


def test_a_rule_that_crashes_leaves_its_check_unknown() -> None:
    def crash(*_: Any) -> Any:
        raise ZeroDivisionError

    diagnosis = diagnosis_of([toy_check("bad", toy_problem("b.ad"), says=crash), toy_check("good")])
    assert [(each.status, each.reason) for each in diagnosis.results] == [
        ("unknown", "crash"),
        ("ok", ""),
    ]
    broke = diagnosis.results[0].broke
    assert broke.startswith("ZeroDivisionError: ")
    assert " at test_explain.py:" in broke


def test_a_check_that_is_not_installed_here_stays_in_the_report() -> None:
    from diag.explain import diagnose
    from tests.toys import snapshot_of

    here, gone = toy_check("here"), toy_check("gone")
    diagnosis = diagnose(snapshot_of([here, gone]), {"here": here})
    assert [(each.check, each.status, each.reason) for each in diagnosis.results] == [
        ("here", "ok", ""),
        ("gone", "unknown", "not_installed"),
    ]


def test_each_remedy_once_in_the_order_of_the_causes() -> None:
    wait, call = Remedy(code="wait", minutes=30), Remedy(code="call", minutes=5, who="support")
    first = toy_check(
        "a",
        toy_problem("a.a", layer=Layer.LINK, remedies=(wait, call)),
        says=[found("a.a", "device")],
    )
    second = toy_check(
        "b",
        toy_problem("b.b", layer=Layer.DNS, remedies=(call, wait)),
        says=[found("b.b", "device")],
    )
    note = toy_check(
        "n",
        toy_problem("n.n", severity="info", remedies=(Remedy(code="never", minutes=1),)),
        says=[found("n.n", "device")],
    )
    diagnosis = diagnosis_of([second, note, first])
    assert [(each.remedy.code, each.cause.problem.code) for each in diagnosis.remedies] == [
        ("wait", "a.a"),
        ("call", "a.a"),
    ]


def test_what_one_check_says_of_the_way_another_completes_and_does_not_contradict() -> None:
    first = toy_check("first", says=[PathInfo(interface="eth0", vpn=True)])
    second = toy_check("second", says=[PathInfo(interface="tun0", proxy="http"), DeviceInfo()])
    path = diagnosis_of([first, second]).path
    assert (path.interface, path.vpn, path.proxy, path.relay) == ("eth0", True, "http", None)


def test_on_a_managed_device_the_administrator_acts() -> None:
    managed = toy_check(
        "device",
        toy_problem("disk.full", where="device"),
        says=[DeviceInfo(managed=True), found("disk.full", "device")],
    )
    assert [each.who for each in diagnosis_of([managed]).remedies] == ["admin"]
