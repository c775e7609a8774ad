"""The dns check against real name servers on loopback."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

import dns.rcode
import pytest

from checks.dns import CHECK, DnsFact
from checks.dns.configured import name_servers
from diag.host import Interface, InterfaceAddress
from diag.model import Failed, RemedyContext, Unmeasured
from tests.namespaces import needs_root, python_in_namespace
from tests.net.name_servers import Zone, name_server
from tests.support import context, findings, profile_from, replay, view

FIRST, SECOND, STUB = "192.168.77.1", "192.168.77.2", "127.0.0.53"
GOOD = {("example.com", "A"): ("198.51.100.1",), ("login.test", "A"): ("198.51.100.2",)}
PROFILE = profile_from(
    {
        "endpoint": [
            {"id": "login", "url": "https://login.test/"},
            {"id": "fixed", "url": "https://198.51.100.3/"},
        ]
    }
)
FOUND = {"ipv4": ["198.51.100.1"], "ipv6": "EAI_NODATA"}
FAILS = {"ipv4": "EAI_AGAIN", "ipv6": "EAI_AGAIN"}
NOBODY = "ECONNREFUSED"


def collected(
    servers: Mapping[str, Zone | None],
    system: Mapping[str, Sequence[str] | str],
    *,
    resolv_conf: str | None = None,
    upstream: str | None = None,
    public: Zone | None = None,
    seconds: float = 5.0,
    interfaces: tuple[Interface, ...] = (),
) -> DnsFact:
    """What the check learns with these name servers (None: nothing listens there)."""
    text = "".join(f"nameserver {address}\n" for address in servers)
    with ExitStack() as stack:
        detours = {}
        for address, zone in {**servers, "1.1.1.1": public, "8.8.8.8": public}.items():
            with name_server(Zone()) as port:
                pass  # a port where nothing listens any more
            if zone is not None:
                port = stack.enter_context(name_server(zone))
            detours[address, 53] = port
        host = replay(
            files={
                "/etc/resolv.conf": text if resolv_conf is None else resolv_conf,
                "/run/systemd/resolve/resolv.conf": upstream,
            },
            resolves={("example.com", family): answer for family, answer in system.items()},
            detours=detours,
            interfaces=interfaces,
        )
        return CHECK.collect(host, context(PROFILE, seconds=seconds))


def causes(fact: DnsFact) -> list[tuple[str, str]]:
    return [(finding.code, finding.confidence) for finding in findings(CHECK, fact)]


def test_all_well() -> None:
    zone = Zone(GOOD)
    fact = collected({FIRST: zone}, FOUND)
    assert fact.names_work
    assert fact.said_by_servers("login.test") == ("ok",)
    assert sorted(zone.asked) == ["example.com A udp", "login.test A udp"]
    assert causes(fact) == []


def test_a_second_server_is_not_waited_for_once_names_work() -> None:
    started = time.monotonic()
    fact = collected({FIRST: Zone(GOOD), SECOND: Zone(mute=True)}, FOUND)
    assert time.monotonic() - started < 2.0
    assert causes(fact) == []
    assert not any(server.silent for server in fact.known_servers)


def test_no_server_answers() -> None:
    fact = collected({FIRST: None, SECOND: None}, FAILS, public=Zone(GOOD))
    [finding] = findings(CHECK, fact)
    assert (finding.code, finding.subject, finding.confidence) == (
        "dns.unreachable",
        "path",
        "certain",
    )
    assert finding.args["silent"] == [FIRST, SECOND]
    assert finding.args["other_resolver"] == "1.1.1.1"


def test_silence_is_told_from_refusal_and_ends_by_the_deadline() -> None:
    started = time.monotonic()
    fact = collected({FIRST: Zone(mute=True)}, FAILS, public=Zone(mute=True), seconds=1.5)
    assert time.monotonic() - started < 2.0
    assert fact.said_by_servers("example.com") == ("timeout",)
    assert causes(fact) == [("dns.unreachable", "certain")]


@pytest.mark.parametrize("code", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.NXDOMAIN])
def test_servers_that_answer_and_find_nothing(code: dns.rcode.Rcode) -> None:
    fact = collected({FIRST: Zone(rcode=code)}, FAILS)
    [finding] = findings(CHECK, fact)
    assert (finding.code, finding.confidence) == ("dns.failing", "certain")
    assert finding.args["outcomes"] == [dns.rcode.to_text(code).lower()]
    assert finding.args["other_resolver"] is None


def test_no_server_is_configured() -> None:
    fact = collected({}, FAILS, resolv_conf="# empty\nsearch home.test\n")
    [finding] = findings(CHECK, fact)
    assert finding.code == "dns.unreachable"
    assert finding.args["none_configured"] is True


def test_the_system_resolves_by_another_way_than_its_servers() -> None:
    assert causes(collected({FIRST: None}, FOUND)) == []


def test_what_a_stub_says_does_not_hide_that_those_behind_it_are_dead() -> None:
    stub = Zone(rcode=dns.rcode.SERVFAIL)
    fact = collected(
        {STUB: stub, FIRST: None},
        FAILS,
        resolv_conf=f"nameserver {STUB}\noptions edns0 trust-ad\n",
        upstream=f"nameserver {FIRST}\n",
    )
    assert [(each.address, each.loopback) for each in fact.known_servers] == [
        (STUB, True),
        (FIRST, False),
    ]
    assert causes(fact) == [("dns.unreachable", "certain")]


@pytest.mark.parametrize("behind", [{}, {FIRST: Zone(GOOD)}])
def test_a_stub_that_runs_no_longer_is_this_device_s_own_fault(
    behind: Mapping[str, Zone | None],
) -> None:
    upstream = "".join(f"nameserver {address}\n" for address in behind)
    fact = collected(
        {STUB: None, **behind}, FAILS, resolv_conf=f"nameserver {STUB}\n", upstream=upstream
    )
    [finding] = findings(CHECK, fact)
    assert (finding.code, finding.where, finding.args["own"]) == ("dns.unreachable", "device", STUB)


@pytest.mark.parametrize(
    ("server", "first_remedy"),
    [
        ("192.168.3.1", "line.restart_router"),
        ("192.168.0.1", "dns.set_automatic"),
        (STUB, "device.restart"),
    ],
)
def test_what_helps_depends_on_where_the_server_is(server: str, first_remedy: str) -> None:
    held = InterfaceAddress(family="ipv4", address="192.168.3.20", prefix=24)
    line = Interface(name="eth0", up=True, mtu=1500, addresses=(held,))
    fact = collected({server: None}, FAILS, interfaces=(line,))
    [finding] = findings(CHECK, fact)
    problem = next(each for each in CHECK.problems if each.code == finding.code)
    context = RemedyContext(finding, view(fact), False)
    assert next(r.code for r in problem.remedies if r.applies(context)) == first_remedy


def test_a_stub_that_works_is_fine() -> None:
    fact = collected({STUB: Zone(GOOD)}, FOUND, upstream=None)
    assert causes(fact) == []


def test_a_slow_answer_is_a_warning() -> None:
    fact = collected({FIRST: Zone(GOOD)}, FOUND)
    slow = type(fact.system)(outcome="ok", took_s=2.1)
    fact = DnsFact(system=slow, servers=fact.servers)
    [finding] = findings(CHECK, fact)
    assert finding.code == "dns.slow"
    assert finding.args["took_s"] == 2.1
    assert next(p for p in CHECK.problems if p.code == "dns.slow").severity == "warning"


def test_the_second_server_works_but_programs_ask_the_dead_first_one() -> None:
    fact = collected({FIRST: None, SECOND: Zone(GOOD)}, FAILS)
    late = DnsFact(system=type(fact.system)(outcome="timeout", took_s=4.5), servers=fact.servers)
    [finding] = findings(CHECK, late)
    assert finding.code == "dns.slow"
    assert finding.args["silent"] == [FIRST]


def test_public_resolvers_are_asked_the_neutral_name_alone_and_only_in_need() -> None:
    public = Zone(GOOD)
    collected({FIRST: Zone(GOOD)}, FOUND, public=public)
    assert public.asked == []
    collected({FIRST: None}, FAILS, public=public)
    assert set(public.asked) == {"example.com A udp"}


def test_servers_that_cannot_be_told_are_not_known_but_names_are_still_tried() -> None:
    host = replay(
        os="macos",
        commands={("scutil", "--dns"): Failed("timeout", "run scutil")},
        resolves={("example.com", "ipv4"): "EAI_AGAIN", ("example.com", "ipv6"): "EAI_AGAIN"},
        connects={},
        detours={("1.1.1.1", 53): 9, ("8.8.8.8", 53): 9},
    )
    fact = CHECK.collect(host, context(PROFILE))
    assert not isinstance(fact.servers, tuple)
    assert fact.servers.code == "timeout"
    assert causes(fact) == [("dns.unreachable", "likely")]
    assert not [item for item in CHECK.judge(fact, view()) if isinstance(item, Unmeasured)]


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("nameserver 192.0.2.1\nnameserver 2001:db8::1\n", ("192.0.2.1", "2001:db8::1")),
        ("  nameserver\t192.0.2.1 # the router\n", ("192.0.2.1",)),
        ("nameserver fe80::1%eth0\n", ("fe80::1%eth0",)),
        ("#nameserver 192.0.2.1\n; nameserver 192.0.2.2\n", ()),
        ("nameserver\nnameserver router.test\nnameservers 192.0.2.1\n", ()),
        ("", ()),
    ],
)
def test_resolv_conf(text: str, servers: tuple[str, ...]) -> None:
    assert name_servers(text) == servers


IN_NAMESPACE = """
import socket, sys
from checks.dns import CHECK
from diag.host import real_host
from tests.support import context, findings
fact = CHECK.collect(real_host(), context(seconds=6.0))
print(fact.system.outcome, *(each.outcome for server in fact.servers for each in server.answers))
print(*(finding.code for finding in findings(CHECK, fact)))
"""
SERVE = """
cat > /run/hosts <<END
198.51.100.1 example.com
END
dnsmasq --no-resolv --no-hosts --addn-hosts=/run/hosts --listen-address=127.0.0.1 \
  --bind-interfaces --pid-file=/run/dnsmasq.pid --user=root
"""


@needs_root()
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1", ["ok ok", ""]),
        ("127.0.0.2", ["failed not_listening", "dns.unreachable"]),
        ("192.0.2.53", ["failed unreachable", "dns.unreachable"]),
    ],
)
def test_a_real_device_with_a_real_name_server(address: str, said: list[str]) -> None:
    resolver = f"""
echo "nameserver {address}" > /run/resolv.conf
mount --bind /run/resolv.conf /etc/resolv.conf
{SERVE}
"""
    out = python_in_namespace(resolver, IN_NAMESPACE)
    assert out.splitlines() == said
