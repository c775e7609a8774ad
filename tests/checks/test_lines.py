"""`link` and what can be a line at all, on each operating system."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from checks.lines import kind_of, lines
from checks.link import CHECK, LinkFact
from diag.host import FileStat, Interface, InterfaceAddress
from diag.model import Failed, Finding
from tests.support import NOW, context, findings, replay, windows_answers

RECORDED = Path(__file__).parents[1] / "recorded" / "network"
IFCONFIG = (RECORDED / "macos-ifconfig.txt").read_text()


def interface(name: str, *, up: bool = True, mac: str = "02:00:00:00:00:01") -> Interface:
    held = (InterfaceAddress(family="mac", address=mac),)
    return Interface(name=name, up=up, mtu=1500, loopback=name.startswith("lo"), addresses=held)


def interfaces_of(ifconfig: str) -> tuple[Interface, ...]:
    """As psutil lists them on macOS: up is what the kernel calls running."""
    blocks = re.split(r"^(?=\S)", ifconfig, flags=re.MULTILINE)[1:]
    return tuple(
        interface(
            block.partition(":")[0],
            up="RUNNING" in block.partition(">")[0],
            mac=(re.findall(r"ether (\S+)", block) or ["02:00:00:00:00:01"])[0],
        )
        for block in blocks
    )


MAC = interfaces_of(IFCONFIG)


def names(found: tuple[Interface, ...]) -> list[str]:
    return [each.name for each in found if each.up]


def test_mac_has_one_line_among_all_that_runs() -> None:
    """Not its security chip (en5), no AirDrop, no tunnel of the system, no port without cable."""
    host = replay(os="macos", interfaces=MAC, commands={("ifconfig", "-a"): IFCONFIG})
    assert names(lines(host)) == ["en0"]
    assert findings(CHECK, CHECK.collect(host, context())) == []


def test_mac_without_wifi_is_down_although_the_kernel_calls_it_running() -> None:
    off = IFCONFIG.replace(
        "inet6 2600:1700:bab0:d40:bb:9ad:34c5:2e9a prefixlen 64 autoconf secured \n"
        "\tnd6 options=201<PERFORMNUD,DAD>\n\tmedia: autoselect\n\tstatus: active",
        "nd6 options=201<PERFORMNUD,DAD>\n\tmedia: autoselect\n\tstatus: inactive",
    )
    assert off != IFCONFIG
    host = replay(os="macos", interfaces=MAC, commands={("ifconfig", "-a"): off})
    assert findings(CHECK, CHECK.collect(host, context())) == [
        Finding(code="link.down", subject="device", args={"interfaces": ["en0", "en1"]})
    ]


def test_mac_whose_media_cannot_be_asked_is_not_known() -> None:
    host = replay(
        os="macos", interfaces=MAC, commands={("ifconfig", "-a"): Failed("timeout", "run ifconfig")}
    )
    with pytest.raises(Failed, match="timeout"):
        CHECK.collect(host, context())


ADAPTERS = msgspec.json.decode((RECORDED / "windows-adapters.json").read_bytes())
PC = (interface("Ethernet"), interface("Wi-Fi", up=False), interface("Loopback Pseudo-Interface 1"))


@pytest.mark.parametrize("other", ["vEthernet (Default Switch)", "vEthernet (LAN)", "Work VPN"])
def test_windows_counts_what_has_hardware(other: str) -> None:
    answers: dict[Any, Any] = windows_answers(adapters=ADAPTERS)
    host = replay(os="windows", interfaces=(*PC, interface(other)), commands=answers)
    assert names(lines(host)) == ["Ethernet"]
    unplugged = (interface("Ethernet", up=False), *PC[1:], interface(other))
    host = replay(os="windows", interfaces=unplugged, commands=answers)
    assert findings(CHECK, CHECK.collect(host, context())) == [
        Finding(code="link.down", subject="device", args={"interfaces": ["Ethernet", "Wi-Fi"]})
    ]


def test_windows_without_powershell_goes_by_names() -> None:
    host = replay(
        os="windows",
        interfaces=(*PC, interface("vEthernet (既定のスイッチ)"), interface("Tailscale")),
        commands=windows_answers(),
    )
    assert names(lines(host)) == ["Ethernet"]


@pytest.mark.parametrize(
    ("name", "is_line"),
    [
        ("eth0", True),
        ("enp3s0", True),
        ("wlp2s0", True),
        ("wwan0", True),
        ("ppp0", True),
        ("br0", True),
        ("lo", False),
        ("docker0", False),
        ("br-1f2e", False),
        ("tun0", False),
        ("wg0-mullvad", False),
        ("tailscale0", False),
        ("nordlynx", False),
    ],
)
def test_linux_by_names(name: str, is_line: bool) -> None:
    host = replay(interfaces=(interface(name),))
    assert names(lines(host)) == ([name] if is_line else [])
    codes = [finding.code for finding in findings(CHECK, CHECK.collect(host, context()))]
    assert codes == ([] if is_line else ["link.down"])


def test_what_people_call_it() -> None:
    there = FileStat(size=0, modified=NOW, is_dir=True, owner=0, mode=0o755)
    stats = {
        "/sys/class/net/wlp2s0/wireless": there,
        "/sys/class/net/enp3s0/wireless": None,
        "/sys/class/net/wwan0/wireless": None,
        "/sys/class/net/br0/wireless": None,
    }
    linux = replay(stats=stats)
    kinds = [kind_of(linux, name) for name in ("wlp2s0", "enp3s0", "wwan0", "br0")]
    assert kinds == ["wifi", "cable", "mobile", None]
    windows = replay(os="windows", commands=windows_answers(adapters=ADAPTERS))
    assert [kind_of(windows, name) for name in ("Wi-Fi", "Ethernet", "x")] == [
        "wifi",
        "cable",
        None,
    ]
    assert kind_of(replay(os="macos"), "en0") is None


def test_fact_survives_the_report() -> None:
    fact = CHECK.collect(replay(interfaces=(interface("eth0"),)), context())
    assert msgspec.json.decode(msgspec.json.encode(fact), type=LinkFact) == fact
