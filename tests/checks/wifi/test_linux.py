"""Wi-Fi on Linux against a NetworkManager on a real bus: what is learnt, what a user is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from checks.wifi import CHECK
from checks.wifi.facts import WifiFact
from checks.wifi.linux import kernel
from checks.wifi.linux.network_manager import BUS_NAME, ROOT
from diag.host import (
    FileStat,
    Host,
    Interface,
    InterfaceAddress,
    RecordingHost,
    ReplayHost,
    real_host,
)
from diag.host.real import RealHost
from diag.host.system import current_system
from diag.model import Failed, PathInfo, Unmeasured
from tests.checks.wifi import bus as buses
from tests.checks.wifi import network_manager as nm
from tests.checks.wifi.network_manager import NetworkManager
from tests.support import NOW, context, findings, view

pytestmark = buses.needs_dbusmock()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with buses.system_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def manager(bus: str) -> Iterator[NetworkManager]:
    with nm.network_manager(bus) as found:
        yield found


def collect(host: Host | None = None) -> WifiFact:
    return CHECK.collect(host or real_host(), context(seconds=20))


def told(fact: WifiFact) -> dict[str, str]:
    """Codes found, with their confidence."""
    return {each.code: each.confidence for each in findings(CHECK, fact)}


def way(fact: WifiFact) -> tuple[str | None, bool | None, str | None]:
    """What the report says of the path."""
    (info,) = (each for each in CHECK.judge(fact, view(fact)) if isinstance(each, PathInfo))
    return info.interface, info.tether, info.network


@pytest.mark.parametrize(
    ("flags", "security", "codes"),
    [
        (nm.OPEN, "open", {"wifi.public", "wifi.open"}),
        (nm.OWE_TRANSITION, "open", {"wifi.public", "wifi.open"}),
        (nm.OWE, "owe", {"wifi.public"}),
        (nm.WEP, "wep", {"wifi.weak_encryption"}),
        (nm.WPA_TKIP, "wpa", {"wifi.weak_encryption"}),
        (nm.RSN_TKIP, "wpa", {"wifi.weak_encryption"}),
        (nm.WPA2, "wpa2", set()),
        (nm.WPA_WPA2, "wpa2", set()),
        (nm.WPA3, "wpa3", set()),
        (nm.WPA2_WPA3, "wpa2_wpa3", set()),
        (nm.ENTERPRISE, "enterprise", set()),
    ],
)
def test_every_kind_of_security(
    manager: NetworkManager, flags: tuple[int, int, int], security: str, codes: set[str]
) -> None:
    manager.join(b"Buffalo-A-1234", flags)
    fact = collect()
    assert fact.link is not None
    assert fact.link.security == security
    assert set(told(fact)) == codes


def test_security_that_is_not_understood_is_unknown_not_open(manager: NetworkManager) -> None:
    manager.join(b"Buffalo-A-1234", nm.STRANGE)
    fact = collect()
    assert fact.link is not None
    assert fact.link.security == "unknown"
    assert told(fact) == {}
    open_codes = {e.code for e in CHECK.judge(fact, view(fact)) if isinstance(e, Unmeasured)}
    assert open_codes == {"wifi.open", "wifi.weak_encryption"}


def test_a_home_network_in_all_its_details(manager: NetworkManager) -> None:
    manager.join(b"Buffalo-A-1234", nm.WPA2, strength=64, frequency=2437)
    fact = collect()
    assert fact.adapter
    assert fact.radio_on
    assert fact.joined
    assert (fact.interface, fact.line, fact.carries_default) == (nm.WIFI, "wifi", True)
    assert fact.connectivity == "full"
    assert fact.link is not None
    assert fact.link.ssid == "Buffalo-A-1234"
    assert fact.link.bssid == "02:00:5E:10:00:01"
    assert (fact.link.signal, fact.link.frequency_mhz, fact.link.band) == (64, 2437, "2.4")
    assert told(fact) == {}
    assert way(fact) == (nm.WIFI, False, "home")


def test_a_cafe_with_a_sign_in_page(manager: NetworkManager) -> None:
    manager.join(b"CAFE_LATTE_FREE_Wi-Fi", nm.OPEN)
    manager.connectivity(2)
    fact = collect()
    assert fact.connectivity == "portal"
    (public,) = [each for each in findings(CHECK, fact) if each.code == "wifi.public"]
    assert public.confidence == "certain"
    assert public.args["reasons"] == ["open", "captive", "public_word"]


def test_a_known_name_is_public_though_encrypted(manager: NetworkManager) -> None:
    manager.join(b"0000docomo", nm.WPA2)
    fact = collect()
    assert fact.link is not None
    assert (fact.link.known_public, fact.link.shared_key) == (True, True)
    assert told(fact) == {"wifi.public": "likely"}


@pytest.mark.parametrize(
    ("raw", "ssid"),
    [
        ("珈琲館フリー".encode("cp932"), "珈琲館フリー"),
        ("珈琲館フリー".encode(), "珈琲館フリー"),
        (b"\xff\xfe\x01ab", r"\xff\xfe\x01ab"),
    ],
)
def test_names_in_shift_jis_utf_8_and_neither(
    manager: NetworkManager, raw: bytes, ssid: str
) -> None:
    manager.join(raw, nm.OPEN)
    fact = collect()
    assert fact.link is not None
    assert fact.link.ssid == ssid
    assert fact.link.public_word is ("フリー" in ssid)


@pytest.mark.parametrize("raw", [b"", b"\0" * 8])
def test_a_hidden_network_has_no_name(manager: NetworkManager, raw: bytes) -> None:
    manager.join(raw, nm.WPA2)
    fact = collect()
    assert fact.link is not None
    assert (fact.link.ssid, fact.link.hidden) == (None, True)
    assert told(fact) == {}


def test_a_weak_signal(manager: NetworkManager) -> None:
    manager.join(b"Buffalo-A-1234", strength=14)
    assert told(collect()) == {"wifi.weak_signal": "likely"}


def test_no_wifi_device_is_a_fact_and_no_problem(manager: NetworkManager) -> None:
    device = manager.wired_device()
    manager.activate(device, "802-3-ethernet")
    fact = collect()
    assert (fact.adapter, fact.radio_on, fact.link, fact.line) == (False, None, None, "wired")
    assert list(CHECK.judge(fact, view(fact))) == []


def test_an_open_wifi_beside_the_cable_in_use_is_no_risk(manager: NetworkManager) -> None:
    manager.join(b"FREE_Wi-Fi", nm.OPEN)
    manager.activate(manager.wired_device(), "802-3-ethernet")
    fact = collect()
    assert (fact.joined, fact.carries_default) == (True, False)
    assert told(fact) == {}


def test_wifi_switched_off(manager: NetworkManager) -> None:
    manager.wifi_device(state=20)
    manager.set(ROOT, BUS_NAME, WirelessEnabled=("b", False))
    fact = collect()
    assert (fact.adapter, fact.radio_on, fact.joined) == (True, False, False)
    assert told(fact) == {}


def test_airplane_mode(manager: NetworkManager) -> None:
    manager.wifi_device(state=20)
    manager.set(
        ROOT,
        BUS_NAME,
        WirelessEnabled=("b", False),
        NetworkingEnabled=("b", False),
        Connectivity=("u", 1),
    )
    fact = collect()
    assert (fact.radio_on, fact.joined, fact.connectivity) == (False, False, "none")
    assert list(CHECK.judge(fact, view(fact))) == []


def test_a_phone_over_bluetooth_is_a_line_of_its_own(
    manager: NetworkManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager.join(b"FREE_Wi-Fi", nm.OPEN)
    phone = manager.wired_device("bnep0")
    manager.set(phone, f"{BUS_NAME}.Device", DeviceType=("u", 5))
    manager.activate(phone, "bluetooth")
    fact = collect(_with_address(monkeypatch, "bnep0", "192.168.44.7"))
    assert (fact.line, fact.carries_default, fact.phone_addresses) == ("mobile", False, True)
    assert way(fact) == (None, True, "tethered")
    assert told(fact) == {}


def test_under_a_vpn_the_only_line_carries(manager: NetworkManager) -> None:
    manager.join(b"FREE_Wi-Fi", nm.OPEN)
    vpn = manager.add(
        f"{ROOT}/ActiveConnection/vpn",
        f"{BUS_NAME}.Connection.Active",
        {"Connection": ("o", "/"), "Type": ("s", "wireguard")},
    )
    manager.primary(vpn, "wireguard")
    fact = collect()
    assert (fact.line, fact.carries_default) == ("vpn", True)
    assert "wifi.public" in told(fact)
    manager.activate(manager.wired_device(), "802-3-ethernet", primary=False)
    assert collect().carries_default is None


def test_joined_but_the_access_point_is_not_told(manager: NetworkManager) -> None:
    device = manager.join(b"FREE_Wi-Fi", nm.OPEN)
    manager.set(device, f"{BUS_NAME}.Device.Wireless", ActiveAccessPoint=("o", "/"))
    fact = collect()
    assert fact.link is None
    unmeasured = [e for e in CHECK.judge(fact, view(fact)) if isinstance(e, Unmeasured)]
    assert len(unmeasured) == len(CHECK.problems)


@pytest.mark.parametrize(
    ("zone", "ssid", "confidence"),
    [
        ("home", b"Gast", None),
        ("public", b"Tanaka", "likely"),
        (None, b"Tanaka", "possible"),
        ("drop", b"Tanaka", "possible"),
    ],
)
def test_what_the_user_told_the_os_counts(
    manager: NetworkManager, zone: str | None, ssid: bytes, confidence: str | None
) -> None:
    manager.join(ssid, nm.OPEN, zone=zone)
    assert told(collect()).get("wifi.public") == confidence


@pytest.mark.parametrize(
    ("ssid", "address", "codes"),
    [
        ("太郎のiPhone".encode(), "172.20.10.3", set()),
        (b"AndroidAP_4711", "192.168.43.20", set()),
        (b"Buffalo-A-1234", "192.168.137.5", set()),
        (b"FREE_Wi-Fi", "10.0.0.5", {"wifi.public", "wifi.open"}),
    ],
)
def test_a_phones_hotspot_is_tethering_not_public(
    manager: NetworkManager,
    monkeypatch: pytest.MonkeyPatch,
    ssid: bytes,
    address: str,
    codes: set[str],
) -> None:
    manager.join(ssid, nm.OPEN if codes else nm.WPA2)
    host = _with_address(monkeypatch, nm.WIFI, address)
    fact = collect(host)
    assert set(told(fact)) == codes
    assert way(fact) == (nm.WIFI, not codes, "public" if codes else "tethered")


def test_a_phone_on_a_cable_is_tethering_too(
    manager: NetworkManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager.activate(manager.wired_device("usb0"), "802-3-ethernet")
    fact = collect(_with_address(monkeypatch, "usb0", "192.168.42.201"))
    assert way(fact) == (None, True, "tethered")
    assert told(fact) == {}


@pytest.mark.usefixtures("bus")
def test_without_a_service_and_without_a_radio_there_is_no_wifi() -> None:
    fact = collect()
    assert (fact.adapter, fact.source) == (False, None)
    assert list(CHECK.judge(fact, view(fact))) == []


class WithRadio(RealHost):
    """This machine, with a Wi-Fi device that nobody manages."""

    def listdir(self, path: str) -> tuple[str, ...]:
        return ("lo", nm.WIFI) if path == kernel.NET else super().listdir(path)

    def stat(self, path: str) -> FileStat | None:
        if path == f"{kernel.NET}/{nm.WIFI}/phy80211":
            return FileStat(size=0, modified=NOW, is_dir=True, owner=0, mode=0o755)
        return None if path.startswith(kernel.NET) else super().stat(path)

    def which(self, tool: str) -> str | None:
        return None if tool == "iw" else super().which(tool)


@pytest.mark.parametrize("address", ["unix:path=/nonexistent/socket", None])
def test_a_radio_that_nobody_tells_of_is_not_known(
    bus: str, monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address or bus)
    with pytest.raises(Failed) as failed:
        collect(WithRadio(current_system()))
    assert failed.value.failure.code == "tool_missing"


def test_a_recording_gives_the_same_fact(manager: NetworkManager) -> None:
    manager.join("珈琲館フリー".encode("cp932"), nm.OPEN, zone="public")
    recorder = RecordingHost(real_host())
    fact = collect(recorder)
    assert collect(ReplayHost(recorder.recording("a test"))) == fact


def _with_address(monkeypatch: pytest.MonkeyPatch, interface: str, address: str) -> Host:
    host = real_host()
    known = Interface(
        name=interface,
        up=True,
        mtu=1500,
        addresses=(InterfaceAddress(family="ipv4", address=address, prefix=24),),
    )
    monkeypatch.setattr(host, "interfaces", lambda: (known,))
    return host


# --- what a lease, saved connections and other points add ---


def test_a_large_network_that_lends_addresses_for_minutes(manager: NetworkManager) -> None:
    device = manager.join(b"HOTEL-3F", nm.WPA2)
    manager.leased(
        device, subnet_mask="255.255.248.0", dhcp_lease_time="600", domain_name="wi2.ne.jp"
    )
    fact = collect()
    assert fact.lease is not None
    assert (fact.lease.prefix, fact.lease.seconds) == (21, 600)
    (public,) = findings(CHECK, fact)
    assert public.args["reasons"] == [
        "public_domain",
        "public_word",
        "large_network",
        "short_lease",
    ]


def test_a_phone_on_any_address_says_so_itself(manager: NetworkManager) -> None:
    """Android 11 and later: addresses at random, but a word in the lease."""
    device = manager.join(b"Tanaka", nm.WPA2)
    manager.leased(device, metered=3, subnet_mask="255.255.255.0", dhcp_lease_time="3599")
    fact = collect()
    assert fact.lease is not None
    assert fact.lease.phone
    assert told(fact) == {}
    assert way(fact) == (nm.WIFI, True, "tethered")


@pytest.mark.parametrize(
    ("saved", "security", "remembered"),
    [
        ((b"Tanaka", "wpa-psk"), nm.OPEN, "wpa2"),
        ((b"Tanaka", "sae"), nm.OPEN, "wpa3"),
        ((b"Tanaka", "wpa-eap"), nm.OWE, "enterprise"),
        ((b"Tanaka", None), nm.OPEN, None),
        ((b"Suzuki", "wpa-psk"), nm.OPEN, None),
        ((b"Tanaka", "wpa-psk"), nm.WPA2, None),
    ],
)
def test_an_open_network_that_the_device_knows_with_a_password(
    manager: NetworkManager,
    saved: tuple[bytes, str | None],
    security: tuple[int, int, int],
    remembered: str | None,
) -> None:
    manager.join(b"Tanaka", security)
    manager.saved(*saved)
    fact = collect()
    assert fact.link is not None
    assert fact.link.remembered == remembered
    assert ("wifi.evil_twin" in told(fact)) is (remembered is not None)


@pytest.mark.parametrize(
    ("joined", "beside", "twins"),
    [
        (nm.OPEN, nm.WPA2, ["wpa2"]),
        (nm.WPA3, nm.OPEN, ["open"]),
        (nm.WPA2, nm.WPA2_WPA3, []),
        (nm.OPEN, nm.OWE, []),
        (nm.ENTERPRISE, nm.WEP, ["wep"]),
    ],
)
def test_other_points_of_the_same_name(
    manager: NetworkManager,
    joined: tuple[int, int, int],
    beside: tuple[int, int, int],
    twins: list[str],
) -> None:
    device = manager.join(b"Tanaka", joined)
    manager.access_point(device, b"Tanaka", beside)
    manager.access_point(device, b"Suzuki", nm.OPEN)
    fact = collect()
    assert fact.link is not None
    assert [each.security for each in fact.link.twins] == twins


def test_a_made_up_hardware_address(
    manager: NetworkManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager.join(b"Tanaka")
    host = real_host()
    mac = InterfaceAddress(family="mac", address="da:11:22:33:44:55")
    known = Interface(name=nm.WIFI, up=True, mtu=1500, addresses=(mac,))
    monkeypatch.setattr(host, "interfaces", lambda: (known,))
    assert collect(host).random_mac is True


@pytest.mark.parametrize(
    "name", [b"\x1b[2J", "\u202eFREE".encode(), b"<b>", b"[/red]", "📶".encode() * 8]
)
def test_hostile_names_arrive_as_they_are(manager: NetworkManager, name: bytes) -> None:
    manager.join(name, nm.OPEN)
    fact = collect()
    assert fact.link is not None
    assert fact.link.ssid == name.decode()


@pytest.mark.parametrize("value", [0, 1, 3])
def test_what_network_manager_found_of_the_internet(manager: NetworkManager, value: int) -> None:
    manager.join(b"Tanaka")
    manager.connectivity(value)
    assert collect().connectivity == {0: "unknown", 1: "none", 3: "limited"}[value]


@pytest.mark.parametrize(("value", "metered"), [(0, None), (1, True), (2, False), (4, False)])
def test_metered(manager: NetworkManager, value: int, metered: bool | None) -> None:
    manager.join(b"Tanaka")
    manager.set(ROOT, BUS_NAME, Metered=("u", value))
    assert collect().metered is metered
