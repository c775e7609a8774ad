"""Whole devices, put together from the recorded outputs and constants of the tests of each check.

Each is one device that could stand on somebody's table; the sources of its parts stand beside the
recordings. `SEEDS` are the private values that were put in: they may not leave the device.
"""

from __future__ import annotations

import json
import plistlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from checks.app.installed.rpm import FORMAT as RPM_FORMAT
from checks.clock.service import W32TIME
from checks.device.windows import ENROLLMENTS, POLICY_STATE
from checks.dns.windows import CONNECTIONS, INTERFACES_IPV4
from checks.firewall.windows import LOCAL as FIREWALL
from checks.os.linux.apt import SETTINGS as APT_SETTINGS
from checks.os.macos.release import SYSTEM_VERSION
from checks.os.macos.updates import PREFERENCES
from checks.os.windows.release import CURRENT_VERSION
from checks.os.windows.restart import KEYS as RESTART_KEYS
from checks.os.windows.restart import NAMES, NETLOGON
from checks.os.windows.updates import SERVICE, SETTINGS
from checks.proxy.windows import OF_USER
from checks.security.macos import LOGIN as MAC_LOGIN
from checks.security.macos import XPROTECT
from checks.security.windows import LOGON, SECURE_BOOT
from checks.wifi.linux.network_manager import BUS_NAME, KEY_PSK, OBJECTS, PAIR_CCMP, ROOT
from checks.wifi.linux.network_manager import SETTINGS as NM_SETTINGS
from checks.wifi.windows import CODE_PAGES
from diag.app_profile import AppProfile
from diag.host import Interface, InterfaceAddress, Volume
from tests.checks.proxy.test_settings import DEFAULTS as GNOME_PROXY
from tests.checks.proxy.test_settings import LIST as GNOME_PROXY_LIST
from tests.support import NOW, CommandAnswer, profile_from, windows_answers
from tests.whole.machine import Machine

RECORDED = Path(__file__).parents[1] / "recorded"
GB = 1_000_000_000
BIG = Volume(size=512 * GB, free=210 * GB, device=1)


def text(name: str) -> str:
    return (RECORDED / name).read_text(encoding="utf-8")


def raw(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def data(name: str) -> Any:
    return msgspec.json.decode(raw(name))


PROFILE: AppProfile = profile_from(
    {
        "app": {
            "id": "example",
            "name": {"en": "Example", "ja": "エグザンプル"},
            "minimum_version": "2.0",
        },
        "endpoint": [
            {
                "id": "login",
                "url": "https://login.app.test/",
                "role": "login",
                "expect_body": "会員番号でログイン",
            },
        ],
        "status_page": {"url": "https://status.app.test", "kind": "statuspage"},
        "install": {
            "windows": {"uninstall_name": "Example"},
            "macos": {"bundle_id": "test.app.example"},
            "linux": {"dpkg": "example", "rpm": "example"},
        },
        "store": {"json": {"url": "https://store.app.test/version.json", "pointer": "/version"}},
        "permissions": {"needs": ["camera", "notifications"]},
        "account": {"two_factor": ["sms"], "reset_url": "https://login.app.test/reset"},
        "support": {"phone": "0120-000-000", "url": "https://app.test/contact"},
    }
)


def held(
    name: str, address: str, mac: str, *more: InterfaceAddress, prefix: int = 24, up: bool = True
) -> Interface:
    addresses = (
        InterfaceAddress(family="ipv4", address=address, prefix=prefix),
        InterfaceAddress(family="mac", address=mac),
        *more,
    )
    return Interface(name=name, up=up, mtu=1500, addresses=addresses if up else addresses[1:])


def loopback(name: str) -> Interface:
    own = InterfaceAddress(family="ipv4", address="127.0.0.1", prefix=8)
    return Interface(name=name, up=True, mtu=65536, loopback=True, addresses=(own,))


# --- Windows ------------------------------------------------------------------------------------

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


# --- macOS --------------------------------------------------------------------------------------

MAC_HOME = "/Users/hanako.yamada"
ROUTER, ROUTER6 = "192.168.0.1", "fe80::face:21ff:fe39:5bf4"
NO_IPV6 = (1, "", "route: writing to routing socket: not in table\n")
GET = ("route", "-n", "get", "-inet", "1.1.1.1")
GET6 = ("route", "-n", "get", "-inet6", "2606:4700:4700::1111")
PING = ("ping", "-n", "-c", "1", "-t", "1", ROUTER)
PING6 = ("ping6", "-n", "-c", "1", f"{ROUTER6}%en0")
SPOTLIGHT = ("mdfind", "kMDItemCFBundleIdentifier == 'test.app.example'")
SCUTIL_DNS = f"""\
DNS configuration

resolver #1
  nameserver[0] : {ROUTER}
  if_index : 14 (en0)
  flags    : Request A records
  reach    : 0x00020002 (Reachable,Directly Reachable Address)

DNS configuration (for scoped queries)

resolver #1
  nameserver[0] : {ROUTER}
  if_index : 14 (en0)
  flags    : Scoped, Request A records
  reach    : 0x00020002 (Reachable,Directly Reachable Address)
"""


def software_update(seen: datetime, *waiting: dict[str, Any]) -> bytes:
    """The recorded settings, with another day of the last look and other updates."""
    known = plistlib.loads(raw("os/macos-software-update.plist"))
    looked = seen.replace(tzinfo=None)
    for name in ("LastSuccessfulDate", "LastFullSuccessfulDate", "LastBackgroundSuccessfulDate"):
        known[name] = looked
    known |= {
        "RecommendedUpdates": list(waiting),
        "LastRecommendedUpdatesAvailable": len(waiting),
        "LastUpdatesAvailable": len(waiting),
        "AutomaticCheckEnabled": True,
        "AutomaticDownload": True,
        "AutomaticallyInstallMacOSUpdates": True,
        "CriticalUpdateInstall": True,
        "ConfigDataInstall": True,
    }
    return plistlib.dumps(known, fmt=plistlib.FMT_BINARY)


def mac_system(version: str, build: str) -> bytes:
    return plistlib.dumps(
        {"ProductName": "macOS", "ProductVersion": version, "ProductBuildVersion": build}
    )


MAC_BUNDLE = plistlib.dumps(
    {
        "CFBundleIdentifier": "test.app.example",
        "CFBundleName": "Example",
        "CFBundleShortVersionString": "2.3.1",
        "CFBundleVersion": "450",
    }
)
MAC_COMMANDS: dict[tuple[str, ...], CommandAnswer] = {
    ("ifconfig", "-a"): text("network/macos-ifconfig.txt"),
    GET: text("network/macos-route-get.txt"),
    GET6: NO_IPV6,
    ("netstat", "-rn", "-f", "inet"): text("network/macos-netstat-inet-10.14.txt").replace(
        "192.168.1.254", ROUTER
    ),
    ("netstat", "-rn", "-f", "inet6"): text("network/macos-netstat-inet6-10.14.txt"),
    ("arp", "-an"): text("network/macos-arp.txt"),
    ("ndp", "-an"): text("network/macos-ndp.txt"),
    PING: "1 packets received",
    PING6: (2, "", ""),
    ("ipconfig", "getpacket", "en0"): text("wifi/macos-getpacket-router.txt"),
    ("scutil", "--dns"): SCUTIL_DNS,
    ("scutil", "--proxy"): text("proxy/scutil-none.txt"),
    ("profiles", "status", "-type", "enrollment"): text("device/profiles-none.txt"),
    ("socketfilterfw", "--getglobalstate"): "Firewall is enabled. (State = 1) \n",
    ("fdesetup", "status"): "FileVault is On.\n",
    ("spctl", "--status"): "assessments enabled\n",
    ("sysadminctl", "-screenLock", "status"): (
        0,
        "",
        "2026-11-22 21:00:00.000 sysadminctl[812:9001] screenLock delay is immediate\n",
    ),
    ("system_profiler", "-json", "SPAirPortDataType"): text("wifi/macos-26-redacted.json"),
    ("sysctl", "-n", "hw.model"): "Mac14,2\n",
    SPOTLIGHT: "",
}

MAC = Machine(
    os="macos",
    commands=MAC_COMMANDS,
    files={
        SYSTEM_VERSION: mac_system("26.6.2", "25G83"),
        PREFERENCES: software_update(NOW - timedelta(hours=9)),
        XPROTECT[0]: plistlib.dumps({"CFBundleShortVersionString": "5325"}),
        MAC_LOGIN: plistlib.dumps({"lastUserName": "hanako.yamada"}),
        "/etc/hosts": "127.0.0.1\tlocalhost\n255.255.255.255\tbroadcasthost\n::1 localhost\n",
        "/Applications/Example.app/Contents/Info.plist": MAC_BUNDLE,
        "/Applications/Safari.app/Contents/Info.plist": plistlib.dumps(
            {"CFBundleIdentifier": "com.apple.Safari", "CFBundleShortVersionString": "26.6"}
        ),
    },
    modified={XPROTECT[0]: NOW - timedelta(days=6)},
    folders=("/Applications/Utilities", "/System/Applications/Utilities", MAC_HOME),
    closed=(f"{MAC_HOME}/Library/Application Support/com.apple.TCC", f"{MAC_HOME}/Library/Safari"),
    env={"HOME": MAC_HOME, "TMPDIR": "/var/folders/x/T/", "USER": "hanako.yamada"},
    interfaces=(
        loopback("lo0"),
        held("en0", "192.168.0.105", "de:cb:f1:62:24:68"),
    ),
    volumes={"/System/Volumes/Data": BIG, MAC_HOME: BIG, "/var/folders/x/T/": BIG},
    processes=("Finder", "Dock", "Safari", "kernel_task"),
)

OLD_MAC = replace(
    MAC,
    commands={
        **MAC_COMMANDS,
        PING: (2, "", ""),
        ("sysctl", "-n", "hw.model"): "MacBookPro15,1\n",
        ("system_profiler", "-json", "SPAirPortDataType"): text(
            "wifi/macos-15.5-wpa2-en.json"
        ).replace("SSID-7", "YamadaKe-5G"),
        ("socketfilterfw", "--getglobalstate"): "Firewall is disabled. (State = 0) \n",
        ("fdesetup", "status"): "FileVault is Off.\n",
    },
    files={
        **MAC.files,
        SYSTEM_VERSION: mac_system("15.5", "24F74"),
        PREFERENCES: software_update(
            NOW - timedelta(days=2),
            {
                "Display Name": "macOS Sequoia 15.7.9",
                "Identifier": "MSU_UPDATE_24G820_patch_15.7.9_minor",
                "Product Key": "MSU_UPDATE_24G820_patch_15.7.9_minor",
            },
        ),
    },
    uptime_s=63 * 86400.0,
)
ANCIENT_MAC = replace(
    OLD_MAC,
    commands={
        **OLD_MAC.commands,
        PING: "1 packets received",
        ("system_profiler", "-json", "SPAirPortDataType"): text(
            "wifi/macos-12.7.2-AP.json"
        ).replace("SSID-4", "YamadaKe-5G"),
    },
    files={
        **MAC.files,
        SYSTEM_VERSION: mac_system("12.7.2", "21G1974"),
        PREFERENCES: software_update(NOW - timedelta(days=40)),
    },
)


# --- Linux --------------------------------------------------------------------------------------

LINUX_HOME = "/home/hanako.yamada"
CALM = (
    "some avg10=0.00 avg60=0.12 avg300=0.00 total=9\n"
    "full avg10=0.00 avg60=0.01 avg300=0.00 total=1\n"
)
UBUNTU_MOUNTS = "24 1 254:1 / / rw,relatime shared:1 - ext4 /dev/mapper/ubuntu--vg-root rw\n"
FEDORA_MOUNTS = "24 1 0:31 /root / rw,relatime shared:1 - btrfs /dev/mapper/luks-1a2b rw\n"
UBUNTU_RELEASE = (
    'NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n'
    'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nVERSION_CODENAME=noble\n'
)
FEDORA_RELEASE = (
    'NAME="Fedora Linux"\nVERSION="43 (Workstation Edition)"\nID=fedora\nVERSION_ID=43\n'
    'PRETTY_NAME="Fedora Linux 43 (Workstation Edition)"\nVARIANT_ID=workstation\n'
)


def linux_ways(interface: str, own: str) -> dict[tuple[str, ...], CommandAnswer]:
    route = [{"dst": "1.1.1.1", "gateway": "192.168.1.1", "dev": interface, "prefsrc": own}]
    neighbor = [{"dst": "192.168.1.1", "lladdr": "02:00:5e:10:00:02", "state": ["REACHABLE"]}]
    unreachable = (2, "", "RTNETLINK answers: Network is unreachable\n")
    show = ("ip", "-j", "neigh", "show")
    return {
        ("ip", "-j", "-4", "route", "get", "1.1.1.1"): json.dumps(route),
        ("ip", "-j", "-6", "route", "get", "2606:4700:4700::1111"): unreachable,
        (*show, "to", "192.168.1.1", "dev", interface): json.dumps(neighbor),
        (*show, "dev", interface): json.dumps(neighbor),
        ("ping", "-n", "-c", "1", "-W", "1", "192.168.1.1"): "1 received",
    }


PROC_ROUTE = (
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
    "{0}\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
)


def manager_objects(wifi: bool, interface: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """NetworkManager's objects, constructed after its D-Bus interface (networkmanager.dev)."""
    kind = "802-11-wireless" if wifi else "802-3-ethernet"
    device, active, saved = f"{ROOT}/Devices/3", f"{ROOT}/ActiveConnection/1", f"{NM_SETTINGS}/1"
    point, lease = f"{ROOT}/AccessPoint/7", f"{ROOT}/DHCP4Config/1"
    options = {
        "subnet_mask": "255.255.255.0",
        "dhcp_lease_time": "86400",
        "domain_name_servers": "192.168.1.1",
    }
    manager = {
        "PrimaryConnection": active,
        "PrimaryConnectionType": kind,
        "Connectivity": 4,
        "Metered": 4,
        "WirelessEnabled": True,
    }
    objects: dict[str, Any] = {
        ROOT: {BUS_NAME: manager},
        device: {
            f"{BUS_NAME}.Device": {
                "Interface": interface,
                "DeviceType": 2 if wifi else 1,
                "State": 100,
                "ActiveConnection": active,
                "Metered": 4,
                "Dhcp4Config": lease,
            },
        },
        active: {
            f"{BUS_NAME}.Connection.Active": {
                "Connection": saved,
                "Type": kind,
                "Devices": [device],
                "Dhcp4Config": lease,
            }
        },
        lease: {f"{BUS_NAME}.DHCP4Config": {"Options": options}},
    }
    if wifi:
        objects[device][f"{BUS_NAME}.Device.Wireless"] = {"ActiveAccessPoint": point}
        objects[point] = {
            f"{BUS_NAME}.AccessPoint": {
                "Ssid": b"YamadaKe-5G",
                "HwAddress": "02:00:5E:10:00:02",
                "Flags": 1,
                "WpaFlags": 0,
                "RsnFlags": PAIR_CCMP | KEY_PSK,
                "Strength": 74,
                "Frequency": 5180,
            }
        }
    properties = "org.freedesktop.DBus.Properties"
    get = ("system", BUS_NAME)
    return {
        (*get, OBJECTS, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"): (objects,),
        (*get, ROOT, properties, "Get", BUS_NAME, "PrimaryConnection"): (active,),
        (*get, active, properties, "Get", f"{BUS_NAME}.Connection.Active", "Dhcp4Config"): (lease,),
        (*get, lease, properties, "Get", f"{BUS_NAME}.DHCP4Config", "Options"): (options,),
        (*get, saved, f"{BUS_NAME}.Settings.Connection", "GetSettings"): (
            {"connection": {"type": kind, "id": "YamadaKe-5G"}},
        ),
        (*get, NM_SETTINGS, f"{BUS_NAME}.Settings", "ListConnections"): ([saved],),
    }


DPKG_STATUS = """\
Package: dpkg
Status: install ok installed
Architecture: amd64
Version: 1.22.6ubuntu6.5

Package: example
Status: install ok installed
Architecture: amd64
Version: 2.3.1

"""
POLICY_ARCHIVES = """\
        500 http://mirror.example/ubuntu noble-updates/main amd64 Packages
        100 /var/lib/dpkg/status
"""
APT_POLICY = f"""\
dpkg:
  Installed: 1.22.6ubuntu6.5
  Candidate: 1.22.6ubuntu6.5
  Version table:
 *** 1.22.6ubuntu6.5 500
{POLICY_ARCHIVES}example:
  Installed: 2.3.1
  Candidate: 2.3.1
  Version table:
 *** 2.3.1 100
        100 /var/lib/dpkg/status
"""

LISTS_DATE = "Sun, 22 Nov 2026 03:10:00 UTC"
SCREEN_LOCK = ("gsettings", "get", "org.gnome.desktop.screensaver", "lock-enabled")

UBUNTU = Machine(
    os="linux",
    commands={
        **linux_ways("wlp2s0", "192.168.1.23"),
        GNOME_PROXY_LIST: GNOME_PROXY,
        ("timedatectl", "show", "--property=NTPSynchronized"): "NTPSynchronized=yes\n",
        SCREEN_LOCK: "true\n",
        ("apt-cache", "policy", "dpkg:amd64", "example:amd64"): APT_POLICY,
        (
            "apt-config",
            "shell",
            *(word for pair in APT_SETTINGS.items() for word in pair),
        ): "lists='1'\nupgrade='1'\ndownload='1'\n",
    },
    files={
        "/etc/os-release": UBUNTU_RELEASE,
        "/etc/apt/sources.list.d/ubuntu.sources": (
            "Types: deb\nURIs: http://mirror.example/ubuntu\n"
            "Suites: noble-updates noble-security\nComponents: main\n"
        ),
        **{
            f"/var/lib/apt/lists/mirror.example_ubuntu_dists_{suite}_{rest}": content
            for suite in ("noble-updates", "noble-security")
            for rest, content in (
                ("InRelease", f"Suite: {suite}\nLabel: Ubuntu\nDate: {LISTS_DATE}\n"),
                ("main_binary-amd64_Packages", ""),
            )
        },
        "/usr/bin/unattended-upgrade": "#!/usr/bin/python3\n",
        "/snap/firefox/current/meta/snap.yaml": "name: firefox\nversion: 145.0.1-1\n",
        "/proc/net/route": PROC_ROUTE.format("wlp2s0"),
        "/etc/resolv.conf": "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n",
        "/run/systemd/resolve/resolv.conf": "nameserver 192.168.1.1\nsearch .\n",
        "/etc/hosts": "127.0.0.1 localhost\n127.0.1.1 yamada-pc-7\n",
        "/proc/self/mountinfo": UBUNTU_MOUNTS,
        "/proc/pressure/memory": CALM,
        "/proc/sys/kernel/osrelease": "6.14.0-37-generic\n",
        "/boot/vmlinuz-6.14.0-37-generic": "",
        "/sys/class/dmi/id/chassis_type": "10\n",
        "/sys/class/net/wlp2s0/wireless/x": "",
        "/sys/class/net/wlp2s0/type": "1\n",
        "/sys/class/power_supply/BAT0/type": "Battery\n",
        "/var/lib/dpkg/status": DPKG_STATUS,
        "/usr/share/applications/firefox_firefox.desktop": (
            "[Desktop Entry]\nName=Firefox\nExec=/snap/bin/firefox %u\n"
        ),
        "/usr/share/applications/mimeapps.list": (
            "[Default Applications]\nx-scheme-handler/https=firefox_firefox.desktop\n"
        ),
    },
    folders=(LINUX_HOME, "/sys/firmware/efi/efivars"),
    env={
        "HOME": LINUX_HOME,
        "USER": "hanako.yamada",
        "LANG": "ja_JP.UTF-8",
        "XDG_CURRENT_DESKTOP": "ubuntu:GNOME",
        "WAYLAND_DISPLAY": "wayland-0",
    },
    interfaces=(loopback("lo"), held("wlp2s0", "192.168.1.23", "7c:2a:31:0b:ad:03")),
    dbus=manager_objects(wifi=True, interface="wlp2s0"),
    volumes={"/": BIG, LINUX_HOME: BIG, "/tmp": BIG},  # noqa: S108 - on paper
    processes=("systemd", "gnome-shell", "firefox", "NetworkManager"),
)

FEDORA = replace(
    UBUNTU,
    commands={
        **linux_ways("enp3s0", "192.168.1.23"),
        GNOME_PROXY_LIST: GNOME_PROXY,
        ("timedatectl", "show", "--property=NTPSynchronized"): "NTPSynchronized=yes\n",
        SCREEN_LOCK: "true\n",
        ("rpm", "-q", "--qf", RPM_FORMAT, "example"): "0:2.3.1-1.fc43\n",
        ("dnf5", "-q", "-C", "check-update"): (
            100,
            "Updates\nopenssl-libs.x86_64  1:3.5.8-1.fc43       updates\n",
            "",
        ),
        ("dnf5", "-q", "-C", "advisory", "list", "--updates", "--json"): text(
            "os/dnf5-advisories.json"
        ).replace("fc44", "fc43"),
    },
    files={
        **{
            path: content
            for path, content in UBUNTU.files.items()
            if not any(each in path for each in ("dpkg", "apt", "snap", "wlp2s0", "BAT0", "6.14"))
        },
        "/etc/os-release": FEDORA_RELEASE,
        "/proc/net/route": PROC_ROUTE.format("enp3s0"),
        "/proc/self/mountinfo": FEDORA_MOUNTS,
        "/proc/sys/kernel/osrelease": "6.17.8-300.fc43.x86_64\n",
        "/boot/vmlinuz-6.17.8-300.fc43.x86_64": "",
        "/sys/class/dmi/id/chassis_type": "3\n",
        "/sys/class/net/enp3s0/type": "1\n",
        "/usr/lib/sysimage/rpm/rpmdb.sqlite": b"SQLite format 3\0",
        "/var/cache/libdnf5/updates-1a2b/repodata/repomd.xml": "<repomd/>",
        "/usr/lib64/firefox/application.ini": (
            "[App]\nVersion=145.0.1\nSourceRepository=https://hg.mozilla.org/releases/mozilla-release\n"
        ),
        "/usr/share/applications/org.mozilla.firefox.desktop": (
            "[Desktop Entry]\nName=Firefox\nExec=firefox %u\n"
        ),
        "/usr/share/applications/mimeapps.list": (
            "[Default Applications]\nx-scheme-handler/https=org.mozilla.firefox.desktop\n"
        ),
    },
    modified={"/var/cache/libdnf5/updates-1a2b/repodata/repomd.xml": NOW - timedelta(hours=20)},
    env={**UBUNTU.env, "XDG_CURRENT_DESKTOP": "GNOME"},
    interfaces=(loopback("lo"), held("enp3s0", "192.168.1.23", "7c:2a:31:0b:ad:04")),
    dbus=manager_objects(wifi=False, interface="enp3s0"),
)

DEVICES: dict[str, Machine] = {
    "windows_home": WINDOWS_HOME,
    "windows_office": WINDOWS_OFFICE,
    "windows_cafe": WINDOWS_CAFE,
    "mac": MAC,
    "old_mac": OLD_MAC,
    "ancient_mac": ANCIENT_MAC,
    "ubuntu": UBUNTU,
    "fedora": FEDORA,
}
SEEDS = (
    "hanako",
    "yamada",
    "花子",
    "sakura cafe",
    "0b-ad",
    "0b:ad",
    "de:cb:f1:62:24:68",
    "192.168.1.23",
    "192.0.2.23",
    "office.test",
)
