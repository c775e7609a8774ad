"""When the browser's settings are a finding, how grave, and what is advised."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
import pytest

from checks.app.facts import AppFact
from checks.app.installed import InstalledCopy, Looked
from checks.browser import CHECK
from checks.browser.facts import (
    BrowserFact,
    BrowserSettings,
    OwnDns,
    OwnProxy,
    SiteSettings,
)
from checks.browser.problems import TOLD_BY_SETTINGS
from checks.endpoint import CHECK as ENDPOINT
from checks.endpoint.facts import (
    AddressProbe,
    EndpointFact,
    EndpointProbe,
    FamilyProbe,
    HttpExchange,
    TlsExchange,
)
from checks.proxy import CHECK as PROXY
from checks.proxy import ProxyEntry, ProxyFact
from diag.model import (
    Answers,
    Fact,
    Failure,
    Finding,
    Observation,
    Os,
    PathInfo,
    RemedyContext,
    Snapshot,
    Unmeasured,
    View,
)
from diag.privacy import redact
from tests.support import NOW, findings, profile_from, view

ENDPOINTS = [{"id": "login", "url": "https://login.app.test/", "role": "login"}]
PROFILE = profile_from({"endpoint": ENDPOINTS})
LINUX = {"linux": {"dpkg": "app"}}
IN_VAIN = Answers(symptom="login")
SITE = SiteSettings(endpoint="login", host="login.app.test", cookies="allowed", javascript=True)


def browser(
    *, dns: OwnDns | None = None, proxy: OwnProxy | None = None, tunnel: Any = "none", **site: Any
) -> BrowserFact:
    return BrowserFact(
        brand="chrome",
        engine="chromium",
        name="Google Chrome",
        version="155.0.8059.26",
        tunnel=tunnel,
        settings=BrowserSettings(
            used=True,
            dns=dns or OwnDns(mode="automatic"),
            proxy=proxy or OwnProxy(),
            sites=(msgspec.structs.replace(SITE, **site),),
        ),
    )


def reached(status: int = 200) -> EndpointFact:
    http = HttpExchange(outcome="ok", took_s=0.1, status=status, expected=status == 200)
    probe = AddressProbe(
        address="203.0.113.7",
        scope="global",
        tcp="ok",
        tcp_s=0.1,
        tls=TlsExchange(outcome="ok", took_s=0.1),
        http=http,
    )
    family = FamilyProbe(family="ipv4", usable=True, resolve="ok", resolve_s=0.01, probes=(probe,))
    endpoint = EndpointProbe(
        id="login", host="login.app.test", port=443, tls=True, families=(family,)
    )
    return EndpointFact(endpoints=(endpoint,))


def seen(fact: BrowserFact, *others: Fact, answers: Answers | None = IN_VAIN, **more: Any) -> View:
    return view(fact, *others, profile=more.get("profile", PROFILE), answers=answers)


def judged(fact: BrowserFact, *others: Fact, **more: Any) -> list[Finding]:
    return findings(CHECK, fact, seen(fact, *others, **more))


def remedies(finding: Finding, fact: BrowserFact, managed: bool | None = None) -> list[str]:
    problem = next(each for each in CHECK.problems if each.code == finding.code)
    context = RemedyContext(finding, seen(fact), managed)
    return [each.code for each in problem.remedies if each.applies(context)]


NO_PROXY = ProxyFact(source="none")
OFFICE = ProxyFact(
    source="settings",
    https=ProxyEntry(
        scheme="http",
        host="proxy.test",
        port=8080,
        has_credentials=False,
        loopback=False,
        local=False,
    ),
)


def test_a_browser_as_it_comes_is_no_finding() -> None:
    for answers in (None, IN_VAIN):
        assert judged(browser(), reached(), NO_PROXY, answers=answers) == []


@pytest.mark.parametrize(
    ("site", "code", "first"),
    [
        (
            {"cookies": "blocked", "cookies_by": "user"},
            "browser.cookies_blocked",
            "browser.another",
        ),
        (
            {"javascript": False, "javascript_by": "user"},
            "browser.javascript_blocked",
            "browser.another",
        ),
        ({"barred": True}, "browser.policy", "browser.own_phone"),
    ],
)
def test_what_keeps_the_login_page_from_working(
    site: dict[str, Any], code: str, first: str
) -> None:
    fact = browser(**site)
    (finding,) = judged(fact)
    assert (finding.code, finding.subject, finding.severity) == (code, "endpoint:login", None)
    assert finding.args["host"] == "login.app.test"
    assert remedies(finding, fact)[0] == first


def test_without_a_symptom_it_is_a_warning() -> None:
    (finding,) = judged(browser(cookies="blocked"), answers=None)
    assert finding.severity == "warning"


def test_with_an_app_of_its_own_the_browser_may_not_be_the_way() -> None:
    profile = profile_from({"endpoint": ENDPOINTS, "install": LINUX})
    fact = browser(cookies="blocked")
    assert judged(fact, profile=profile)[0].severity == "warning"
    in_browser = Answers(symptom="login", client="browser")
    assert judged(fact, profile=profile, answers=in_browser)[0].severity is None
    missing = AppFact(installed=(Looked(source="dpkg"),))
    assert judged(fact, missing, profile=profile)[0].severity is None
    here = AppFact(installed=(Looked(source="dpkg", copies=(InstalledCopy(version="1"),)),))
    assert judged(fact, here, profile=profile)[0].severity == "warning"


@pytest.mark.parametrize(
    "answers", [Answers(symptom="login", device="phone"), Answers(symptom="login", client="app")]
)
def test_who_logs_in_elsewhere_hears_nothing(answers: Answers) -> None:
    fact = browser(cookies="blocked", tunnel="browser_vpn")
    assert list(CHECK.judge(fact, seen(fact, reached(), answers=answers))) == []


def test_the_relay_is_told_as_part_of_the_way() -> None:
    for tunnel, relay in (("private_relay", True), ("paused", False), ("none", False)):
        fact = msgspec.structs.replace(
            browser(tunnel=tunnel), brand="safari", engine="safari", name="Safari"
        )
        assert list(CHECK.judge(fact, seen(fact, answers=None))) == [PathInfo(relay=relay)]


def test_session_cookies_are_enough() -> None:
    assert judged(browser(cookies="session")) == []


def test_an_administrators_rule_is_the_administrators_to_change() -> None:
    fact = browser(cookies="blocked", cookies_by="policy")
    (finding,) = judged(fact)
    assert remedies(finding, fact) == ["browser.own_phone", "browser.ask_admin"]
    own = browser(cookies="blocked", cookies_by="user")
    assert remedies(judged(own)[0], own) == ["browser.another", "browser.allow_cookies"]


def test_an_extension_stays_out_of_a_private_window() -> None:
    fact = browser(cookies="blocked", cookies_by="extension")
    (finding,) = judged(fact)
    assert remedies(finding, fact)[:2] == ["browser.private_window", "browser.another"]


# --- another way ---


@pytest.mark.parametrize(
    ("fact", "system", "kind"),
    [
        (browser(proxy=OwnProxy(mode="fixed", server="vpn.test", port=1)), NO_PROXY, "proxy"),
        (browser(proxy=OwnProxy(mode="script")), NO_PROXY, "proxy"),
        (browser(proxy=OwnProxy(mode="direct")), OFFICE, "proxy"),
        (browser(tunnel="private_relay"), NO_PROXY, "tunnel"),
        (browser(tunnel="browser_vpn"), NO_PROXY, "tunnel"),
    ],
)
def test_another_way_is_suspected_where_diags_own_worked(
    fact: BrowserFact, system: ProxyFact, kind: str
) -> None:
    (finding,) = judged(fact, reached(), system)
    assert (finding.code, finding.confidence) == ("browser.path_differs", "possible")
    assert finding.severity is None
    assert finding.args[kind] is not None


@pytest.mark.parametrize(
    ("fact", "system"),
    [
        (browser(proxy=OwnProxy(mode="fixed", server="proxy.test", port=8080)), OFFICE),
        (browser(proxy=OwnProxy(mode="direct")), NO_PROXY),
        (browser(proxy=OwnProxy(mode="detect")), NO_PROXY),
        (browser(tunnel="paused"), NO_PROXY),
        (browser(dns=OwnDns(mode="automatic", by="user")), NO_PROXY),
    ],
)
def test_the_same_way_by_another_setting_is_no_finding(
    fact: BrowserFact, system: ProxyFact
) -> None:
    assert judged(fact, reached(), system) == []


VPN = browser(proxy=OwnProxy(mode="fixed", by="extension", server="vpn.test", port=1))


def test_another_way_without_a_symptom_is_nobodys_business() -> None:
    assert judged(VPN, reached(), NO_PROXY, answers=None) == []


def test_where_diags_own_way_failed_the_browsers_is_not_to_blame() -> None:
    assert judged(VPN, reached(503), NO_PROXY) == []


def test_without_endpoints_seen_it_cannot_be_told() -> None:
    items = list(CHECK.judge(VPN, seen(VPN, NO_PROXY)))
    assert items == [
        Unmeasured(code="browser.path_differs", subject="device", reason="needs_missing")
    ]


def test_in_the_browser_it_is_likely() -> None:
    answers = Answers(symptom="login", client="browser")
    assert judged(VPN, reached(), NO_PROXY, answers=answers)[0].confidence == "likely"


@pytest.mark.parametrize("mode", ["preferred", "only"])
def test_servers_of_its_own_for_names_are_a_note(mode: Literal["preferred", "only"]) -> None:
    """They seldom matter, and must not hide that an account may be at fault."""
    fact = browser(dns=OwnDns(mode=mode, by="user", server="dns.test"))
    (finding,) = judged(fact, reached(), NO_PROXY)
    assert (finding.severity, finding.args["dns"]) == ("info", mode)
    elsewhere = Answers(symptom="login", works_elsewhere=True)
    assert judged(fact, reached(), NO_PROXY, answers=elsewhere)[0].severity is None


def test_a_private_window_helps_against_extensions_alone() -> None:
    (finding,) = judged(VPN, reached(), NO_PROXY)
    assert remedies(finding, VPN)[:2] == ["browser.private_window", "browser.another"]
    tunnel = browser(tunnel="browser_vpn")
    (finding,) = judged(tunnel, reached(), NO_PROXY)
    assert remedies(finding, tunnel) == ["browser.another", "browser.pause_tunnel"]


CLOSED = BrowserFact(
    brand="safari",
    engine="safari",
    name="Safari",
    settings_failure=Failure(code="denied", operation="read"),
    tunnel="private_relay",
)


def test_settings_that_cannot_be_read_are_unknown() -> None:
    items = list(CHECK.judge(CLOSED, seen(CLOSED, reached(), NO_PROXY)))
    unknown = {each.code: each.reason for each in items if isinstance(each, Unmeasured)}
    assert unknown == {problem.code: "denied" for problem in TOLD_BY_SETTINGS}
    told = {each.code: each for each in items if isinstance(each, Finding)}
    assert told["browser.path_differs"].args["tunnel"] == "private_relay"
    assert remedies(told["browser.settings_unseen"], CLOSED) == ["browser.look"]


def test_where_to_look_is_told_once_to_whom_it_helps() -> None:
    """Not without a symptom, nor with an app of its own, nor where all could be read."""
    for profile, answers, told in (
        (PROFILE, None, 0),
        (PROFILE, IN_VAIN, 1),
        (with_app := profile_from({"endpoint": ENDPOINTS, "install": LINUX}), IN_VAIN, 0),
        (with_app, Answers(symptom="login", client="browser"), 1),
        (PROFILE, Answers(symptom="login", device="phone"), 0),
    ):
        items = judged(CLOSED, profile=profile, answers=answers)
        assert [each.code for each in items].count("browser.settings_unseen") == told
    other = msgspec.structs.replace(
        CLOSED, settings_failure=Failure(code="unparsable", operation="read")
    )
    assert judged(other) == []


def test_of_what_an_administrator_set_the_rest_is_unknown() -> None:
    """A rule about cookies is seen and said, whether scripts run is not known."""
    part = browser(cookies="blocked", cookies_by="policy", javascript=None).settings
    fact = msgspec.structs.replace(CLOSED, settings=part)
    items = list(CHECK.judge(fact, seen(fact)))
    codes = [each.code for each in items if isinstance(each, Finding)]
    assert codes == ["browser.cookies_blocked"]
    unknown = [(each.code, each.reason) for each in items if isinstance(each, Unmeasured)]
    assert ("browser.javascript_blocked", "denied") in unknown


def test_what_leaves_the_device_names_no_servers_and_is_judged_alike() -> None:
    office = ProxyFact(
        source="settings",
        https=ProxyEntry(
            scheme="http",
            host="proxy.corp.test",
            port=8080,
            has_credentials=False,
            loopback=False,
            local=False,
        ),
    )
    same = OwnProxy(mode="fixed", by="user", server="proxy.corp.test", port=8080)
    for proxy in (same, msgspec.structs.replace(same, server="other.corp.test")):
        dns = OwnDns(mode="only", by="user", server="hana-1a2b3c.dns.test")
        fact = browser(proxy=proxy, dns=dns)
        checks = {each.name: each for each in (CHECK, PROXY, ENDPOINT)}
        facts = {"app.browser": fact, "proxy": office, "endpoint": reached()}
        snapshot = Snapshot(
            taken_at=NOW,
            zone="UTC",
            os=Os(family="windows"),
            profile=PROFILE,
            answers=IN_VAIN,
            deadline_s=10,
            chosen=tuple(facts),
            observations={name: Observation(fact=each, took_s=0.1) for name, each in facts.items()},
        )
        clean = redact(snapshot, checks).snapshot
        text = msgspec.json.encode(clean).decode()
        assert "corp.test" not in text
        assert "hana" not in text

        def said(taken: Snapshot) -> list[tuple[str, Any, Any]]:
            held = {name: each.fact for name, each in taken.observations.items()}
            own = held.pop("app.browser")
            return [
                (each.code, each.severity, each.args["proxy"])
                for each in judged(own, *held.values())
            ]

        assert said(clean) == said(snapshot)
