"""Macs: one that is up to date, one that lags behind, one that Apple has given up.

From real systems, as the README files beside the recordings say in each case: what ifconfig, route,
netstat, arp, ndp, ipconfig, profiles, system_profiler and `scutil --proxy` print; they are of
several Macs, from 10.14 to 26, so the router of netstat and the name of the network are put in. The
settings of Software Update are put together from public notes, and `software_update` changes them.
Constructed: `scutil --dns`, SystemVersion.plist, the bundles, and the one-line answers of the other
tools, in their published form.
"""

from __future__ import annotations

import plistlib
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from checks.os.macos.release import SYSTEM_VERSION
from checks.os.macos.updates import PREFERENCES
from checks.security.macos import LOGIN as MAC_LOGIN
from checks.security.macos import XPROTECT
from tests.support import NOW, CommandAnswer
from tests.whole.machine import Machine
from tests.whole.parts import BIG, held, loopback, raw, text

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
