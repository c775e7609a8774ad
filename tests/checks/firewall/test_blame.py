"""What a rule or a filter of this device's own does to a tie, and what leaves the device of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from checks import endpoint, firewall, internet, security
from checks.firewall import FirewallFact, Hit
from checks.firewall.past import commands
from checks.security import SecurityFact
from checks.security.facts import WebFilter
from diag.explain import diagnose
from diag.model import AnyCheck, Diagnosis, Fact, Failure, Snapshot
from diag.privacy import redact
from tests.checks.endpoint.devices import ONLINE, endpoints, no_login
from tests.checks.endpoint.test_blame import SILENT, probed, refused

CHECKS: dict[str, AnyCheck] = {
    check.name: check for check in (internet.CHECK, endpoint.CHECK, security.CHECK, firewall.CHECK)
}
PROFILE = endpoints("login", "api")
LOGIN, API = (each.families[0].probes[0].address for each in SILENT.endpoints)


def hit(endpoint_id: str, address: str, rule: str = "inet filter out") -> Hit:
    return Hit(
        endpoint=endpoint_id,
        address=address,
        port=443,
        maker="nftables",
        rule=rule,
        chain="inet filter out",
    )


LOGIN_ONLY = FirewallFact(looked=True, hits=(hit("login", LOGIN),))
BOTH = FirewallFact(looked=True, hits=(hit("login", LOGIN), hit("api", API)))
NONE = FirewallFact(looked=True)
UNSEEN = FirewallFact(looked=True, rules=Failure(code="needs_admin", operation="read"))


def told(**facts: Fact) -> Snapshot:
    names = {"security": "device.security", "firewall": "device.firewall"}
    return no_login(PROFILE, internet=ONLINE, **{names.get(k, k): v for k, v in facts.items()})


def diagnosis(**facts: Fact) -> Diagnosis:
    return diagnose(told(**facts), CHECKS)


def test_a_rule_of_this_device_ends_the_tie() -> None:
    found = diagnosis(endpoint=SILENT, firewall=BOTH)
    assert [cause.problem.code for cause in found.causes] == ["firewall.host_blocked"]
    assert (found.verdict.where, found.verdict.confidence) == ("device", "certain")
    assert found.verdict.alternatives == ()
    cause = found.causes[0]
    assert {each.finding.code for each in cause.explains} == {"endpoint.unreachable"}
    assert cause.findings[0].args["rule"] == "inet filter out"


def test_the_app_alone_is_let_past() -> None:
    """Both addresses of one family in one command; also in a report that has left the device."""
    expected = {
        "endpoint:login": [
            f"nft insert rule inet filter out ip daddr {LOGIN} tcp dport 443 accept"
        ],
        "endpoint:api": [f"nft insert rule inet filter out ip daddr {API} tcp dport 443 accept"],
    }
    whole = told(endpoint=SILENT, firewall=BOTH)
    for each in (whole, redact(whole, CHECKS).snapshot):
        (cause,) = diagnose(each, CHECKS).causes
        assert {found.subject: found.args["commands"] for found in cause.findings} == expected
    assert commands([*BOTH.hits]) == [
        f"nft insert rule inet filter out ip daddr {{ {LOGIN}, {API} }} tcp dport 443 accept"
    ]


@pytest.mark.parametrize(
    ("maker", "chain", "expected"),
    [
        ("iptables", "OUTPUT", ["ip6tables -I OUTPUT -d 2001:db8::1 -p tcp --dport 443 -j ACCEPT"]),
        ("ufw", "x", ["ufw prepend allow out to 2001:db8::1 port 443 proto tcp"]),
        ("firewalld", "inet firewalld filter_OUTPUT", []),
        ("windows", "", []),
        ("pf", "", []),
    ],
)
def test_what_to_type(maker: Any, chain: str, expected: list[str]) -> None:
    one = Hit(endpoint="login", address="2001:db8::1", port=443, maker=maker, rule="", chain=chain)
    assert commands([one]) == expected


def test_another_line_is_no_way_round_a_rule_of_this_device() -> None:
    chosen = [each.remedy.code for each in diagnosis(endpoint=SILENT, firewall=BOTH).remedies]
    assert chosen[0] == "firewall.allow_host"
    assert "line.use_mobile" not in chosen
    assert "line.ask_owner" not in chosen


@pytest.mark.parametrize("fact", [NONE, UNSEEN])
def test_without_such_a_rule_it_stays_a_tie(fact: FirewallFact) -> None:
    found = diagnosis(endpoint=SILENT, firewall=fact)
    assert {each.code for each in found.verdict.alternatives} == {
        "firewall.host_blocked",
        "service.unresponsive",
    }
    chosen = [each.remedy.code for each in found.remedies]
    assert "firewall.allow_host" not in chosen
    assert "line.use_mobile" in chosen


def test_what_an_administrator_would_see_is_said() -> None:
    by_fact = {
        name: diagnosis(endpoint=SILENT, firewall=fact).causes[0].findings[0].args["own_rules"]
        for name, fact in (("seen", NONE), ("unseen", UNSEEN))
    }
    assert by_fact == {"seen": None, "unseen": "needs_admin"}
    results = diagnosis(endpoint=SILENT, firewall=UNSEEN).results
    result = next(each for each in results if each.check == "device.firewall")
    assert (result.status, result.reason) == ("unknown", "needs_admin")


def test_one_host_of_two_is_blocked_here_and_the_other_is_silent() -> None:
    found = diagnosis(endpoint=SILENT, firewall=LOGIN_ONLY)
    by_code = {cause.problem.code: cause for cause in found.causes}
    blocked = {each.subject: each.confidence for each in by_code["firewall.host_blocked"].findings}
    assert blocked == {"endpoint:login": "certain", "endpoint:api": "possible"}
    assert [each.subject for each in by_code["service.unresponsive"].findings] == ["endpoint:api"]


def test_a_refusal_of_this_device_is_certain_once_its_rule_is_seen() -> None:
    prohibited = probed(tcp="prohibited", tcp_s=0.0)
    assert diagnosis(endpoint=prohibited, firewall=NONE).verdict.confidence == "likely"
    assert diagnosis(endpoint=prohibited, firewall=BOTH).verdict.confidence == "certain"


def test_a_rule_that_stops_nothing_that_failed_is_no_cause() -> None:
    answered = refused("unknown_issuer")
    codes = [each.problem.code for each in diagnosis(endpoint=answered, firewall=BOTH).causes]
    assert "firewall.host_blocked" not in codes


# --- programs that read encrypted traffic ---


def filtered(**changes: Any) -> SecurityFact:
    own = {"name": "Contoso Shield", "kind": "antivirus", "issuers": ("Contoso Web",), **changes}
    return SecurityFact(filters=(WebFilter(**own),))


def test_the_program_that_signs_is_named() -> None:
    found = diagnosis(endpoint=refused("unknown_issuer"), security=filtered())
    cause = found.causes[0]
    assert cause.problem.code == "tls.intercepted"
    assert (found.verdict.where, found.verdict.confidence) == ("device", "certain")
    assert cause.findings[0].args["product"] == "Contoso Shield"
    chosen = [each.remedy.code for each in found.remedies]
    assert chosen[0] == "tls.exempt_app"
    assert "line.use_mobile" not in chosen


@pytest.mark.parametrize(
    ("changes", "product", "first"),
    [
        ({"kind": "company"}, "Contoso Shield", "tls.do_not_continue"),
        ({"issuers": ("Fabrikam",)}, None, "line.use_mobile"),
    ],
)
def test_whose_program_it_is_decides_what_to_do(
    changes: dict[str, Any], product: str | None, first: str
) -> None:
    found = diagnosis(endpoint=refused("unknown_issuer"), security=filtered(**changes))
    assert found.causes[0].findings[0].args["product"] == product
    assert found.remedies[0].remedy.code == first


# --- what leaves the device ---


def test_the_redacted_report_says_the_same() -> None:
    rule = "-A OUTPUT -d 10.20.30.40/32 -m comment --comment anna@example.com -j DROP"
    private = SILENT.endpoints[0]
    moved = msgspec.json.decode(
        msgspec.json.encode(private).replace(LOGIN.encode(), b"10.20.30.40"), type=type(private)
    )
    probes = msgspec.structs.replace(SILENT, endpoints=(moved, SILENT.endpoints[1]))
    fact = FirewallFact(looked=True, hits=(hit("login", "10.20.30.40", rule), hit("api", API)))
    whole = told(endpoint=probes, firewall=fact)
    sent = redact(whole, CHECKS).snapshot
    before, after = diagnose(whole, CHECKS), diagnose(sent, CHECKS)
    shapes = [
        [(cause.problem.code, cause.confidence, cause.where) for cause in each.causes]
        for each in (before, after)
    ]
    assert shapes[0] == shapes[1] == [("firewall.host_blocked", "certain", "device")]
    assert before.verdict.where == after.verdict.where == "device"
    text = msgspec.json.encode(sent)
    assert b"10.20.30.40" not in text
    assert b"anna@example.com" not in text
