"""Wi-Fi on Windows.

WinRT's connection profiles name the network and its security without the location permission that
Windows 11 24H2 puts before the WLAN API; `netsh wlan` (the WLAN API) adds signal, channel and what
else is in reach where that permission is given. Where neither speaks, the network's profile still
has its name and its category.

Source: learn.microsoft.com, Windows.Networking.Connectivity; MSFT_NetConnectionProfile;
"Changes to API behavior for Wi-Fi access and location".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from checks.gateway import windows as gateway
from checks.wifi import netsh
from checks.wifi.address import (
    ANDROID_METERED,
    age_of,
    interface_of,
    is_random,
    is_shared,
    prefix_from_mask,
)
from checks.wifi.facts import Connectivity, Lease, Line, Place, Security, WifiFact, WifiLink
from checks.wifi.known import is_public_domain
from checks.wifi.neighbours import Given, addresses_in, around
from checks.wifi.points import Point, link_of
from diag.deadline import Deadline
from diag.host import Host, powershell
from diag.model import Failed

TOOL_S = 3.0

IF_TYPE_WIFI = 71
"""IF_TYPE_IEEE80211 (ifType of the IANA registry)."""
LINES: dict[int, Line] = {
    IF_TYPE_WIFI: "wifi",
    6: "wired",
    243: "mobile",
    244: "mobile",
    23: "vpn",
    53: "vpn",
    131: "vpn",
}

CONNECTIVITY: dict[int, Connectivity] = {0: "none", 1: "limited", 2: "portal", 3: "full"}
"""NetworkConnectivityLevel: None, LocalAccess, ConstrainedInternetAccess, InternetAccess."""
METERED = {1: False, 2: True, 3: True}
"""NetworkCostType: Unrestricted, Fixed, Variable."""
PLACES: dict[int, Place] = {0: "public", 1: "home", 2: "work"}
"""MSFT_NetConnectionProfile.NetworkCategory: Public, Private, DomainAuthenticated."""
AUTHENTICATION: dict[int, Security] = {
    2: "open",
    3: "wep",
    4: "enterprise",
    5: "wpa",
    7: "enterprise",
    8: "wpa2",
    10: "enterprise",
    11: "wpa3",
    12: "owe",
    13: "enterprise",
}
"""NetworkAuthenticationType: Open80211, SharedKey80211, Wpa, WpaPsk, Rsna, RsnaPsk,
Wpa3Enterprise192Bits, Wpa3Sae, Owe, Wpa3Enterprise."""
WEP = (2, 3, 4)
TKIP = 5
"""NetworkEncryptionType: Wep, Wep40, Wep104; Tkip."""
PERCENT_PER_BAR = 20
"""GetSignalBars counts to five."""

CODE_PAGES = r"HKLM\SYSTEM\CurrentControlSet\Control\Nls\CodePage"
TCPIP = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces"


class ProfileRow(Struct, frozen=True, kw_only=True):
    """A ConnectionProfile of WinRT that is connected."""

    name: str | None = None
    wifi: bool = False
    ssid: str | None = None
    authentication: int = 1
    encryption: int = 1
    connectivity: int = 0
    bars: int | None = None
    cost: int = 0
    adapter: str = ""
    type: int = 0
    internet: bool = False

    @property
    def security(self) -> Security:
        if self.authentication == 2 and self.encryption in WEP:
            return "wep"
        if self.authentication == 8 and self.encryption == TKIP:
            return "wpa"
        return AUTHENTICATION.get(self.authentication, "unknown")


class NetworkRow(Struct, frozen=True, kw_only=True):
    """A MSFT_NetConnectionProfile."""

    name: str = ""
    alias: str = ""
    category: int = -1


class _Netsh(Struct, frozen=True, kw_only=True):
    """What netsh said; None: nothing that can be used."""

    interfaces: netsh.Interfaces | None = None
    withheld: bool = False


def collect(host: Host, deadline: Deadline) -> WifiFact:
    """Raises Failed if there is Wi-Fi and nothing at all can be learnt of it."""
    adapters = gateway.adapters(host)
    radios = [each for each in adapters.values() if each.type == IF_TYPE_WIFI and each.hardware]
    profiles = _profiles(host, deadline)
    used = next((each for each in profiles or () if each.internet), None)
    line = LINES.get(used.type, "other") if used else None
    if adapters and not radios:
        return WifiFact(adapter=False, source="windows", line=line)
    up = next((each.name for each in radios if each.status == "Up"), None)
    told = _netsh(host, deadline) if up or not adapters else _Netsh()
    mine = next((each for each in profiles or () if each.wifi), None)
    heard = told.interfaces.joined[0] if told.interfaces and told.interfaces.joined else None
    alias = up or (heard.name if heard else None)
    if profiles is None and told.interfaces is None and alias is None:
        raise Failed("denied" if told.withheld else "unsupported", "ask for Wi-Fi")
    fact = WifiFact(
        adapter=True,
        source="windows" if profiles is not None else "netsh",
        withheld="location" if told.withheld else None,
        interface=alias or (radios[0].name if radios else None),
        line=line,
    )
    if not alias or not (mine or heard or up):
        return fact
    networks = _networks(host, deadline)
    network = next((each for each in networks if each.alias == alias), None)
    given = _given(host, mine.adapter if mine else (heard.guid if heard else None))
    interface = interface_of(host, alias)
    near = around(gateway.entries(host, alias), _routers(host, alias), interface, given.servers)
    return replace(
        fact,
        joined=True,
        link=_link(host, deadline, mine, heard, network),
        carries_default=used.wifi if used and line != "vpn" else None,
        connectivity=CONNECTIVITY.get(used.connectivity, "unknown") if used else "unknown",
        metered=METERED.get(mine.cost) if mine else None,
        random_mac=is_random(interface),
        phone_addresses=is_shared(host, [alias]),
        lease=given.lease,
        place=PLACES.get(network.category) if network else None,
        router=near.router,
        others_seen=near.others_seen,
    )


def _profiles(host: Host, deadline: Deadline) -> list[ProfileRow] | None:
    return _rows(host, deadline, "wifi", ProfileRow)


def _networks(host: Host, deadline: Deadline) -> list[NetworkRow]:
    return _rows(host, deadline, "networks", NetworkRow) or []


def _rows(host: Host, deadline: Deadline, section: str, form: type[Any]) -> list[Any] | None:
    try:
        answer = powershell.ask(host, section, deadline.within(powershell.QUICK_S).remaining())
        return list(msgspec.convert(answer, list[form]))  # type: ignore[valid-type]
    except (Failed, msgspec.ValidationError):
        return None


def _netsh(host: Host, deadline: Deadline) -> _Netsh:
    try:
        text = _run(host, deadline, "interfaces")
    except Failed:
        return _Netsh()
    if netsh.REFUSED.search(text):
        return _Netsh(withheld=True)
    found = netsh.interfaces(text)
    return _Netsh(interfaces=found if found.count else None)


def _run(host: Host, deadline: Deadline, *what: str) -> str:
    timeout_s = deadline.within(TOOL_S).remaining()
    output = host.run("netsh", "wlan", "show", *what, timeout_s=timeout_s).stdout
    return netsh.text_of(output, _code_page(host))


def _code_page(host: Host) -> str:
    try:
        return f"cp{host.registry(CODE_PAGES).text('OEMCP')}"
    except Failed:
        return ""


def _link(
    host: Host,
    deadline: Deadline,
    mine: ProfileRow | None,
    heard: netsh.Joined | None,
    network: NetworkRow | None,
) -> WifiLink:
    """WinRT before netsh before the network's profile, whose name is the SSID unless renamed."""
    point = heard.point if heard else Point(ssid=None, security="unknown")
    ssid = (mine.ssid if mine else None) or point.ssid or (network.name if network else None)
    security = mine.security if mine and mine.security != "unknown" else point.security
    signal = point.signal
    if signal is None and mine is not None and mine.bars is not None:
        signal = min(100, PERCENT_PER_BAR * mine.bars)
    others = _others(host, deadline, heard.point.ssid, ssid) if heard else ()
    return link_of(
        replace(point, ssid=ssid or None, security=security, signal=signal),
        [each for each in others if each.bssid != point.bssid],
    )


def _others(
    host: Host, deadline: Deadline, shown: str | None, ssid: str | None
) -> tuple[Point, ...]:
    """What is in reach. netsh may show a name in other letters than WinRT does."""
    try:
        text = _run(host, deadline, "networks", "mode=bssid")
    except Failed:
        return ()
    return tuple(
        replace(each, ssid=ssid) if each.ssid is not None and each.ssid == shown else each
        for each in netsh.networks(text)
    )


def _given(host: Host, guid: str | None) -> Given:
    """What Windows keeps of the last answer of the DHCP server; LeaseObtainedTime is Unix time."""
    if not guid:
        return Given()
    try:
        key = host.registry(f"{TCPIP}\\{{{guid.strip('{}').lower()}}}")
    except Failed:
        return Given()
    return Given(
        lease=Lease(
            prefix=prefix_from_mask(key.text("DhcpSubnetMask")),
            seconds=key.number("Lease"),
            held_s=age_of(host, key.number("LeaseObtainedTime")),
            phone=ANDROID_METERED in _bytes(key.values, "DhcpInterfaceOptions"),
            public_domain=is_public_domain(key.text("DhcpDomain")),
        ),
        servers=addresses_in(key.text("DhcpServer"), key.text("DhcpNameServer")),
    )


def _bytes(values: Mapping[str, object], name: str) -> bytes:
    value = values.get(name)
    return value if isinstance(value, bytes) else b""


def _routers(host: Host, alias: str) -> list[str]:
    try:
        used = gateway.ways(host).used
    except Failed:
        return []
    return [each.gateway for each in used if each.interface == alias and each.gateway]
