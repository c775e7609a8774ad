"""What rules do to a connection is what the kernel does with it, rule set by rule set.

In namespaces of their own: a cable, a server at its other end, the rules on this end.
"""

from __future__ import annotations

import json

import pytest

from tests.namespaces import needs_root, python_in_namespace

CABLE = """
ip netns add far
ip link add here0 type veth peer name there0 netns far
ip addr add 192.0.2.1/24 dev here0
ip -6 addr add 2001:db8::1/64 dev here0 nodad
ip link set here0 up
ip -n far addr add 192.0.2.2/24 dev there0
ip -n far -6 addr add 2001:db8::2/64 dev there0 nodad
ip -n far link set there0 up
ip -n far link set lo up
"""
PROGRAM = """
import atexit, json, subprocess, sys
from checks.firewall import linux
from checks.firewall.packet import Packet
from checks.firewall.past import commands
from diag.deadline import Deadline
from diag.host import real_host

SERVER = '''
import socket, time
kept = []
for family, address in ((socket.AF_INET, "192.0.2.2"), (socket.AF_INET6, "2001:db8::2")):
    for port in (443, 80):
        one = socket.socket(family); one.bind((address, port)); one.listen(); kept.append(one)
print("up", flush=True)
time.sleep(60)
'''

def reached(address, port):
    try:
        real_host().connect(address, port, 0.3).close()
    except OSError:
        return False
    return True

argv = ["ip", "netns", "exec", "far", sys.executable, "-c", SERVER]
server = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
atexit.register(server.kill)
server.stdout.readline()
for _ in range(20):  # until the neighbours know each other
    if reached("192.0.2.2", 443) and reached("2001:db8::2", 443):
        break
told = []
for rules in json.loads(sys.argv[1]):
    subprocess.run(["nft", "flush", "ruleset"], check=True)
    for line in rules:
        tool, rest = line.split(" ", 1)
        if tool in ("iptables", "ip6tables"):
            subprocess.run([tool, *rest.split()], check=True)
        else:
            subprocess.run(["nft", line], check=True)
    seen = []
    for address in ("192.0.2.2", "2001:db8::2"):
        for port in (443, 80):
            packet = Packet(address=address, port=port, interface="here0")
            hits = linux.hits(real_host(), [("x", packet)], Deadline.after(5))
            seen.append([address, port, bool(hits), not reached(address, port), hits[:1]])
    for one in seen:
        hits = one.pop()
        if hits and hits[0].maker != "ufw":  # which is not here
            for command in commands(hits):
                subprocess.run(command.split(), check=True)
            one.append(reached(one[0], one[1]))
        else:
            one.append(True)
    told.append(seen)
print(json.dumps(told))
"""

TABLE = ("add table inet t", "add chain inet t out { type filter hook output priority 0; }")
STRICT = (
    "add table inet t",
    "add chain inet t out { type filter hook output priority 0; policy drop; }",
    "add rule inet t out icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept",
)
NEIGHBOURS = "ip6tables -A OUTPUT -p ipv6-icmp -j ACCEPT"

RULES: dict[str, tuple[str, ...]] = {
    "nothing at all": (),
    "empty chain": TABLE,
    "one address": (*TABLE, "add rule inet t out ip daddr 192.0.2.2 drop"),
    "one address and port": (*TABLE, "add rule inet t out ip daddr 192.0.2.2 tcp dport 443 reject"),
    "a network": (*TABLE, "add rule inet t out ip6 daddr 2001:db8::/32 drop"),
    "a range": (*TABLE, "add rule inet t out ip daddr 192.0.2.0-192.0.2.9 drop"),
    "a range beside it": (*TABLE, "add rule inet t out ip daddr 192.0.2.3-192.0.2.9 drop"),
    "ports": (*TABLE, "add rule inet t out tcp dport { 22, 400-500 } drop"),
    "not this port": (*TABLE, "add rule inet t out tcp dport != 443 drop"),
    "another protocol": (*TABLE, "add rule inet t out udp dport 443 drop"),
    "one family": (*TABLE, "add rule inet t out meta nfproto ipv4 drop"),
    "either protocol": (*TABLE, "add rule inet t out meta l4proto { tcp, udp } th dport 443 drop"),
    "what leaves by another": (*TABLE, 'add rule inet t out oifname "wlan0" drop'),
    "what leaves by this": (*TABLE, 'add rule inet t out oifname "here*" tcp dport 80 drop'),
    "nothing but loopback": (*TABLE, 'add rule inet t out oifname != "lo" tcp dport 443 drop'),
    "accepted before": (
        *TABLE,
        "add rule inet t out tcp dport 443 accept",
        "add rule inet t out meta l4proto tcp drop",
    ),
    "what is known goes on": (
        *TABLE,
        "add rule inet t out ct state established,related accept",
        "add rule inet t out tcp dport 80 counter log drop",
    ),
    "accepted in one chain, dropped in the next": (
        *TABLE,
        "add rule inet t out tcp dport 443 accept",
        "add table inet late",
        "add chain inet late out { type filter hook output priority 10; }",
        "add rule inet late out ip daddr 192.0.2.2 drop",
    ),
    "an input chain": (
        "add table inet t",
        "add chain inet t in { type filter hook input priority 0; }",
        "add rule inet t in ip daddr 192.0.2.2 drop",
    ),
    "dropped by policy": STRICT,
    "dropped by policy but for one port": (*STRICT, "add rule inet t out tcp dport 443 accept"),
    "jump and return": (
        *TABLE,
        "add chain inet t ads",
        "add chain inet t own",
        "add rule inet t own tcp dport 443 return",
        "add rule inet t own ip daddr 192.0.2.2 drop",
        "add rule inet t ads jump own",
        "add rule inet t ads ip6 daddr 2001:db8::2 tcp dport 443 drop",
        "add rule inet t out jump ads",
    ),
    "goto does not come back": (
        *TABLE,
        "add chain inet t own",
        "add rule inet t own tcp dport 22 drop",
        "add rule inet t out tcp dport 443 goto own",
        "add rule inet t out meta l4proto tcp drop",
    ),
    "a named set": (
        *TABLE,
        "add set inet t bad { type ipv4_addr; flags interval; elements = { 192.0.2.0/30 }; }",
        "add rule inet t out ip daddr @bad drop",
    ),
    "a named set without it": (
        *TABLE,
        "add set inet t bad { type ipv4_addr; flags interval; elements = { 198.51.100.0/24 }; }",
        "add rule inet t out ip daddr @bad drop",
    ),
    "tables of one family": (
        "add table ip6 t",
        "add chain ip6 t out { type filter hook output priority 0; }",
        "add rule ip6 t out tcp dport 443 drop",
    ),
    "iptables": ("iptables -A OUTPUT -d 192.0.2.2 -p tcp --dport 443 -j DROP",),
    "iptables, several ports": (
        "iptables -A OUTPUT -p tcp -m multiport --dports 80,443 -j REJECT",
    ),
    "iptables, by policy": ("iptables -P OUTPUT DROP",),
    "iptables, accepted before": (
        "iptables -A OUTPUT -p tcp --dport 443 -m conntrack --ctstate NEW -j ACCEPT",
        "iptables -A OUTPUT -o here+ -j DROP",
    ),
    "iptables, chains": (
        "iptables -N ufw-user-output",
        "iptables -A OUTPUT -m comment --comment users -j ufw-user-output",
        "iptables -A ufw-user-output -p tcp -d 192.0.2.0/25 --dport 80 -j DROP",
    ),
    "iptables, not here": ("iptables -A OUTPUT ! -d 192.0.2.0/24 -j DROP",),
    "iptables, over IPv6": (
        NEIGHBOURS,
        "ip6tables -A OUTPUT -m iprange --dst-range 2001:db8::1-2001:db8::f -j DROP",
    ),
    "iptables beside nftables": (
        *TABLE,
        "add rule inet t out tcp dport 80 drop",
        "iptables -A OUTPUT -p tcp --dport 443 -j DROP",
    ),
}


@needs_root()
def test_rules_do_what_the_kernel_does() -> None:
    said = python_in_namespace(CABLE, PROGRAM, json.dumps(list(RULES.values())))
    wrong = [
        f"{name}: {address} port {port}: told blocked {told}, in truth {blocked}"
        for name, seen in zip(RULES, json.loads(said), strict=True)
        for address, port, told, blocked, _ in seen
        if told != blocked
    ]
    assert wrong == []
    shut = [
        name
        for name, seen in zip(RULES, json.loads(said), strict=True)
        for each in seen
        if each[3] and each[4] is not True
    ]
    assert shut == [], "the command of the remedy lets the address past"
    blocked = [each[3] for seen in json.loads(said) for each in seen]
    assert 30 < sum(blocked) < len(blocked) - 30, "the rules have to make a difference"


UNTOLD: dict[str, tuple[str, ...]] = {
    "some users": (*TABLE, "add rule inet t out skuid 4711 tcp dport 443 drop"),
    "so many": (*TABLE, "add rule inet t out tcp dport 443 limit rate over 1000/second drop"),
    "by a mark": (*TABLE, "add rule inet t out meta mark 7 drop"),
    "looked up": (*TABLE, "add rule inet t out tcp dport vmap { 22 : drop, 23 : drop }"),
    "iptables, some users": ("iptables -A OUTPUT -p tcp -m owner --uid-owner 4711 -j DROP",),
}


@needs_root()
def test_what_is_not_known_blocks_nothing() -> None:
    """Rules that ask for more than is known here are no evidence."""
    said = python_in_namespace(CABLE, PROGRAM, json.dumps(list(UNTOLD.values())))
    assert [any(each[2] for each in seen) for seen in json.loads(said)] == [False] * len(UNTOLD)


@needs_root()
@pytest.mark.parametrize(
    ("rules", "maker", "words"),
    [
        (RULES["one address"], "nftables", "inet t out"),
        (
            (*TABLE, 'add rule inet t out tcp dport 443 drop comment "no shops"'),
            "nftables",
            "inet t out (no shops)",
        ),
        (RULES["iptables"], "iptables", "-A OUTPUT -d 192.0.2.2/32 -p tcp -m tcp --dport 443"),
        (RULES["iptables, chains"], "ufw", "ufw-user-output"),
    ],
)  # fmt: skip
def test_the_rule_is_named(rules: tuple[str, ...], maker: str, words: str) -> None:
    code = (
        PROGRAM[: PROGRAM.index("argv = ")]
        + PROGRAM[PROGRAM.index("for rules in") :].split("    seen = []")[0]
        + (
            "    packets = [Packet(address='192.0.2.2', port=port, interface='here0')"
            " for port in (443, 80)]\n"
            "    hits = [hit for packet in packets for hit in"
            " linux.hits(real_host(), [('login', packet)], Deadline.after(5))]\n"
            "    print(json.dumps([hits[0].maker, hits[0].rule, hits[0].endpoint]))\n"
        )
    )
    said = json.loads(python_in_namespace("", code, json.dumps([rules])))
    assert said[0] == maker
    assert words in said[1]
    assert said[2] == "login"
