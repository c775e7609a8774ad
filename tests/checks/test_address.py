"""`address`: an address that only this device gave itself is none."""

from __future__ import annotations

import msgspec
import pytest

from checks.address import CHECK, AddressFact
from diag.host import Interface, InterfaceAddress
from tests.namespaces import needs_root, python_in_namespace
from tests.support import context, findings, replay


def interface(name: str, *addresses: str, up: bool = True, loopback: bool = False) -> Interface:
    held = [
        InterfaceAddress(family="ipv6" if ":" in address else "ipv4", address=address)
        for address in addresses
    ]
    mac = InterfaceAddress(family="mac", address="02:00:00:00:00:01")
    return Interface(name=name, up=up, mtu=1500, loopback=loopback, addresses=(*held, mac))


LO = interface("lo", "127.0.0.1", "::1", loopback=True)


@pytest.mark.parametrize(
    "interfaces",
    [
        (interface("eth0", "192.168.1.7", "fe80::7"),),
        (interface("eth0", "fe80::7", "2001:db8::7"),),  # IPv6 only
        (interface("eth0", "203.0.113.7"),),  # IPv4 only
        (interface("wwan0", "100.70.1.2"),),
        (interface("eth0", up=False), interface("wlan0", "10.0.0.9")),
        (interface("eth0", "169.254.1.1"), interface("wlan0", "fd00::9")),
    ],
)
def test_nothing_is_missing(interfaces: tuple[Interface, ...]) -> None:
    fact = CHECK.collect(replay(interfaces=(LO, *interfaces)), context())
    assert findings(CHECK, fact) == []


@pytest.mark.parametrize(
    "interfaces",
    [
        (),
        (interface("eth0"),),
        (interface("eth0", "fe80::7"),),
        (interface("eth0", "169.254.7.7", "fe80::7"),),
        (interface("eth0", "192.168.1.7", up=False), interface("wlan0", "fe80::7")),
        # Containers' bridges lead nowhere.
        (interface("wlan0", "fe80::7"), interface("docker0", "172.17.0.1")),
        # A VPN's address is of no use without a line.
        (interface("eth0", "169.254.7.7"), interface("tailscale0", "100.101.102.103")),
    ],
)
def test_address_is_missing(interfaces: tuple[Interface, ...]) -> None:
    fact = CHECK.collect(replay(interfaces=(LO, *interfaces)), context())
    (finding,) = findings(CHECK, fact)
    assert (finding.code, finding.subject) == ("address.missing", "device")


def test_evidence_names_the_connection_and_the_makeshift_address() -> None:
    interfaces = (LO, interface("eth0", up=False), interface("wlan0", "169.254.7.7", "fe80::7"))
    (finding,) = findings(CHECK, CHECK.collect(replay(interfaces=interfaces), context()))
    assert finding.args == {"interfaces": ["wlan0"], "self_given": ["169.254.7.7"]}


def test_fact_survives_the_report() -> None:
    fact = CHECK.collect(replay(interfaces=(LO, interface("eth0", "10.0.0.9"))), context())
    assert msgspec.json.decode(msgspec.json.encode(fact), type=AddressFact) == fact


CODE = """
import msgspec
from checks.address import CHECK
from diag.host import real_host
from tests.support import context, findings
fact = CHECK.collect(real_host(), context())
print(sorted(fact.reaching()), [f.code for f in findings(CHECK, fact)])
"""

CABLE = """
ip link add dev0 type veth peer name far0
ip link set dev0 up; ip link set far0 up
"""


@needs_root()
@pytest.mark.parametrize(
    ("setup", "printed"),
    [
        ("", "[] ['address.missing']"),
        (CABLE, "[] ['address.missing']"),
        (CABLE + "ip address add 169.254.3.4/16 dev dev0", "[] ['address.missing']"),
        (CABLE + "ip address add 198.51.100.2/24 dev dev0", "['ipv4'] []"),
        (CABLE + "ip address add 2001:db8::2/64 dev dev0 nodad", "['ipv6'] []"),
        (
            CABLE + "ip address add 198.51.100.2/24 dev dev0; ip link set far0 down",
            "[] ['address.missing']",
        ),
    ],
    ids=["loopback", "link-local", "zeroconf", "ipv4", "ipv6", "unplugged"],
)
def test_in_a_real_network(setup: str, printed: str) -> None:
    assert python_in_namespace(setup, CODE).strip() == printed
