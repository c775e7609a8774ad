"""The lab's world itself, seen with ordinary probes: each fault is what its name says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab import actors, faults, places
from tests.lab.certificates import Kind
from tests.lab.lab import Lab, World
from tests.lab.name_server import Mode
from tests.lab.net import NETNS_DIR, PREFIX, STATE_DIR, sweep
from tests.lab.web import LOGIN_TEXT, Page

PROBE = Path(__file__).with_name("probe.py")
ROUTER = places.ROUTER_IPV4
LOGIN = places.LOGIN


def probe(lab: Lab, *args: str) -> str:
    """What one of `probe.py`'s probes says on the device."""
    ran = lab.world.device.run(sys.executable, str(PROBE), *args, timeout_s=20)
    assert ran.code == 0, ran.stderr
    return ran.stdout.strip()


def test_all_is_well_at_first() -> None:
    with Lab() as lab:
        assert probe(lab, "dns", "login.app.test", "A", ROUTER) == LOGIN.ipv4
        assert probe(lab, "dns", "login.app.test", "AAAA", ROUTER) == LOGIN.ipv6
        assert probe(lab, "dns", "no-such-name.test", "A", ROUTER) == "NXDOMAIN"
        assert probe(lab, "dns", "login.app.test", "A", "8.8.8.8") == LOGIN.ipv4
        assert probe(lab, "doh", "login.app.test", "https://1.1.1.1/dns-query") == LOGIN.ipv4
        assert probe(lab, "tls", "login.app.test", LOGIN.ipv4) == "200"
        assert probe(lab, "tls", "login.app.test", LOGIN.ipv6) == "200"
        assert probe(lab, "http", "http://connectivitycheck.gstatic.com/generate_204") == "204"
        assert "Success" in probe(lab, "http", "http://captive.apple.com/hotspot-detect.html")
        assert lab.world.web.requests()[-1]["host"] == "captive.apple.com"


def test_nothing_leaves_and_the_machine_does_not_show_through() -> None:
    with Lab() as lab:
        # An address outside the lab's table of places: nobody is there.
        assert probe(lab, "tcp", "198.51.100.7", "443") == "timeout"
        for space in lab.world.net.namespaces:
            links = space.run("ls", "/sys/class/net").split()
            assert set(links) <= {"lo", "eth0", "lan", "wan", "isp"}
        assert lab.world.device.run("dpkg-query", "-W").stdout.split()[::2] == [
            "base-files",
            "example",
        ]
        assert lab.world.device.run("ls", "/run").stdout.split() == ["mount"]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("good", "200"),
        ("long_chain", "200"),
        ("expired", "verify 10"),
        ("not_yet_valid", "verify 9"),
        ("wrong_host", "verify 62"),
        ("unknown_ca", "verify 19"),
        ("incomplete", "verify 20"),
        ("intercepted", "verify 20"),
    ],
)
def test_certificates(kind: Kind, says: str) -> None:
    def arrange(world: World) -> None:
        world.web["login.app.test"].certificate = kind

    with Lab(arrange) as lab:
        assert probe(lab, "tls", "login.app.test") == says
        assert probe(lab, "tls", "www.app.test") == "200"


def test_old_protocol_and_client_certificate() -> None:
    def arrange(world: World) -> None:
        world.web["login.app.test"].newest_tls = "TLSv1_1"
        world.web["api.app.test"].asks_client_certificate = True

    with Lab(arrange) as lab:
        assert "PROTOCOL" in probe(lab, "tls", "login.app.test")
        assert "CERTIFICATE_REQUIRED" in probe(lab, "tls", "api.app.test")


@pytest.mark.parametrize(
    ("mode", "says"),
    [("works", LOGIN.ipv4), ("dead", "ECONNREFUSED"), ("refused", "REFUSED"),
     ("servfail", "SERVFAIL")],
)  # fmt: skip
def test_name_server_modes(mode: Mode, says: str) -> None:
    def arrange(world: World) -> None:
        world.router_dns.mode = mode

    with Lab(arrange) as lab:
        # dnspython leaves an unconnected socket open to ICMP errors: a time-out is the same.
        said = probe(lab, "dns", "login.app.test", "A", ROUTER)
        assert said == says or (mode == "dead" and said == "timeout")
        assert probe(lab, "dns", "login.app.test", "A", "1.1.1.1") == LOGIN.ipv4


def test_name_server_lies() -> None:
    def arrange(world: World) -> None:
        world.router_dns.missing.add("login.app.test")
        world.router_dns.forge("www.app.test", "0.0.0.0")
        world.public_dns.only_ipv4 = True

    with Lab(arrange) as lab:
        assert probe(lab, "dns", "login.app.test", "A", ROUTER) == "NXDOMAIN"
        assert probe(lab, "dns", "login.app.test", "A", "1.1.1.1") == LOGIN.ipv4
        assert probe(lab, "dns", "www.app.test", "A", ROUTER) == "0.0.0.0"
        assert probe(lab, "dns", "www.app.test", "AAAA", ROUTER) == "NOERROR"
        assert probe(lab, "dns", "api.app.test", "AAAA", ROUTER) == "NOERROR"


def test_name_server_takes_its_time() -> None:
    def arrange(world: World) -> None:
        world.router_dns.delay_s = 0.5

    with Lab(arrange) as lab:
        started = time.monotonic()
        assert probe(lab, "dns", "login.app.test", "A", ROUTER) == LOGIN.ipv4
        assert time.monotonic() - started >= 0.5


@pytest.mark.parametrize(
    ("break_it", "login", "www"),
    [
        (lambda net: faults.nothing_listens(net, LOGIN), "ECONNREFUSED", "connected"),
        (lambda net: faults.host_silent(net, LOGIN), "timeout", "connected"),
        (lambda net: faults.firewall_refuses_host(net, LOGIN), "EHOSTUNREACH", "connected"),
        (faults.firewall_drops_https, "timeout", "timeout"),
        (faults.line_silent, "timeout", "timeout"),
        (faults.line_unplugged, "ENETUNREACH", "ENETUNREACH"),
        (faults.gateway_ignores_ping, "connected", "connected"),
        (faults.gateway_gone, "timeout", "timeout"),
        (faults.no_address, "ENETUNREACH", "ENETUNREACH"),
        (faults.cable_out, "timeout", "timeout"),
        (faults.interface_off, "ENETUNREACH", "ENETUNREACH"),
        (faults.firewall_resets_https, "ECONNREFUSED", "ECONNREFUSED"),
        (faults.default_route_by_dead_end, "timeout", "timeout"),
        (faults.kill_switch, "timeout", "timeout"),
    ],
)
def test_faults_on_the_way(break_it: Callable[[object], object], login: str, www: str) -> None:
    def arrange(world: World) -> None:
        for place in places.PLACES:
            world.router_dns.publish(place)
        break_it(world.net)

    with Lab(arrange) as lab:
        assert probe(lab, "tcp", LOGIN.ipv4, "443") == login
        assert probe(lab, "tcp", places.WWW.ipv4, "443") == www


def test_one_family_fails() -> None:
    with Lab(lambda world: faults.ipv6_black_hole(world.net)) as lab:
        assert probe(lab, "tcp", LOGIN.ipv4, "443") == "connected"
        assert probe(lab, "tcp", LOGIN.ipv6, "443") == "timeout"


def test_large_packets_vanish() -> None:
    def arrange(world: World) -> None:
        world.web["login.app.test"].certificate = "long_chain"
        faults.black_hole_large_packets(world.net)

    with Lab(arrange) as lab:
        assert probe(lab, "tcp", LOGIN.ipv4, "443") == "connected"
        assert probe(lab, "tls", "login.app.test", LOGIN.ipv4) == "timeout"
        assert probe(lab, "http", f"http://{places.WWW.ipv4}/").startswith("301")


def test_a_line_of_32_kbit() -> None:
    def arrange(world: World) -> None:
        world.web["login.app.test"].http["*"] = Page(body="x" * 8000)
        faults.slow_line(world.net, 32)

    with Lab(arrange) as lab:
        started = time.monotonic()
        assert probe(lab, "http", "http://login.app.test/").startswith("200 xxx")
        assert time.monotonic() - started > 1.0


def test_an_internet_far_away() -> None:
    with Lab(lambda world: faults.far_away(world.net, 0.15)) as lab:
        for address in (LOGIN.ipv4, LOGIN.ipv6):
            started = time.monotonic()
            assert probe(lab, "tcp", address, "443") == "connected"
            assert time.monotonic() - started > 0.3
        assert probe(lab, "tls", "login.app.test") == "200"


def test_every_fourth_packet_is_lost() -> None:
    with Lab(lambda world: faults.lose(world.net.router, "forward", 25)) as lab:
        said = lab.world.device.run("ping", "-c", "40", "-i", "0.01", "-W", "1", "1.1.1.1").stdout
    lost = re.search(r"(\d+)(?:\.\d+)?% packet loss", said)
    assert lost is not None, said
    assert 36 <= int(lost[1]) <= 52, "of a round trip's two packets one: 44 of 100"


def test_content_filter() -> None:
    with Lab(actors.content_filter) as lab:
        assert "フィルタリング" in probe(lab, "http", "http://login.app.test/")
        assert probe(lab, "tls", "login.app.test") == "verify 19"
        assert probe(lab, "tls", "www.app.test") == "200"


def test_portal() -> None:
    with Lab(actors.portal) as lab:
        said = probe(lab, "http", "http://captive.apple.com/hotspot-detect.html")
        assert said.startswith("302 http://portal.cafe.test/welcome?mac=")
        assert probe(lab, "tcp", LOGIN.ipv4, "443") == "EHOSTUNREACH"
        assert probe(lab, "tcp", LOGIN.ipv6, "443") == "EACCES"
        assert "ようこそ" in probe(lab, "http", "http://portal.cafe.test/welcome")
        assert lab.world.web.requests("connection") == []


def test_inspector() -> None:
    with Lab(actors.inspector) as lab:
        assert probe(lab, "tls", "login.app.test") == "verify 20"

    def trusted(world: World) -> None:
        actors.inspector(world)
        actors.trust_inspector(world)

    with Lab(trusted) as lab:
        assert probe(lab, "tls", "login.app.test") == "200"
        assert lab.world.web.requests("connection") == []


def test_real_portal_and_real_inspector() -> None:
    with Lab(actors.real_portal) as lab:
        said = probe(lab, "http", "http://captive.apple.com/hotspot-detect.html")
        assert said.startswith(f"307 http://{ROUTER}:2050/"), said
        assert probe(lab, "tcp", LOGIN.ipv4, "443") == "ECONNREFUSED"
    with Lab(actors.real_inspector) as lab:
        assert probe(lab, "tls", "login.app.test") == "verify 20"
        actors.trust_inspector(lab.world)
        assert probe(lab, "tls", "login.app.test") == "200"
        assert lab.world.web.requests()[-1]["host"] == "login.app.test"


def test_proxy() -> None:
    def arrange(world: World) -> None:
        actors.proxy(world)
        faults.prohibit(world.net.router, "forward", 'iifname "lan"')

    fetch = (
        "import urllib.request as u; print(u.urlopen('https://login.app.test/').read().decode())"
    )
    with Lab(arrange) as lab:
        assert LOGIN_TEXT in lab.world.device.run(sys.executable, "-c", fetch).stdout
    with Lab(lambda world: actors.proxy(world, "BasicAuth user secret")) as lab:
        assert "407" in lab.world.device.run(sys.executable, "-c", fetch).stderr


def test_clock_shift_leaves_durations_alone() -> None:
    code = (
        "import time, subprocess; a, m = time.time(), time.monotonic(); time.sleep(0.2);"
        "subprocess.run(['sleep', '0.1'], timeout=5);"
        "print(a, time.time() - a, time.monotonic() - m)"
    )
    with Lab() as lab:
        lab.world.device.clock_offset_s = 400 * 86_400
        shifted, wall, monotonic = map(
            float, lab.world.device.run(sys.executable, "-c", code).stdout.split()
        )
    assert shifted - time.time() == pytest.approx(400 * 86_400, abs=5)
    assert 0.29 < wall < 3
    assert 0.29 < monotonic < 3


def test_worlds_side_by_side() -> None:
    with Lab() as one, Lab(lambda world: faults.interface_off(world.net)) as other:
        assert probe(one, "tcp", LOGIN.ipv4, "443") == "connected"
        assert probe(other, "tcp", LOGIN.ipv4, "443") == "ENETUNREACH"


def test_a_killed_run_is_swept() -> None:
    code = (
        "import os, signal\n"
        "from tests.lab.lab import Lab\n"
        "Lab().__enter__()\n"
        "print(os.getpid(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    left = f"{PREFIX}-{done.stdout.strip()}-"
    assert any(path.name.startswith(left) for path in NETNS_DIR.iterdir())
    sweep()
    assert not any(path.name.startswith(left) for path in NETNS_DIR.iterdir())
    assert not any(path.name.startswith(left) for path in STATE_DIR.iterdir())
    own = f"{PREFIX}-{os.getpid()}-"
    assert not any(path.name.startswith(own) for path in NETNS_DIR.iterdir())
