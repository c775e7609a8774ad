"""What is looked at, and when: each system on paper, and what the rules then say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checks.endpoint import EndpointFact
from checks.endpoint.facts import AddressProbe, EndpointProbe, FamilyProbe
from checks.firewall import CHECK, FirewallFact, Hit
from checks.firewall.linux import FIREWALLD, UFW
from checks.firewall.packet import Packet
from checks.firewall.windows import LOCAL, POLICY, against_program, parse, stops
from diag.app_profile import AppProfile
from diag.host import FileStat
from diag.model import Failed, Failure, Finding, Unmeasured
from diag.net.tcp import TcpOutcome
from tests.support import (
    NOW,
    CommandAnswer,
    PaperHost,
    context,
    findings,
    profile_from,
    replay,
    view,
    windows_answers,
)

RECORDED = Path(__file__).parents[2] / "recorded" / "firewall" / "windows-rules.txt"
LINES = RECORDED.read_text(encoding="utf-8").splitlines()
Commands = dict[tuple[str, ...], CommandAnswer]
LOGIN, LOGIN_6 = "52.114.128.21", "2001:db8::10"


def endpoints(tcp: TcpOutcome = "timeout", **changes: Any) -> EndpointFact:
    probe = AddressProbe(address=LOGIN, scope="global", tcp=tcp, tcp_s=2.0)
    families = (
        FamilyProbe(family="ipv4", usable=True, resolve="ok", resolve_s=0.0, probes=(probe,)),
    )
    return EndpointFact(
        endpoints=(
            EndpointProbe(
                id="login", host="login.app.test", port=443, tls=True, families=families, **changes
            ),
        )
    )


def collect(host: PaperHost, endpoint: EndpointFact | None, **profile: Any) -> FirewallFact:
    known = () if endpoint is None else (endpoint,)
    return CHECK.collect(host, context(profile_from(profile), *known))


def judged(host: PaperHost, fact: FirewallFact) -> list[Finding]:
    return findings(CHECK, fact, view(fact, os=host.family))


# --- Linux ---

UFW_CONF = """\
# /etc/ufw/ufw.conf
# Set to yes to start on boot.
ENABLED=no

LOGLEVEL=low
"""
"""As ufw 0.36.2 brings it (Debian 12), comments shortened; `ufw enable` changes the one word."""
RUNS = FileStat(size=0, modified=NOW, is_dir=True, owner=0, mode=0o755)


def linux(
    ufw: str | Failed | None = None, firewalld: FileStat | None = None, **more: Any
) -> PaperHost:
    files = {UFW: ufw, **more.pop("files", {})}
    return replay(files=files, stats={FIREWALLD: firewalld}, **more)


@pytest.mark.parametrize(
    ("ufw", "firewalld", "on"),
    [
        (UFW_CONF, None, False),
        (UFW_CONF.replace("ENABLED=no", "ENABLED=yes"), None, True),
        (None, RUNS, True),
        (UFW_CONF, RUNS, True),
        (None, None, None),
        ("LOGLEVEL=low\n", None, None),
        (Failed("denied", "read"), None, None),
    ],
)
def test_whether_it_is_on_as_every_user_may_see(
    ufw: str | Failed | None, firewalld: FileStat | None, on: bool | None
) -> None:
    """To report it is nothing: most Linux devices have none, and need none."""
    host = linux(ufw, firewalld)
    fact = collect(host, None)
    assert fact == FirewallFact(on=on)
    assert judged(host, fact) == []


@pytest.mark.parametrize("endpoint", [None, endpoints("ok"), endpoints(proxied=True)])
def test_nothing_is_started_without_a_reason(endpoint: EndpointFact | None) -> None:
    """A healthy run, or one through a proxy, asks for no rules; the device on paper has none."""
    fact = collect(linux(root=True), endpoint)
    assert fact == FirewallFact()
    assert list(CHECK.judge(fact, view(fact))) == []


def test_an_ordinary_user_sees_no_rules() -> None:
    fact = collect(linux(), endpoints())
    assert fact.rules is not None
    assert fact.rules.code == "needs_admin"
    assert list(CHECK.judge(fact, view(fact))) == [
        Unmeasured(code="firewall.app_blocked", subject="device", reason="needs_admin")
    ]


def test_without_a_tool_rules_are_not_known() -> None:
    missing: Commands = {("iptables-save",): Failed("tool_missing", "run iptables-save")}
    fact = collect(linux(root=True, commands=missing), endpoints())
    assert fact.rules is not None
    assert (fact.rules.code, fact.hits) == ("tool_missing", ())


@pytest.mark.parametrize(
    "output",
    ["", "no json", "[]", '{"nftables": 7}', '{"other": []}', '{"nftables": [{"rule": 1}]}'],
)
def test_output_that_nobody_knows(output: str) -> None:
    commands: Commands = {("nft", "--json", "list", "ruleset"): output}
    fact = collect(linux(root=True, commands=commands), endpoints())
    assert fact.rules is not None
    assert fact.rules.code == "unparsable"


OLD = """\
*filter
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A OUTPUT -d 52.114.128.21/32 -j DROP
COMMIT
"""


def test_older_iptables_beside_an_empty_nftables() -> None:
    """Its tables are the kernel's older ones, which nftables does not list."""
    host = linux(
        root=True,
        commands={
            ("nft", "--json", "list", "ruleset"): '{"nftables": [{"metainfo": {}}]}',
            ("iptables-save",): OLD,
        },
        files={"/proc/net/ip_tables_names": "filter\n"},
    )
    (hit,) = collect(host, endpoints()).hits
    assert (hit.maker, hit.rule) == ("iptables", "-A OUTPUT -d 52.114.128.21/32 -j DROP")


# --- Windows ---


def windows(
    on: tuple[int, int, int] = (1, 1, 1),
    rules: tuple[str, ...] = (),
    policy: dict[str, int] | None = None,
    firewalls: list[dict[str, Any]] | None = None,
    refused: bool = False,
) -> PaperHost:
    registry: dict[str, Any] = {
        rf"{LOCAL}\{name}": {"EnableFirewall": state}
        for name, state in zip(
            ("DomainProfile", "StandardProfile", "PublicProfile"), on, strict=True
        )
    }
    for name in ("DomainProfile", "StandardProfile", "PrivateProfile", "PublicProfile"):
        value = (policy or {}).get(name)
        registry[rf"{POLICY}\{name}"] = None if value is None else {"EnableFirewall": value}
    registry[rf"{POLICY}\FirewallRules"] = None
    registry[rf"{LOCAL}\FirewallRules"] = (
        Failed("denied", "read the registry")
        if refused
        else {f"{{{number}}}": text for number, text in enumerate(rules)}
    )
    center = {"antivirus": [], "firewalls": firewalls or []}
    return replay(os="windows", registry=registry, commands=windows_answers(security_center=center))


def test_windows_with_everything_on() -> None:
    host = windows(rules=tuple(LINES))
    fact = collect(host, endpoints("ok"))
    assert (fact.on, fact.off, fact.looked) == (True, (), False)
    assert judged(host, fact) == []


@pytest.mark.parametrize(
    ("on", "policy", "networks"),
    [
        ((1, 0, 0), {}, ["private", "public"]),
        ((0, 1, 1), {}, None),  # a domain's own
        ((1, 1, 1), {"PublicProfile": 0}, ["public"]),
        ((1, 0, 1), {"StandardProfile": 1}, None),
        ((1, 0, 1), {"PrivateProfile": 1}, None),
    ],
)
def test_windows_with_a_part_off(
    on: tuple[int, int, int], policy: dict[str, int], networks: list[str] | None
) -> None:
    host = windows(on=on, policy=policy)
    found = judged(host, collect(host, None))
    assert [(each.code, each.args["networks"]) for each in found] == (
        [("firewall.off", networks)] if networks else []
    )


@pytest.mark.parametrize(("state", "off"), [(266240, False), (262144, True)])
def test_another_makers_firewall_takes_over(state: int, off: bool) -> None:
    host = windows(on=(0, 0, 0), firewalls=[{"name": "ノートン 360", "state": state}])
    fact = collect(host, None)
    assert fact.others == (() if off else ("ノートン 360",))
    assert bool(judged(host, fact)) is off


def test_rule_of_windows_that_stops_the_login() -> None:
    """Without administrator rights: everybody may read them."""
    fact = collect(windows(rules=tuple(LINES)), endpoints())
    assert fact.hits == (
        Hit(
            endpoint="login",
            address=LOGIN,
            port=443,
            maker="windows",
            rule="Titanium_OS_Silent_Only",
        ),
    )
    assert fact.stops("login", {LOGIN}) == fact.hits
    assert fact.stops("login", {LOGIN, LOGIN_6}) == (), "another way is open"
    assert fact.stops("login", set()) == ()


def test_rules_that_nobody_may_read() -> None:
    fact = collect(windows(refused=True), endpoints())
    assert (fact.looked, fact.rules) == (
        True,
        Failure(code="denied", operation="read the registry"),
    )


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("RPort=443|RA4=52.114.128.21", True),
        ("RPort=80|RA4=52.114.128.21", False),
        ("RPort2_10=400-500|RA4=52.114.128.0/255.255.255.0", True),
        ("RA4=52.114.128.0-52.114.128.255", True),
        ("RA4=52.114.0.0/16", True),
        ("RA6=2001:db8::/32", False),
        ("RA4=LocalSubnet", None),
        ("RA4=52.114.128.21|Profile=Public", None),
        ("RA4=52.114.128.21|IFType=Wireless", None),
        ("RA4=52.114.128.21|App=C:\\x.exe", False),
        ("Protocol=17|RA4=52.114.128.21", False),
        ("", True),
    ],
)
def test_forms_of_rules(rule: str, told: bool | None) -> None:
    entry = parse(f"v2.31|Action=Block|Active=TRUE|Dir=Out|{rule}|Name=x|")
    assert entry.blocks_outbound
    assert stops(entry, Packet(address=LOGIN, port=443)) is told


@pytest.mark.parametrize(
    "text",
    [
        "v2.31|Action=Block|Active=FALSE|Dir=Out|Name=x|",
        "v2.31|Action=Block|Active=TRUE|Dir=In|Name=x|",
        "v2.31|Action=Allow|Active=TRUE|Dir=Out|Name=x|",
        "",
        "nonsense",
    ],
)
def test_rules_that_stop_nothing(text: str) -> None:
    assert not parse(text).blocks_outbound


def app(name: str) -> AppProfile:
    return profile_from({"install": {"windows": {"uninstall_name": name}}})


@pytest.mark.parametrize(
    ("name", "rule", "severity"),
    [
        ("AdobeGCClient", "Adobe Genuine Software Service", "warning"),  # its folder
        ("SearchUI", "Block outbound Cortana", "problem"),
        ("Example", None, None),
        ("svchost", None, None),  # a service of that program, not the program
        ("exe", None, None),
    ],
)
def test_rule_that_names_the_apps_program(
    name: str, rule: str | None, severity: str | None
) -> None:
    host = windows(rules=tuple(LINES))
    fact = CHECK.collect(host, context(app(name), endpoints("ok")))
    assert fact.app_rule == rule
    found = judged(host, fact)
    assert [(each.code, each.args["rule"], each.severity) for each in found] == (
        [("firewall.app_blocked", rule, severity)] if rule else []
    )


def test_no_name_is_no_program() -> None:
    assert against_program([parse(line) for line in LINES], ["", "!!"]) is None


# --- macOS ---


@pytest.mark.parametrize(
    ("said", "on"),
    [
        ("Firewall is enabled. (State = 1)\n", True),
        ("Firewall is disabled. (State = 0)\n", False),
        ("Firewall is set to block all non-essential incoming connections (State = 2)\n", True),
        ("", None),
        (Failed("tool_missing", "run socketfilterfw"), None),
    ],
)
def test_macos(said: Any, on: bool | None) -> None:
    """Macs come with it switched off, so that this is a note and no more."""
    host = replay(os="macos", commands={("socketfilterfw", "--getglobalstate"): said})
    fact = collect(host, endpoints("ok"))
    assert fact.on is on
    found = judged(host, fact)
    assert [(each.code, each.severity) for each in found] == (
        [("firewall.off", "info")] if on is False else []
    )


def test_macos_tells_an_ordinary_user_nothing_of_its_packet_filter() -> None:
    said: Commands = {("socketfilterfw", "--getglobalstate"): "Firewall is enabled. (State = 1)\n"}
    fact = collect(replay(os="macos", commands=said), endpoints())
    assert fact.rules is not None
    assert fact.rules.code == "needs_admin"
