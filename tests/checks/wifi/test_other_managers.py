"""Wi-Fi on Linux without NetworkManager: iwd and wpa_supplicant on a real bus, and iw."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.wifi import CHECK
from checks.wifi.facts import WifiFact
from checks.wifi.linux import iwd, kernel, wpa_supplicant
from diag.host import FileStat, Host, Interface, InterfaceAddress
from diag.host.real import RealHost
from diag.host.system import current_system
from diag.model import Failed
from tests.checks.wifi import bus as buses
from tests.checks.wifi.managers import WIFI, Iwd, WpaSupplicant, iwd_on, wpa_supplicant_on
from tests.support import NOW, context, replay

pytestmark = buses.needs_dbusmock()

RECORDED = Path(__file__).parents[2] / "recorded" / "wifi"
LEASE = f"{kernel.LEASES}/7"
FILES: dict[str, bytes] = {
    f"{kernel.NET}/{WIFI}/ifindex": b"7\n",
    LEASE: b"# This is private data. Do not parse.\nADDRESS=10.20.3.4\nNETMASK=255.255.248.0\n"
    b"ROUTER=10.20.0.1\nLIFETIME=900\nDOMAINNAME=guest.wi2.ne.jp\n",
    "/proc/net/route": b"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\n"
    b"wlan0\t00000000\t0100140A\t0003\t0\t0\t600\t00000000\t0\n",
    "/proc/net/arp": b"IP address HW type Flags HW address Mask Device\n"
    b"10.20.0.1 0x1 0x2 00:00:5e:00:53:01 * wlan0\n"
    b"10.20.5.9 0x1 0x2 00:00:5e:00:53:20 * wlan0\n",
}


class Laptop(RealHost):
    """This machine with a radio, an address and a lease; its bus is the one of the test."""

    files = FILES

    def listdir(self, path: str) -> tuple[str, ...]:
        return ("lo", WIFI) if path == kernel.NET else super().listdir(path)

    def stat(self, path: str) -> FileStat | None:
        if path == f"{kernel.NET}/{WIFI}/phy80211":
            return FileStat(size=0, modified=NOW, is_dir=True, owner=0, mode=0o755)
        return None

    def read(self, path: str, limit: int = 1 << 20) -> bytes:
        if path in self.files:
            return self.files[path][:limit]
        raise Failed("tool_missing", "read", path)

    def interfaces(self) -> tuple[Interface, ...]:
        addresses = (
            InterfaceAddress(family="ipv4", address="10.20.3.4", prefix=21),
            InterfaceAddress(family="mac", address="02:11:22:33:44:55"),
        )
        return (Interface(name=WIFI, up=True, mtu=1500, addresses=addresses),)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with buses.system_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def iwd_mock(bus: str) -> Iterator[Iwd]:
    with iwd_on(bus) as found:
        yield found


@pytest.fixture
def supplicant(bus: str) -> Iterator[WpaSupplicant]:
    with wpa_supplicant_on(bus) as found:
        yield found


def collect(host: Host | None = None) -> WifiFact:
    return CHECK.collect(host or Laptop(current_system()), context(seconds=20))


# --- iwd ---


@pytest.mark.parametrize(
    ("kind", "diagnostics", "security"),
    [
        ("open", "Open", "open"),
        ("open", "OWE", "owe"),
        ("open", None, "open"),
        ("wep", None, "wep"),
        ("psk", "WPA1-Personal", "wpa"),
        ("psk", "WPA2-Personal", "wpa2"),
        ("psk", "WPA2-Personal + FT", "wpa2"),
        ("psk", "WPA3-Personal", "wpa3"),
        ("psk", None, "wpa2"),
        ("8021x", "WPA2-Enterprise", "enterprise"),
        ("8021x", None, "enterprise"),
        ("hotspot", "WPA2-Enterprise + FT", "enterprise"),
        ("quantum", None, "unknown"),
    ],
)
def test_iwd_in_every_kind_of_security(
    iwd_mock: Iwd, kind: str, diagnostics: str | None, security: str
) -> None:
    iwd_mock.join("Tanaka", kind, diagnostics)
    fact = collect()
    assert (fact.source, fact.joined) == ("iwd", True)
    assert fact.link is not None
    assert fact.link.security == security


def test_iwd_in_all_details(iwd_mock: Iwd) -> None:
    iwd_mock.join("Tanaka", "psk", "WPA3-Personal", rssi=-61, frequency=5955, channel=1)
    fact = collect()
    assert fact.link is not None
    assert (fact.interface, fact.radio_on, fact.link.ssid) == (WIFI, True, "Tanaka")
    assert (fact.link.signal, fact.link.band, fact.link.channel) == (78, "6", 1)
    assert fact.link.bssid == "02:00:5e:10:00:02"
    assert fact.random_mac is True
    assert (fact.router, fact.others_seen) == ("00:00:5e:00:53:01", True)
    assert fact.lease is not None
    assert (fact.lease.prefix, fact.lease.seconds) == (21, 900)
    assert fact.lease.public_domain
    assert not fact.lease.phone


def test_a_lease_of_networkd_that_a_phone_gave(iwd_mock: Iwd) -> None:
    """ANDROID_METERED in DHCP option 43, in hexadecimal as systemd writes it."""
    iwd_mock.join("Tanaka", "psk", "WPA2-Personal")
    laptop = Laptop(current_system())
    vendor = b"ANDROID_METERED".hex().encode()
    text = b"NETMASK=255.255.255.0\nLIFETIME=3599\nVENDOR_SPECIFIC=" + vendor + b"\n"
    laptop.files = {**FILES, LEASE: text}
    fact = collect(laptop)
    assert fact.lease is not None
    assert (fact.lease.phone, fact.lease.seconds) == (True, 3599)


def test_iwd_not_joined_and_switched_off(iwd_mock: Iwd) -> None:
    iwd_mock.join("Tanaka", "psk", None, state="disconnected")
    fact = collect()
    assert (fact.adapter, fact.radio_on, fact.joined, fact.link) == (True, True, False, None)


def test_iwd_without_a_radio_in_use(iwd_mock: Iwd) -> None:
    iwd_mock.device(powered=False)
    fact = collect()
    assert (fact.radio_on, fact.joined) == (False, False)


def test_iwd_knows_the_name_with_a_key(iwd_mock: Iwd) -> None:
    iwd_mock.known("Tanaka", "psk")
    iwd_mock.join("Tanaka", "open", "Open")
    fact = collect()
    assert fact.link is not None
    assert fact.link.remembered == "wpa2"


def test_iwd_sees_a_twin(iwd_mock: Iwd) -> None:
    iwd_mock.join("Tanaka", "open", "Open")
    iwd_mock.network("Tanaka", "psk", "net1")
    iwd_mock.network("Suzuki", "psk", "net2")
    fact = collect()
    assert fact.link is not None
    assert [each.security for each in fact.link.twins] == ["wpa2"]


# --- wpa_supplicant ---


@pytest.mark.parametrize(
    ("rsn", "wpa", "pairwise", "privacy", "security"),
    [
        ((), (), (), False, "open"),
        ((), (), (), True, "wep"),
        ((), ("wpa-psk",), ("tkip",), None, "wpa"),
        (("wpa-psk",), (), ("tkip",), None, "wpa"),
        (("wpa-psk",), ("wpa-psk",), ("ccmp", "tkip"), None, "wpa2"),
        (("wpa-psk", "wpa-psk-sha256"), (), ("ccmp",), None, "wpa2"),
        (("wpa-psk", "sae"), (), ("ccmp",), None, "wpa2_wpa3"),
        (("sae", "ft-sae"), (), ("ccmp",), None, "wpa3"),
        (("owe",), (), ("ccmp",), None, "owe"),
        (("wpa-eap",), (), ("ccmp",), None, "enterprise"),
        (("wpa-eap-suite-b-192",), (), ("gcmp-256",), None, "enterprise"),
        (("osen",), (), ("ccmp",), None, "unknown"),
    ],
)
def test_wpa_supplicant_in_every_kind_of_security(
    supplicant: WpaSupplicant,
    rsn: tuple[str, ...],
    wpa: tuple[str, ...],
    pairwise: tuple[str, ...],
    privacy: bool | None,
    security: str,
) -> None:
    supplicant.interface("completed", supplicant.bss(0, b"Tanaka", rsn, wpa, pairwise, privacy))
    fact = collect()
    assert fact.source == "wpa_supplicant"
    assert fact.link is not None
    assert fact.link.security == security


def test_wpa_supplicant_in_all_details(supplicant: WpaSupplicant) -> None:
    own = supplicant.bss(1, "珈琲館フリー".encode("cp932"), signal=-48, frequency=2472)
    twin = supplicant.bss(2, "珈琲館フリー".encode("cp932"), ("wpa-psk",))
    supplicant.interface("completed", own, twin, f"{supplicant.INTERFACE}/BSSs/99")
    fact = collect()
    assert fact.link is not None
    assert fact.link.ssid == "珈琲館フリー"
    assert fact.link.bssid == "02:00:5e:10:00:01"
    assert (fact.link.signal, fact.link.channel) == (100, 13)
    assert [(each.bssid, each.security) for each in fact.link.twins] == [
        ("02:00:5e:10:00:02", "wpa2")
    ]
    assert (fact.router, fact.others_seen) == ("00:00:5e:00:53:01", True)


@pytest.mark.parametrize(
    ("state", "radio"), [("disconnected", True), ("scanning", True), ("interface_disabled", False)]
)
def test_wpa_supplicant_not_joined(supplicant: WpaSupplicant, state: str, radio: bool) -> None:
    supplicant.interface(state)
    fact = collect()
    assert (fact.adapter, fact.radio_on, fact.joined) == (True, radio, False)


def test_a_wpa_supplicant_that_may_not_be_asked_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As its usual policy has it: root and the group netdev alone."""
    with (
        buses.system_bus(closed_to_callers=wpa_supplicant.BUS_NAME) as address,
        buses.played(
            address,
            wpa_supplicant.BUS_NAME,
            *(wpa_supplicant.BUS_NAME, wpa_supplicant.ROOT, wpa_supplicant.BUS_NAME),
        ),
    ):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        with pytest.raises(Failed) as failed:
            collect()
    assert failed.value.failure.code == "denied"


def test_iwd_goes_before_wpa_supplicant(bus: str) -> None:
    with iwd_on(bus) as first, wpa_supplicant_on(bus) as second:
        first.join("Tanaka", "psk", "WPA2-Personal")
        second.interface("completed", second.bss(0, b"other"))
        assert collect().source == "iwd"
        assert iwd.BUS_NAME != wpa_supplicant.BUS_NAME


# --- iw ---

LINK = """Connected to fe:dc:ba:98:76:02 (on wlan0)
    SSID: SSID-1
    freq: 2412.0
    signal: -51 dBm
    tx bitrate: 26.0 MBit/s
"""
"""`iw dev wlp1s0 link`, from the test data of github.com/hnykda/wifi-heatmapper."""


def with_iw(link: str, dump: str = "") -> Host:
    missing = Failed("tool_missing", "dbus")
    asked = "org.freedesktop.DBus.ObjectManager"
    properties = "org.freedesktop.DBus.Properties"
    root, name = wpa_supplicant.ROOT, wpa_supplicant.BUS_NAME
    return replay(
        commands={
            ("iw", "dev", WIFI, "link"): link,
            ("iw", "dev", WIFI, "scan", "dump"): dump,
        },
        dbus={
            (
                *("system", "org.freedesktop.NetworkManager", "/org/freedesktop", asked),
                "GetManagedObjects",
            ): missing,
            ("system", iwd.BUS_NAME, "/", asked, "GetManagedObjects"): missing,
            ("system", name, root, properties, "GetAll", "s", (name,)): missing,
        },
        dirs={kernel.NET: ("lo", WIFI)},
        stats={
            f"{kernel.NET}/lo/phy80211": None,
            LEASE: None,
            f"{kernel.NET}/{WIFI}/phy80211": FileStat(
                size=0, modified=NOW, is_dir=True, owner=0, mode=0o755
            ),
        },
        files=dict(FILES),
    )


def test_iw_link_as_it_was_recorded() -> None:
    fact = collect(with_iw(LINK))
    assert fact.source == "iw"
    assert fact.link is not None
    assert (fact.link.ssid, fact.link.bssid) == ("SSID-1", "fe:dc:ba:98:76:02")
    assert (fact.link.signal, fact.link.channel, fact.link.security) == (98, 1, "unknown")
    assert fact.router == "00:00:5e:00:53:01"


def test_iw_not_connected() -> None:
    fact = collect(with_iw("Not connected.\n"))
    assert (fact.adapter, fact.joined) == (True, False)


def test_iw_that_says_something_else_is_not_understood() -> None:
    with pytest.raises(Failed) as failed:
        collect(with_iw("command failed: No such device (-19)\n"))
    assert failed.value.failure.code == "unparsable"


def bss(mac: str, ssid: str, capability: str, *elements: str) -> str:
    lines = [f"BSS {mac}(on wlan0)", "\tfreq: 5180", f"\tcapability: {capability} (0x0411)"]
    return "\n".join((*lines, "\tsignal: -47.00 dBm", f"\tSSID: {ssid}", *elements)) + "\n"


def rsn(suites: str, pairwise: str = "CCMP") -> tuple[str, ...]:
    return (
        "\tRSN:\t * Version: 1",
        f"\t\t * Group cipher: {pairwise}",
        f"\t\t * Pairwise ciphers: {pairwise}",
        f"\t\t * Authentication suites: {suites}",
        "\t\t * Capabilities: MFP-capable (0x0080)",
    )


@pytest.mark.parametrize(
    ("capability", "elements", "security"),
    [
        ("ESS ShortSlotTime", (), "open"),
        ("ESS Privacy", (), "wep"),
        ("ESS Privacy", rsn("PSK"), "wpa2"),
        ("ESS Privacy", rsn("PSK", "TKIP"), "wpa"),
        ("ESS Privacy", ("\tWPA:\t * Version: 1", *rsn("PSK")[1:]), "wpa"),
        ("ESS Privacy", rsn("PSK SAE"), "wpa2_wpa3"),
        ("ESS Privacy", rsn("SAE FT/SAE"), "wpa3"),
        ("ESS Privacy", rsn("OWE"), "owe"),
        ("ESS Privacy", rsn("IEEE 802.1X FT/IEEE 802.1X"), "enterprise"),
        ("ESS Privacy", rsn("IEEE 802.1X/SUITE-B-192"), "enterprise"),
        ("ESS Privacy", rsn("OSEN"), "unknown"),
    ],
)
def test_iw_scan_dump_in_every_kind_of_security(
    capability: str, elements: tuple[str, ...], security: str
) -> None:
    """Constructed after scan.c of iw (print_rsn_ie, print_capa_non_dmg)."""
    dump = bss("00:11:22:33:44:55", "other", "ESS", *rsn("SAE"))
    dump += bss("fe:dc:ba:98:76:02", "SSID-1", capability, *elements)
    fact = collect(with_iw(LINK, dump))
    assert fact.link is not None
    assert fact.link.security == security


def test_iw_scan_as_it_was_recorded() -> None:
    """`iw dev wlan0 scan` of CentOS 7.7, from the test fixtures of github.com/kellyjonbrazil/jc."""
    link = LINK.replace("fe:dc:ba:98:76:02", "d0:d0:fd:69:ca:70").replace("SSID-1", "Cisco1250")
    fact = collect(with_iw(link, (RECORDED / "iw-scan.txt").read_text(encoding="utf-8")))
    assert fact.link is not None
    assert (fact.link.ssid, fact.link.security) == ("Cisco1250", "open")


def escaped(raw: bytes) -> str:
    """As print_ssid_escaped of iw writes them (util.c)."""
    return "".join(chr(octet) if 0x21 <= octet < 0x7F else f"\\x{octet:02x}" for octet in raw)


@pytest.mark.parametrize(
    ("raw", "ssid"),
    [
        ("珈琲館フリー".encode(), "珈琲館フリー"),
        ("珈琲館フリー".encode("cp932"), "珈琲館フリー"),
        (b"\x1b[31mFREE ", "\x1b[31mFREE "),
        (b"", None),
        (b"\0\0", None),
    ],
)
def test_iw_gives_bytes_as_escapes(raw: bytes, ssid: str | None) -> None:
    fact = collect(with_iw(LINK.replace("SSID-1", escaped(raw))))
    assert fact.link is not None
    assert (fact.link.ssid, fact.link.hidden) == (ssid, ssid is None)
