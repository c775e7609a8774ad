"""pf of macOS: the last match decides, quick ends it, anchors stand where they are named.

The main rules, the state and the warnings are as public captures of macOS 26 have them; the rules
of the anchors follow pf.conf(5) and public examples.
"""

from __future__ import annotations

import pytest

from checks.firewall import CHECK, FirewallFact, pf
from checks.firewall.packet import Packet
from diag.model import Failed
from tests.checks.firewall.test_collect import LOGIN, Commands, endpoints
from tests.support import context, replay

MAIN = 'scrub-anchor "com.apple/*" all fragment reassemble\nanchor "com.apple/*" all\n'
ENABLED = "Status: Enabled for 0 days 02:11:05           Debug: Urgent\n"
DISABLED = "Status: Disabled                              Debug: Urgent\n"
NOISE = "No ALTQ support in kernel\nALTQ related functions disabled\n"
PACKET = Packet(address=LOGIN, port=443, interface="en0")
OTHER_PORT = Packet(address=LOGIN, port=80, interface="en0")

REAL = """\
pass in proto tcp from any to any port = 22 flags S/SA keep state
pass in inet proto tcp from 10.0.0.0/8 to any port = 3306 flags S/SA keep state label "mysql-lan"
block drop in quick inet proto tcp from 203.0.113.44 to any
pass out proto udp from any to any port = 53 keep state
block drop out quick inet proto tcp from any to 52.114.128.21 port 400:500 label "no-egress"
pass in on en0 inet proto icmp all keep state
pass in log proto tcp all flags S/SA no state
"""


def fate(rules: str, anchors: dict[str, str] | None = None, packet: Packet = PACKET) -> str:
    named = {name: pf.parse(text) for name, text in (anchors or {}).items()}
    return pf.ruled({"": pf.parse(rules), **named}, packet).fate


def test_rules_as_seen_in_the_wild() -> None:
    assert fate(REAL) == "blocked"
    assert fate(REAL, packet=OTHER_PORT) == "passes"
    said = pf.ruled({"": pf.parse(REAL)}, PACKET).rule
    assert 'label "no-egress"' in said


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("", "passes"),
        ("block drop out all", "blocked"),
        ("block drop all\npass out all keep state", "passes"),  # the last one decides
        ("block drop out quick all\npass out all keep state", "blocked"),
        ("pass out quick proto tcp all\nblock drop out all", "passes"),
        ("block return out on en0 inet all", "blocked"),
        ("block drop out on en1 inet all", "passes"),
        ("block drop out on ! en0 all", "passes"),
        ("block drop out on lo0 all", "passes"),
        ("block drop out inet6 all", "passes"),
        ("block drop out proto udp all", "passes"),
        ("block drop in all", "passes"),
        ("block drop out proto tcp from any to any port = 443", "blocked"),
        ("block drop out proto tcp from any to any port = https", "blocked"),
        ("block drop out proto tcp from any to any port != 443", "passes"),
        ("block drop out inet from any to ! 52.114.128.0/24", "passes"),
        ("block drop out inet from any to 52.114.0.0/16", "blocked"),
        ("block drop out from any to <badhosts>", "unclear"),
        ("block drop out proto tcp all user = 502", "unclear"),
        ("block drop out proto tcp from any port = 68 to any", "unclear"),
        ("block drop out proto tcp from any to any port > 400", "unclear"),
        ("block drop out all\npass out from any to <good>", "unclear"),
        ("block drop out quick from any to <bad>\nblock drop out all", "blocked"),
    ],
)
def test_which_rule_decides(rules: str, expected: str) -> None:
    assert fate(rules) == expected


def test_anchors() -> None:
    block = "block drop out quick inet proto tcp from any to 52.114.128.21 port 443\n"
    assert fate(MAIN, {"com.apple": ""}) == "passes"
    assert fate(MAIN, {"com.apple/own": block}) == "blocked"
    assert fate(MAIN, {"elsewhere/own": block}) == "passes", "nobody names it"
    assert fate('anchor "own" on lo0 all\n', {"own": block}) == "passes"
    assert fate('anchor "own" all\n', {"own": block}) == "blocked"
    assert fate('pass out quick all\nanchor "own" all\n', {"own": block}) == "passes"
    nested = {"own": 'anchor "inner" all\n', "own/inner": block}
    assert fate('anchor "own" all\n', nested) == "blocked"
    weak = {"own": "block drop out all\n"}
    assert fate('anchor "own" all\npass out all keep state\n', weak) == "passes"


def test_an_anchor_in_itself_ends() -> None:
    assert fate('anchor "a" all\n', {"a": 'anchor "/a" all\n'}) == "passes"


def asked(info: str, rules: str, anchors: dict[str, str]) -> FirewallFact:
    listed = "".join(f"  {name}\n" for name in anchors)
    commands: Commands = {
        ("socketfilterfw", "--getglobalstate"): "Firewall is enabled. (State = 1)\n",
        ("pfctl", "-s", "info"): (0, info, NOISE),
        ("pfctl", "-s", "rules"): (0, rules, NOISE),
        ("pfctl", "-v", "-s", "Anchors"): (0, listed, NOISE),
    }
    for name, text in anchors.items():
        commands["pfctl", "-a", name, "-s", "rules"] = (0, text, NOISE)
    return CHECK.collect(
        replay(os="macos", commands=commands, root=True), context(None, endpoints())
    )


def test_a_mac_that_blocks_the_login() -> None:
    fact = asked(ENABLED, MAIN, {"com.apple": "", "com.apple/guard": REAL})
    (hit,) = fact.hits
    assert (hit.maker, hit.address, hit.endpoint) == ("pf", LOGIN, "login")


def test_a_mac_as_it_comes() -> None:
    """Disabled, whatever its rules would be."""
    assert asked(DISABLED, REAL, {}).hits == ()
    assert asked(ENABLED, MAIN, {"com.apple": ""}).hits == ()


def test_a_filter_that_refuses_to_tell() -> None:
    commands: Commands = {
        ("socketfilterfw", "--getglobalstate"): Failed("timeout", "run socketfilterfw"),
        ("pfctl", "-s", "info"): (1, "", "pfctl: /dev/pf: Permission denied\n"),
    }
    host = replay(os="macos", commands=commands, root=True)
    fact = CHECK.collect(host, context(None, endpoints()))
    assert fact.rules is not None
    assert (fact.rules.code, fact.on) == ("denied", None)
