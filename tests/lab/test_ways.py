"""The unusual worlds, seen with ordinary probes: each is what its name says, and works."""

from __future__ import annotations

import sys

from tests.lab import actors, faults, places, ways
from tests.lab.lab import Lab, World
from tests.lab.test_world import LOGIN, probe
from tests.lab.web import LOGIN_TEXT


def _from(lab: Lab) -> set[str]:
    """Where the internet saw connections come from."""
    return {each["peer"].removeprefix("::ffff:") for each in lab.world.web.requests("connection")}


def test_nat64() -> None:
    with Lab(ways.nat64) as lab:
        translated = probe(lab, "dns", "login.app.test", "AAAA", places.ROUTER_IPV6)
        assert translated == "64:ff9b::5db8:d70a"
        assert probe(lab, "tls", "login.app.test") == "200"
        assert probe(lab, "tcp", LOGIN.ipv4, "443") == "ENETUNREACH"
        assert _from(lab) == {places.WAN_ROUTER_IPV4}


def test_ds_lite() -> None:
    with Lab(lambda world: ways.ds_lite(world.net)) as lab:
        assert probe(lab, "tls", "login.app.test", LOGIN.ipv4) == "200"
        assert probe(lab, "tls", "login.app.test", LOGIN.ipv6) == "200"
        lab.world.net.internet.ip("link set aftr down")
        assert probe(lab, "tcp", LOGIN.ipv4, "443") == "timeout"
        assert probe(lab, "tcp", LOGIN.ipv6, "443") == "connected"


def test_map_e_shares_its_ports() -> None:
    with Lab(lambda world: ways.map_e(world.net)) as lab:
        assert probe(lab, "tls", "login.app.test", LOGIN.ipv4) == "200"
        known = lab.world.net.router.run("nft", "list", "table", "ip", "map_e")
        assert "masquerade to :4096-4335" in known
        assert _from(lab) == {places.WAN_ROUTER_IPV4}


def test_small_packets_pass_with_their_size_told() -> None:
    def arrange(world: World) -> None:
        ways.small_packets(world.net, 1280)
        world.web["login.app.test"].certificate = "long_chain"

    with Lab(arrange) as lab:
        for address in (LOGIN.ipv4, LOGIN.ipv6):
            assert probe(lab, "tls", "login.app.test", address) == "200"
        said = lab.world.device.run("ping", "-M", "do", "-s", "1300", "-c", "1", LOGIN.ipv4)
        assert "mtu = 1280" in said.stdout + said.stderr


def test_second_line_carries() -> None:
    def arrange(world: World) -> None:
        ways.second_line(world.net, metric=600)
        faults.only_ipv4(world.net)

    with Lab(arrange) as lab:
        lab.world.net.device.ip(f"route del default via {places.ROUTER_IPV4}")
        lab.world.device.nameservers = ("192.168.78.1",)
        assert probe(lab, "tls", "login.app.test") == "200"


def test_mobile_line() -> None:
    def arrange(world: World) -> None:
        world.device.nameservers = ("1.1.1.1",)
        ways.mobile_line(world.net)

    with Lab(arrange) as lab:
        assert probe(lab, "tls", "login.app.test", LOGIN.ipv4) == "200"
        assert probe(lab, "tls", "login.app.test", LOGIN.ipv6) == "200"
        assert _from(lab) == {"10.64.3.7", "2400:4150:33::7"}


def test_vpn_for_everything_and_for_the_office() -> None:
    with Lab(ways.vpn) as lab:
        assert probe(lab, "tls", "login.app.test", LOGIN.ipv4) == "200"
        assert probe(lab, "tls", "login.app.test", LOGIN.ipv6) == "200"
        assert _from(lab) == {ways.VPN_IPV4, "fd66::2"}
    with Lab(ways.login_behind_vpn) as lab:
        assert probe(lab, "tls", "login.app.test") == "200"
        assert probe(lab, "tls", "www.app.test", places.WWW.ipv4) == "200"
        assert _from(lab) == {ways.VPN_IPV4, places.WAN_ROUTER_IPV4}


def test_resolver_on_the_device() -> None:
    with Lab(actors.local_resolver) as lab:
        assert probe(lab, "dns", "login.app.test", "A", "127.0.0.53") == LOGIN.ipv4
        assert probe(lab, "dns", "no-such-name.test", "A", "127.0.0.1") == "NXDOMAIN"


def test_security_suite_lets_nothing_through_by_itself() -> None:
    with Lab(actors.security_suite) as lab:
        assert probe(lab, "tls", "login.app.test") == "200"
        assert lab.world.web.requests("connection") == []


def test_pages_arrive_whole_however_they_are_packed() -> None:
    fetch = (
        "import urllib.request, zlib\n"
        "answer = urllib.request.urlopen('https://login.app.test/')\n"
        "body = answer.read()\n"
        "if answer.headers['Content-Encoding']: body = zlib.decompress(body, 31)\n"
        "print(answer.version, answer.headers['Transfer-Encoding'], len(body))\n"
        "print(body.decode(answer.headers.get_content_charset()))\n"
    )
    seen = {}
    for name, setting in (
        ("old", {"version": "1.0"}),
        ("chunked", {"coding": "chunked"}),
        ("gzip", {"coding": "gzip"}),
        ("shift_jis", {"charset": "shift_jis"}),
    ):

        def arrange(world: World, setting: dict[str, str] = setting) -> None:
            for key, value in setting.items():
                setattr(world.web["login.app.test"].page, key, value)

        with Lab(arrange) as lab:
            ran = lab.world.device.run(sys.executable, "-c", fetch)
        assert LOGIN_TEXT in ran.stdout, ran.stderr
        seen[name] = ran.stdout.split()[:2]
    assert seen["old"] == ["10", "None"]
    assert seen["chunked"] == ["11", "chunked"]


def test_several_addresses_are_given_together() -> None:
    def arrange(world: World) -> None:
        world.public_dns.forge("login.app.test", "93.184.215.20", LOGIN.ipv4, LOGIN.ipv6)

    with Lab(arrange) as lab:
        given = probe(lab, "dns", "login.app.test", "A", "1.1.1.1").split()
    assert sorted(given) == [LOGIN.ipv4, "93.184.215.20"]
