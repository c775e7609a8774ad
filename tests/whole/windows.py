"""PCs with Windows: at home, in an office, in a café.

From real systems, as the README files beside the recordings say in each case: what netsh, arp,
dsregcmd and w32tm print, the firewall's rules, the values of Security Center and Defender; the name
of the network is put in. Constructed after Microsoft's documentation, in the form of diag's own
sections or of the registry: the update agent, adapters, routes, neighbours, connection profiles,
every key of the registry but the firewall's. Constructed: Edge's files, the reply of ping.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from checks.clock.service import W32TIME
from checks.device.windows import ENROLLMENTS, POLICY_STATE
from checks.dns.windows import CONNECTIONS, INTERFACES_IPV4
from checks.firewall.windows import LOCAL as FIREWALL
from checks.os.windows.release import CURRENT_VERSION
from checks.os.windows.restart import KEYS as RESTART_KEYS
from checks.os.windows.restart import NAMES, NETLOGON
from checks.os.windows.updates import SERVICE, SETTINGS
from checks.proxy.windows import OF_USER
from checks.security.windows import LOGON, SECURE_BOOT
from checks.wifi.windows import CODE_PAGES
from tests.support import CommandAnswer, windows_answers
from tests.whole.machine import Machine
from tests.whole.parts import BIG, data, held, loopback, raw, text

WIFI_GUID = "{7825d47a-5d59-4c93-8d91-2b0e1b5f6c4b}"
CABLE_GUID = "{9c1e752a-b125-4651-a60a-2620edabb7d8}"
WIFI_ADAPTER = {
    "index": 12,
    "name": "Wi-Fi",
    "description": "Intel(R) Wi-Fi 6 AX201 160MHz",
    "status": "Up",
    "type": 71,
    "hardware": True,
}
CABLE_ADAPTER = {
    "index": 5,
    "name": "イーサネット",
    "description": "Realtek PCIe GbE Family Controller",
    "status": "Up",
    "type": 6,
    "hardware": True,
}
ECHO_REPLY = "192.168.1.1 からの応答: バイト数 =32 時間 =1ms TTL=64\r\n"
PROTECTION = data("security/windows.json")
UNINSTALL = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\Example"
EDGE_DATA = r"C:\Users\hanako.yamada\AppData\Local\Microsoft\Edge\User Data"
EDGE_KEY = (
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients"
    r"\{56EB18F8-B008-4CBD-B6D2-8C97FE7E9062}"
)
CHOICE = r"HKCU\Software\Microsoft\Windows\Shell\Associations\UrlAssociations\https\UserChoice"

WINDOWS_ENV = {
    "SystemDrive": "C:",
    "USERPROFILE": r"C:\Users\hanako.yamada",
    "LOCALAPPDATA": r"C:\Users\hanako.yamada\AppData\Local",
    "APPDATA": r"C:\Users\hanako.yamada\AppData\Roaming",
    "TEMP": r"C:\Users\hanako.yamada\AppData\Local\Temp",
    "ProgramFiles": r"C:\Program Files",
}
WINDOWS_VOLUMES = {
    "C:\\": BIG,
    WINDOWS_ENV["USERPROFILE"]: BIG,
    WINDOWS_ENV["TEMP"]: BIG,
}
WINDOWS_PROCESSES = ("System", "explorer.exe", "svchost.exe", "msedge.exe", "MsMpEng.exe")
WINDOWS_FILES: dict[str, Any] = {
    r"C:\Windows\System32\drivers\etc\hosts": "# Copyright (c) Microsoft Corp.\r\n",
    rf"{EDGE_DATA}\Local State": json.dumps({"profile": {"last_used": "Default"}}),
    rf"{EDGE_DATA}\Default\Preferences": json.dumps(
        {"account_info": [{"email": "hanako.yamada@mail.test"}], "profile": {"name": "花子"}}
    ),
}
WINDOWS_11: dict[str, Any] = {
    "CurrentBuild": "26200",
    "CurrentBuildNumber": "26200",
    "UBR": 7171,
    "DisplayVersion": "25H2",
    "EditionID": "Core",
    "InstallationType": "Client",
    "ProductName": "Windows 10 Home",
}


def windows_registry(guid: str, connection: str, lease: dict[str, Any]) -> dict[str, Any]:
    """What every one of these has; one connection with its lease."""
    return {
        CURRENT_VERSION: WINDOWS_11,
        CODE_PAGES: {"OEMCP": "932", "ACP": "932"},
        SECURE_BOOT: {"UEFISecureBootEnabled": 1},
        LOGON: {"AutoAdminLogon": "0", "DefaultUserName": "hanako.yamada"},
        W32TIME: {"Start": 3},
        rf"{W32TIME}\Parameters": {"Type": "NTP"},
        NETLOGON: {"Start": 3},
        rf"{NAMES}\ActiveComputerName": {"ComputerName": "YAMADA-PC-7"},
        rf"{NAMES}\ComputerName": {"ComputerName": "YAMADA-PC-7"},
        SETTINGS: {"IsExpedited": 0},
        SERVICE: {"Start": 3},
        ENROLLMENTS: {},
        OF_USER: {"ProxyEnable": 0},
        rf"{INTERFACES_IPV4}\{guid}": lease,
        rf"{CONNECTIONS}\{guid.upper()}\Connection": {"Name": connection},
        rf"{FIREWALL}\DomainProfile": {"EnableFirewall": 1},
        rf"{FIREWALL}\StandardProfile": {"EnableFirewall": 1},
        rf"{FIREWALL}\PublicProfile": {"EnableFirewall": 1},
        rf"{FIREWALL}\FirewallRules": {
            f"rule-{number}": line
            for number, line in enumerate(text("firewall/windows-rules.txt").splitlines())
            if line and "192.0.2" not in line
        },
        CHOICE: {"ProgId": "MSEdgeHTM", "Hash": "x="},
        EDGE_KEY: {"pv": "154.0.4031.59", "name": "Microsoft Edge"},
        UNINSTALL: {
            "DisplayName": "Example",
            "DisplayVersion": "2.3.1",
            "InstallLocation": r"C:\Program Files\Example",
            "Publisher": "Example Inc.",
        },
    }


def windows_lease(server: str = "192.168.1.1", mask: str = "255.255.255.0") -> dict[str, Any]:
    return {
        "EnableDHCP": 1,
        "DhcpNameServer": server,
        "DhcpSubnetMask": mask,
        "NameServer": "",
        "Lease": 86400,
    }


def wifi_profile(**values: Any) -> dict[str, Any]:
    """A row of the section `wifi`: constructed after Windows.Networking.Connectivity."""
    return {
        "name": "YamadaKe-5G",
        "wifi": True,
        "ssid": "YamadaKe-5G",
        "authentication": 8,
        "encryption": 6,
        "connectivity": 3,
        "bars": 4,
        "cost": 1,
        "adapter": WIFI_GUID.strip("{}"),
        "type": 71,
        "internet": True,
        **values,
    }


def agent(searched: str, since: str = "2026-11", restart: bool = False) -> dict[str, Any]:
    """As recorded, with another day of the last look; nothing was installed after `since`."""
    known = data("os/windows-update-agent.json")
    past = [each for each in known["history"] if each["at"] <= f"{since}-99"]
    return {**known, "searched": searched, "restart": restart, "history": past}


def ways(adapter: dict[str, Any], router: str, mac: str) -> dict[str, Any]:
    route = {
        "prefix": "0.0.0.0/0",
        "next_hop": router,
        "index": adapter["index"],
        "alias": adapter["name"],
        "metric": 40,
    }
    neighbor = {"address": router, "index": adapter["index"], "mac": mac, "state": 5}
    return {"routes": [route], "neighbors": [neighbor]}


NETSH_JA = raw("wifi/netsh-interfaces-ja.txt")
NETSH_NETWORKS_JA = raw("wifi/netsh-networks-ja.txt")
NETSH = ("netsh", "wlan", "show", "interfaces")
NETSH_NETWORKS = ("netsh", "wlan", "show", "networks", "mode=bssid")
NO_WLAN = (
    1,
    "ワイヤレス自動構成サービス (wlansvc) は実行されていません。\r\n".encode("cp932"),
    b"",
)


def windows_commands(**sections: Any) -> dict[tuple[str, ...], CommandAnswer]:
    return {
        **windows_answers(**sections),
        ("w32tm", "/query", "/status"): (0, raw("clock/w32tm-ja.cp932.txt"), b""),
    }


def pinged(router: str) -> dict[tuple[str, ...], CommandAnswer]:
    return {
        ("ping", "-n", "1", "-w", "1000", router): (0, ECHO_REPLY.encode("cp932"), b""),
        ("arp", "-a", router): (0, raw("network/windows-arp-ja.txt"), b""),
    }


WINDOWS_HOME = Machine(
    os="windows",
    commands={
        **windows_commands(
            adapters=[WIFI_ADAPTER],
            **ways(WIFI_ADAPTER, "192.168.1.1", "02-00-5E-10-00-02"),
            networks=[{"name": "YamadaKe-5G", "alias": "Wi-Fi", "category": 1}],
            wifi=[wifi_profile()],
            update_agent=agent("2026-11-22T03:12:45"),
            updates={"result": 2, "updates": []},
            **PROTECTION["defender alone"],
        ),
        **pinged("192.168.1.1"),
        ("dsregcmd", "/status"): text("device/dsregcmd-registered.txt").replace("\n", "\r\n"),
        NETSH: (0, NETSH_JA.replace(b"TEST_SSID", b"YamadaKe-5G"), b""),
        NETSH_NETWORKS: (0, NETSH_NETWORKS_JA, b""),
    },
    files=WINDOWS_FILES,
    registry=windows_registry(WIFI_GUID, "Wi-Fi", windows_lease()),
    env=WINDOWS_ENV,
    interfaces=(
        loopback("Loopback Pseudo-Interface 1"),
        held("Wi-Fi", "192.168.1.23", "7C-2A-31-0B-AD-01"),
    ),
    volumes=WINDOWS_VOLUMES,
    processes=WINDOWS_PROCESSES,
)

PAC = "http://pac.office.test/proxy.pac"
WINDOWS_OFFICE = Machine(
    os="windows",
    commands={
        **windows_commands(
            adapters=[CABLE_ADAPTER],
            **ways(CABLE_ADAPTER, "192.0.2.1", "60-38-E0-12-9D-41"),
            networks=[{"name": "corp.example", "alias": "イーサネット", "category": 2}],
            wifi=[],
            update_agent=agent("2026-11-20T01:00:00", since="2025-10", restart=True),
            updates={"result": 2, "updates": []},
            **{**PROTECTION["german"], "batteries": 0, "disk_encryption": 1},
        ),
        **pinged("192.0.2.1"),
        ("dsregcmd", "/status"): text("device/dsregcmd-hybrid.txt").replace("\n", "\r\n"),
        NETSH: NO_WLAN,
        NETSH_NETWORKS: NO_WLAN,
    },
    files=WINDOWS_FILES,
    registry={
        **windows_registry(CABLE_GUID, "イーサネット", windows_lease("192.0.2.53")),
        CURRENT_VERSION: {
            **WINDOWS_11,
            "CurrentBuild": "19045",
            "CurrentBuildNumber": "19045",
            "UBR": 6456,
            "DisplayVersion": "22H2",
            "EditionID": "Professional",
        },
        NETLOGON: {"Start": 2},
        POLICY_STATE: {"Distinguished-Name": "CN=YAMADA-PC-7,OU=Sales,DC=corp,DC=example"},
        RESTART_KEYS[0][0]: {},
        OF_USER: {"ProxyEnable": 0, "AutoConfigURL": PAC},
    },
    env=WINDOWS_ENV,
    interfaces=(
        loopback("Loopback Pseudo-Interface 1"),
        held("イーサネット", "192.0.2.23", "7C-2A-31-0B-AD-02"),
    ),
    volumes=WINDOWS_VOLUMES,
    processes=WINDOWS_PROCESSES,
    scripts={PAC: "192.0.2.80:3128"},
    uptime_s=19 * 86400.0,
)

WINDOWS_CAFE = replace(
    WINDOWS_HOME,
    commands={
        **windows_commands(
            adapters=[WIFI_ADAPTER],
            **ways(WIFI_ADAPTER, "192.168.1.1", "02-00-5E-10-00-02"),
            networks=[{"name": "Sakura Cafe Guest", "alias": "Wi-Fi", "category": 0}],
            wifi=[
                wifi_profile(
                    name="Sakura Cafe Guest",
                    ssid=None,
                    authentication=2,
                    encryption=0,
                )
            ],
            update_agent=agent("2026-11-22T03:12:45"),
            updates={"result": 2, "updates": []},
            **PROTECTION["defender alone"],
        ),
        **pinged("192.168.1.1"),
        ("dsregcmd", "/status"): text("device/dsregcmd-registered.txt").replace("\n", "\r\n"),
        NETSH: (1, text("wifi/netsh-refused-en.txt"), ""),
        NETSH_NETWORKS: (1, text("wifi/netsh-refused-en.txt"), ""),
    },
)
