"""Linux: a laptop with Ubuntu on Wi-Fi, a PC with Fedora on a cable.

From real systems, as the README files beside the recordings say in each case: dnf5's advisories,
with another release put in. GNOME's proxy settings are the test's of that check. Constructed: all
else - what ip, ping, apt-cache, rpm and dnf5 print, files below /proc, /sys, /etc, /usr and /var -
in the form that these releases have, and NetworkManager's objects after its D-Bus interface.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from checks.app.installed.rpm import FORMAT as RPM_FORMAT
from checks.os.linux.apt import SETTINGS as APT_SETTINGS
from checks.wifi.linux.network_manager import BUS_NAME, KEY_PSK, OBJECTS, PAIR_CCMP, ROOT
from checks.wifi.linux.network_manager import SETTINGS as NM_SETTINGS
from tests.checks.proxy.test_settings import DEFAULTS as GNOME_PROXY
from tests.checks.proxy.test_settings import LIST as GNOME_PROXY_LIST
from tests.support import NOW, CommandAnswer
from tests.whole.machine import Machine
from tests.whole.parts import BIG, held, loopback, text

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
