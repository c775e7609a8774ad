"""Linux: encryption, the start and the lock of the screen, ClamAV; servers left alone."""

from __future__ import annotations

from typing import Any

import pytest

from diag.host import FileStat
from diag.model import Failed
from tests.checks.security.paper import (
    codes,
    collect,
    judged,
    open_codes,
)
from tests.support import (
    NOW,
    PaperHost,
    replay,
)

LUKS = "24 1 254:1 / / rw,relatime - ext4 /dev/mapper/vg-root rw\n"
PLAIN = "24 1 8:2 / / rw,relatime - ext4 /dev/sda2 rw\n"
BTRFS = "24 1 0:31 /@ / rw,relatime - btrfs /dev/mapper/luks-1 rw\n"
BTRFS_PLAIN = "24 1 0:31 /@ / rw,relatime - btrfs /dev/nvme0n1p2 rw\n"
HOME = "30 24 0:50 / /home/me rw - ecryptfs /home/.ecryptfs/me rw\n"
ZFS = "24 1 0:27 / / rw,relatime - zfs rpool/ROOT rw\n"
THERE = FileStat(size=0, modified=NOW, is_dir=True, owner=0, mode=0o755)


class LinuxTree(PaperHost):
    """A device on paper whose files are complete as given: what is not there is not there."""

    def read(self, path: str, limit: int = 1 << 20) -> bytes:
        try:
            return super().read(path, limit)
        except AssertionError:
            raise Failed("tool_missing", "read", path) from None

    def listdir(self, path: str) -> tuple[str, ...]:
        try:
            return super().listdir(path)
        except AssertionError:
            raise Failed("tool_missing", "list", path) from None

    def stat(self, path: str) -> FileStat | None:
        try:
            return super().stat(path)
        except AssertionError:
            return None


def linux(
    mounts: str = PLAIN,
    files: dict[str, Any] | None = None,
    dirs: dict[str, Any] | None = None,
    env: dict[str, str] | None = None,
    there: tuple[str, ...] = ("/sys/dev/block/8:2", "/sys/class/block/nvme0n1p2"),
    **more: Any,
) -> PaperHost:
    host = replay(
        files={"/proc/self/mountinfo": mounts, **(files or {})},
        dirs=dirs or {},
        stats=dict.fromkeys(there, THERE),
        env={"HOME": "/home/me", "WAYLAND_DISPLAY": "wayland-0", **(env or {})},
        processes=more.pop("processes", ("systemd", "gnome-shell")),
        **more,
    )
    host.__class__ = LinuxTree
    return host


def test_a_desktop_without_encryption() -> None:
    (found,) = judged(linux())
    assert (found.code, found.severity, found.confidence) == ("encryption.off", "info", "likely")
    battery = {"/sys/class/power_supply": ["AC", "BAT0"]}
    assert judged(linux(dirs=battery))[0].severity == "warning"
    laptop = {"/sys/class/dmi/id/chassis_type": "10\n"}
    assert judged(linux(files=laptop))[0].severity == "warning"


@pytest.mark.parametrize(
    ("mounts", "files", "dirs", "there", "encrypted"),
    [
        # a logical volume on LUKS
        (
            LUKS,
            {
                "/sys/dev/block/254:1/dm/uuid": "LVM-abc",
                "/sys/class/block/dm-0/dm/uuid": "CRYPT-LUKS2-0123-luks",
            },
            {"/sys/dev/block/254:1/slaves": ["dm-0"]},
            ("/sys/dev/block/254:1",),
            True,
        ),
        # one on a plain disk
        (
            LUKS,
            {"/sys/dev/block/254:1/dm/uuid": "LVM-abc"},
            {"/sys/dev/block/254:1/slaves": ["sda2"]},
            ("/sys/dev/block/254:1",),
            False,
        ),
        # one on two disks, of which one is open
        (
            LUKS,
            {
                "/sys/dev/block/254:1/dm/uuid": "LVM-abc",
                "/sys/class/block/dm-0/dm/uuid": "CRYPT-LUKS2-0123-luks",
            },
            {"/sys/dev/block/254:1/slaves": ["dm-0", "sdb1"]},
            ("/sys/dev/block/254:1",),
            False,
        ),
        # Btrfs on LUKS
        (
            BTRFS,
            {
                "/sys/block/dm-0/dm/name": "luks-1\n",
                "/sys/block/dm-0/dm/uuid": "CRYPT-LUKS2-0123-luks-1",
            },
            {"/sys/block": ["dm-0", "nvme0n1"]},
            ("/sys/block/dm-0",),
            True,
        ),
        (BTRFS_PLAIN, {}, {}, ("/sys/class/block/nvme0n1p2",), False),
        (PLAIN + HOME, {}, {}, ("/sys/dev/block/8:2",), True),  # the home is
        (ZFS, {}, {}, (), None),
        (PLAIN, {}, {}, (), None),  # a disk that sysfs does not know
    ],
)
def test_encryption_of_linux(
    mounts: str,
    files: dict[str, Any],
    dirs: dict[str, Any],
    there: tuple[str, ...],
    encrypted: bool | None,
) -> None:
    host = linux(mounts, files, dirs, there=there)
    assert collect(host).encrypted is encrypted
    assert codes(judged(host)) == (["encryption.off"] if encrypted is False else [])
    assert ("encryption.off" in open_codes(host)) is (encrypted is None)


@pytest.mark.parametrize(
    ("files", "dirs", "env", "kind"),
    [
        ({}, {}, {}, "server"),
        ({}, {}, {"DISPLAY": ":0"}, "personal"),
        ({"/run/systemd/sessions/2": "TYPE=wayland\nCLASS=user\n"},
         {"/run/systemd/sessions": ["2", "2.ref"]}, {}, "personal"),
        ({"/run/systemd/sessions/2": "TYPE=tty\n"}, {"/run/systemd/sessions": ["2"]}, {}, "server"),
        ({"/proc/sys/kernel/osrelease": "6.6.87.2-microsoft-standard-WSL2\n"}, {},
         {"DISPLAY": ":0"}, "container"),
    ],
)  # fmt: skip
def test_servers_and_containers_are_left_alone(
    files: dict[str, Any], dirs: dict[str, Any], env: dict[str, str], kind: str
) -> None:
    host = linux(files=files, dirs=dirs, env={"WAYLAND_DISPLAY": "", **env})
    assert collect(host).kind == kind
    if kind != "personal":
        assert judged(host) == []
        assert open_codes(host) == {}


@pytest.mark.parametrize(
    ("value", "on"), [(b"\x06\0\0\0\x01", True), (b"\x06\0\0\0\0", False), (b"", None)]
)
def test_secure_boot_of_linux_is_known_and_no_matter(value: bytes, on: bool | None) -> None:
    path = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
    host = linux(PLAIN + HOME, {path: value})
    assert collect(host).secure_boot is on
    assert judged(host) == []


@pytest.mark.parametrize(
    ("env", "files", "commands", "locks"),
    [
        ({"XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}, {}, "true\n", True),
        ({"XDG_CURRENT_DESKTOP": "GNOME"}, {}, "false\n", False),
        ({"XDG_CURRENT_DESKTOP": "KDE"}, {}, None, True),
        ({"XDG_CURRENT_DESKTOP": "KDE"},
         {"/home/me/.config/kscreenlockerrc": "[Daemon]\nAutolock=false\n"}, None, False),
        ({"XDG_CURRENT_DESKTOP": "XFCE"}, {}, None, None),
    ],
)  # fmt: skip
def test_screen_lock_of_linux(
    env: dict[str, str], files: dict[str, Any], commands: str | None, locks: bool | None
) -> None:
    asked = ("gsettings", "get", "org.gnome.desktop.screensaver", "lock-enabled")
    host = linux(
        PLAIN + HOME, files, env=env, commands={} if commands is None else {asked: commands}
    )
    assert collect(host).screen_lock is locks
    assert codes(judged(host)) == (["screen_lock.off"] if locks is False else [])


@pytest.mark.parametrize(
    ("path", "text", "alone"),
    [
        (
            "/etc/gdm3/daemon.conf",
            "[daemon]\nAutomaticLoginEnable = true\nAutomaticLogin = me\n",
            True,
        ),
        ("/etc/gdm3/daemon.conf", "[daemon]\n#  AutomaticLoginEnable = true\n", False),
        ("/etc/lightdm/lightdm.conf", "[Seat:*]\nautologin-user=me\n", True),
        ("/etc/lightdm/lightdm.conf", "[Seat:*]\nautologin-user=\n#autologin-user=x\n", False),
        ("/etc/sddm.conf", "[Autologin]\nUser=me\n", True),
    ],
)
def test_a_start_without_a_password(path: str, text: str, alone: bool) -> None:
    host = linux(files={path: text})
    assert collect(host).password_free is alone
    assert ("screen_lock.off" in codes(judged(host))) is alone


CVD = (
    "ClamAV-VDB:16 Apr 2020 07-58 -0400:25784:2267600:63:92baacd59fd26e6bcf03077add78d209"
    ":4Jp9JtGJY6nUk8JHDQQpQeBwlfXqskvhXL:raynman:1587038280"
).ljust(512)


def test_clamav_counts_where_it_watches() -> None:
    daily = {"/var/lib/clamav/daily.cvd": CVD}
    assert judged(linux(PLAIN + HOME, daily)) == [], "it does not run"
    watched = linux(PLAIN + HOME, daily, processes=("systemd", "clamd"))
    (found,) = judged(watched)
    assert (found.code, found.severity) == ("security.signatures_old", "info")
    assert found.args["updated"] == "2020-04-16T11:58:00+00:00"
    unread = linux(PLAIN + HOME, processes=("clamd",))
    assert judged(unread) == []


def test_no_virus_protection_is_nothing_to_report_on_linux() -> None:
    host = linux(PLAIN + HOME)
    assert collect(host).antivirus is None
    assert judged(host) == []
