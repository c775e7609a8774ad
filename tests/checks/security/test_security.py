"""Protection on each system, as recorded; what is said of it, and what is kept quiet about."""

from __future__ import annotations

import plistlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from checks.device import DeviceFact
from checks.security import CHECK, SecurityFact
from checks.security.facts import Antivirus
from checks.security.macos import LOGIN, MANAGED_LOCK, MANAGED_LOGIN, XPROTECT
from checks.security.programs import table
from checks.security.windows import LOGON, SECURE_BOOT, VERSION
from checks.security.windows_lock import (
    CONSOLE_LOCK,
    DESKTOP,
    DESKTOP_POLICY,
    LIMITS,
    NO_SUBGROUP,
    SCHEMES,
    WAKE_POLICY,
)
from diag.host import FileStat, real_host
from diag.model import Fact, Failed, Finding, Unmeasured
from tests.support import (
    NOW,
    CommandAnswer,
    PaperHost,
    context,
    findings,
    replay,
    view,
    windows_answers,
)

CAPTURES = Path(__file__).parents[2] / "recorded" / "security"
RECORDED: dict[str, dict[str, Any]] = msgspec.json.decode((CAPTURES / "windows.json").read_bytes())
LOCKS: list[dict[str, Any]] = msgspec.json.decode((CAPTURES / "windows-lock.json").read_bytes())
PLAN = "381b4222-f694-41f0-9685-ff5bb260df2e"
PLAN_LOCK = rf"{SCHEMES}\{PLAN}\{CONSOLE_LOCK}"
GROUPED_LOCK = rf"{SCHEMES}\{PLAN}\{NO_SUBGROUP}\{CONSOLE_LOCK}"
UNLOCKED: dict[str, Any] = {
    LIMITS: None,
    DESKTOP: {"ScreenSaveActive": "1"},
    DESKTOP_POLICY: None,
    WAKE_POLICY: None,
    SCHEMES: {"ActivePowerScheme": PLAN},
    PLAN_LOCK: None,
    GROUPED_LOCK: None,
}
"""What the registry of a Windows holds of the screen's lock that nobody has set anything of."""
Commands = dict[tuple[str, ...], CommandAnswer]


def collect(host: PaperHost) -> SecurityFact:
    return CHECK.collect(host, context())


def judged(host: PaperHost, *others: Fact) -> list[Finding]:
    fact = collect(host)
    return findings(CHECK, fact, view(fact, *others, os=host.family))


def open_codes(host: PaperHost) -> dict[str, str]:
    fact = collect(host)
    judgements = CHECK.judge(fact, view(fact, os=host.family))
    return {each.code: each.reason for each in judgements if isinstance(each, Unmeasured)}


def codes(found: list[Finding]) -> list[str]:
    return [each.code for each in found]


# --- Windows ---


def windows(
    recorded: str = "defender alone",
    processes: tuple[str, ...] = (),
    lock: dict[str, Any] | None = None,
    **registry: Any,
) -> PaperHost:
    keys: dict[str, Any] = {
        **UNLOCKED,
        VERSION: {"InstallationType": registry.get("kind", "Client")},
        SECURE_BOOT: {"UEFISecureBootEnabled": registry.get("secure_boot", 1)},
        LOGON: {"AutoAdminLogon": registry.get("auto_logon", "0")},
        **(lock or {}),
    }
    return replay(
        os="windows",
        commands=windows_answers(**RECORDED.get(recorded, {})),
        registry=keys,
        processes=("svchost.exe", "explorer.exe", *processes),
    )


def test_windows_as_it_should_be() -> None:
    fact = collect(windows())
    assert fact.antivirus == (
        Antivirus(name="Windows Defender", on=True, current=True, updated=NOW - timedelta(days=1)),
    )
    assert (fact.encrypted, fact.portable, fact.secure_boot) == (True, True, True)
    assert judged(windows()) == []
    assert open_codes(windows()) == {}


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        ("defender alone", []),
        ("defender switched off", ["antivirus.off", "encryption.off"]),
        ("another maker's", ["encryption.off"]),
        ("german", []),
        ("japanese, run out", ["antivirus.off"]),
        ("old knowledge", ["security.signatures_old"]),
    ],
)
def test_windows_as_recorded(recorded: str, expected: list[str]) -> None:
    assert codes(judged(windows(recorded))) == expected


def test_what_is_off_is_named() -> None:
    (off,) = judged(windows("japanese, run out"))
    assert off.args["products"] == ["ウイルスバスター クラウド", "Windows Defender"]


def test_old_knowledge_has_its_age() -> None:
    (old,) = judged(windows("old knowledge"))
    assert (old.severity, old.args["age_days"]) == ("warning", 23)


def test_a_disk_that_is_open_counts_more_on_what_one_carries_about() -> None:
    severities = [
        judged(windows(each))[-1].severity for each in ("defender switched off", "another maker's")
    ]
    assert severities == ["warning", "info"]


def test_windows_that_does_not_tell_is_not_called_safe() -> None:
    assert open_codes(windows("nothing")) == {
        "antivirus.off": "unsupported",
        "encryption.off": "unsupported",
    }
    assert judged(windows("nothing")) == []


def test_windows_refuses_what_an_administrator_may_see() -> None:
    answers = windows_answers(
        **{**RECORDED["defender alone"], "security_center": Failed("needs_admin", "powershell")}
    )
    host = replay(
        os="windows",
        commands=answers,
        registry={VERSION: None, SECURE_BOOT: None, LOGON: None, **UNLOCKED},
        processes=(),
    )
    assert open_codes(host) == {"antivirus.off": "needs_admin"}


def test_a_server_is_nobodys_desktop() -> None:
    host = windows("defender switched off", kind="Server", secure_boot=0, auto_logon="1")
    assert judged(host) == []
    assert open_codes(host) == {}


def test_windows_starts_unguarded() -> None:
    found = judged(windows("another maker's", secure_boot=0, auto_logon="1"))
    assert codes(found) == ["encryption.off", "secure_boot.off", "screen_lock.off"]
    assert found[-1].args == {"how": "start"}
    problems = {each.code: each.severity for each in CHECK.problems}
    assert {problems[code] for code in codes(found)} == {"info"}


# --- the screen's lock on Windows ---

OFF = {"ACSettingIndex": 0, "DCSettingIndex": 0}
SECURE = {"ScreenSaveActive": "1", "ScreenSaverIsSecure": "1"}
NEVER = 0xFFFFFFFF


@pytest.mark.parametrize("capture", LOCKS, ids=[each["name"] for each in LOCKS])
def test_screen_lock_of_windows_as_captured(capture: dict[str, Any]) -> None:
    host = windows(lock=capture["keys"])
    assert collect(host).screen_lock is capture["asks"]
    assert codes(judged(host)) == ([] if capture["asks"] else ["screen_lock.off"])


@pytest.mark.parametrize(
    ("keys", "asks"),
    [
        ({}, True),
        ({WAKE_POLICY: OFF}, False),
        ({PLAN_LOCK: OFF}, False),
        ({GROUPED_LOCK: OFF}, False),
        ({SCHEMES: None, PLAN_LOCK: OFF}, True),
        ({WAKE_POLICY: {"ACSettingIndex": 0}}, True),
        ({WAKE_POLICY: {"ACSettingIndex": 1, "DCSettingIndex": 1}, PLAN_LOCK: OFF}, True),
        ({WAKE_POLICY: OFF, PLAN_LOCK: {"ACSettingIndex": 1, "DCSettingIndex": 1}}, False),
        ({PLAN_LOCK: OFF, LIMITS: {"InactivityTimeoutSecs": 900}}, True),
        ({PLAN_LOCK: OFF, LIMITS: {"InactivityTimeoutSecs": 0}}, False),
        ({PLAN_LOCK: OFF, DESKTOP: SECURE}, True),
        ({PLAN_LOCK: OFF, DESKTOP: {**SECURE, "ScreenSaveActive": "0"}}, False),
        ({PLAN_LOCK: OFF, DESKTOP: {"ScreenSaverIsSecure": "1"}}, True),
        ({PLAN_LOCK: OFF, DESKTOP_POLICY: SECURE}, True),
        ({PLAN_LOCK: OFF, DESKTOP: SECURE, DESKTOP_POLICY: {"ScreenSaverIsSecure": "0"}}, False),
        ({PLAN_LOCK: OFF, DESKTOP: {"DelayLockInterval": 300}}, True),
        ({PLAN_LOCK: OFF, DESKTOP: {"DelayLockInterval": NEVER}}, False),
        ({DESKTOP: {"DelayLockInterval": NEVER}}, True),
        ({PLAN_LOCK: OFF, DESKTOP: Failed("denied", "read the registry")}, None),
    ],
)
def test_screen_lock_of_windows(keys: dict[str, Any], asks: bool | None) -> None:
    """Said only where nothing is left that would ask."""
    host = windows(lock=keys)
    assert collect(host).screen_lock is asks
    found = judged(host)
    assert codes(found) == (["screen_lock.off"] if asks is False else [])
    assert all((each.args["how"], each.confidence) == ("lock", "likely") for each in found)


def test_what_stands_on_a_desk_has_no_battery_to_wake_up_on() -> None:
    plugged_in = {WAKE_POLICY: {"ACSettingIndex": 0}}
    assert RECORDED["another maker's"]["batteries"] == 0
    assert collect(windows("another maker's", lock=plugged_in)).screen_lock is False
    assert collect(windows("nothing", lock=plugged_in)).screen_lock is True


def test_a_server_locks_nobody_out() -> None:
    assert collect(windows(kind="Server", lock={PLAN_LOCK: OFF})).screen_lock is None


# --- macOS ---


def macos(
    filevault: CommandAnswer = "FileVault is On.\n",
    gatekeeper: CommandAnswer = "assessments enabled\n",
    lock: CommandAnswer = (
        0,
        "",
        "2026-11-22 09:00:00 sysadminctl[7:9] screenLock delay is immediate\n",
    ),
    renewed_days: int = 12,
    login: dict[str, Any] | None = None,
    managed_lock: dict[str, Any] | None = None,
    managed_login: dict[str, Any] | None = None,
    processes: tuple[str, ...] = (),
) -> PaperHost:
    plist = FileStat(
        size=2000, modified=NOW - timedelta(days=renewed_days), is_dir=False, owner=0, mode=0o644
    )
    return replay(
        os="macos",
        commands={
            ("fdesetup", "status"): filevault,
            ("spctl", "--status"): gatekeeper,
            ("sysadminctl", "-screenLock", "status"): lock,
        },
        files={
            LOGIN: plistlib.dumps(login or {"lastUser": "loggedIn"}),
            MANAGED_LOCK: plistlib.dumps(managed_lock) if managed_lock else None,
            MANAGED_LOGIN: plistlib.dumps(managed_login) if managed_login else None,
        },
        stats={XPROTECT[0]: None, XPROTECT[1]: plist},
        processes=("launchd", "WindowServer", *processes),
    )


def test_macos_as_it_should_be() -> None:
    fact = collect(macos())
    assert (fact.encrypted, fact.screen_lock, fact.password_free) == (True, True, False)
    assert fact.antivirus == (
        Antivirus(name="Gatekeeper and XProtect", on=True, updated=NOW - timedelta(days=12)),
    )
    assert judged(macos()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"filevault": "FileVault is Off.\n"}, ["encryption.off"]),
        ({"filevault": "FileVault is Off.\nDeferred enablement appears to be active.\n"},
         ["encryption.off"]),
        ({"filevault": "FileVault is On.\nDecryption in progress: Percent completed = 7\n"}, []),
        ({"gatekeeper": (1, "assessments disabled\n", "")}, ["antivirus.off"]),
        ({"gatekeeper": (1, "", "assessments disabled\n")}, ["antivirus.off"]),
        ({"lock": (0, "", "sysadminctl[7:9] screenLock is off\n")}, ["screen_lock.off"]),
        ({"lock": (0, "", "sysadminctl[7:9] screenLock delay is -1.000000 seconds\n")},
         ["screen_lock.off"]),
        ({"lock": (0, "", "sysadminctl[7:9] screenLock delay is 300 seconds\n")}, []),
        ({"lock": Failed("tool_missing", "run sysadminctl")}, []),
        ({"lock": (0, "", "sysadminctl[7:9] screenLock is off\n"),
          "managed_lock": {"askForPassword": True, "askForPasswordDelay": 5}}, []),
        ({"managed_lock": {"askForPassword": 0}}, ["screen_lock.off"]),
        ({"managed_lock": {"idleTime": 600}}, []),
        ({"login": {"autoLoginUser": "me"}, "filevault": "FileVault is Off.\n",
          "managed_login": {"com.apple.login.mcx.DisableAutoLoginClient": True}},
         ["encryption.off"]),
        ({"renewed_days": 200}, ["security.signatures_old"]),
        ({"login": {"autoLoginUser": "me"}}, []),  # the disk asks for a password before
        ({"login": {"autoLoginUser": "me"}, "filevault": "FileVault is Off.\n"},
         ["encryption.off", "screen_lock.off"]),
    ],
)  # fmt: skip
def test_macos_with_something_off(changes: dict[str, Any], expected: list[str]) -> None:
    assert codes(judged(macos(**changes))) == expected


def test_macos_that_does_not_tell() -> None:
    host = macos(filevault="Something new\n", gatekeeper=Failed("timeout", "run spctl"))
    assert open_codes(host) == {"antivirus.off": "timeout", "encryption.off": "unparsable"}


# --- programs ---


@pytest.mark.parametrize(
    ("processes", "opened", "waiting", "severity"),
    [
        (("AnyDesk.exe",), ["AnyDesk"], None, "warning"),
        (("anydesk.EXE",), ["AnyDesk"], None, "warning"),
        (("TeamViewer_Service.exe",), None, ["TeamViewer"], "info"),
        (("TeamViewer_Service.exe", "TeamViewer.exe"), ["TeamViewer"], None, "warning"),
        (("UltraViewer_Desktop.exe", "quickassist.exe"), ["UltraViewer", "Quick Assist"], None,
         "warning"),
        (("remoting_host.exe",), None, ["Chrome Remote Desktop"], "info"),
    ],
)  # fmt: skip
def test_remote_control(
    processes: tuple[str, ...], opened: list[str] | None, waiting: list[str] | None, severity: str
) -> None:
    (found,) = judged(windows(processes=processes))
    assert found.code == "security.remote_access"
    assert (found.args["programs"], found.args["waiting"]) == (opened, waiting)
    assert found.severity == severity
    (at_work,) = judged(windows(processes=processes), DeviceFact(managed=True))
    assert at_work.severity == "info", "there it is the administrators' own work"


@pytest.mark.parametrize("name", ["sshd", "gnome-remote-desktop-daemon", "ARDAgent", "rdp"])
def test_what_belongs_to_a_system_is_no_remote_control(name: str) -> None:
    assert judged(macos(processes=(name,))) == []


def test_a_name_of_one_system_says_nothing_on_another() -> None:
    assert judged(macos(processes=("Supremo.exe", "quickassist.exe"))) == []


def test_programs_that_cannot_be_listed_are_not_known() -> None:
    host = replay(
        os="windows",
        commands=windows_answers(**RECORDED["defender alone"]),
        registry={VERSION: None, SECURE_BOOT: None, LOGON: None, **UNLOCKED},
        processes=Failed("denied", "list processes"),
    )
    assert open_codes(host) == {"security.remote_access": "denied"}


def test_filters_are_known_by_what_they_sign_with() -> None:
    fact = collect(windows(processes=("ekrn.exe", "AdguardSvc.exe")))
    assert [each.name for each in fact.filters] == ["ESET", "AdGuard"]
    signed = fact.filter_of(("ESET, spol. s r. o.", "ESET SSL Filter CA"))
    assert signed is not None
    assert (signed.name, signed.kind) == ("ESET", "antivirus")
    assert fact.filter_of(("Let's Encrypt", "R11")) is None
    assert judged(windows(processes=("ekrn.exe",))) == [], "to run is nothing to report"


def test_the_table_is_in_order() -> None:
    """No program twice, no name without a sign, and no process that stands for two programs."""
    remote, filters = table().remote, table().filter
    assert len({each.name for each in remote}) == len(remote)
    assert len({each.name for each in filters}) == len(filters)
    for family in ("windows", "macos", "linux"):
        names = [name.casefold() for each in remote for name in each.open_on(family)]
        assert len(set(names)) == len(names), family
    assert all(each.issuers and each.processes for each in filters)
    waiting = {name.casefold() for each in remote for name in each.resident}
    opened = {n.casefold() for e in remote for n in (*e.windows, *e.macos, *e.linux)}
    assert not waiting & opened


# --- Linux ---

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


def test_this_machine_can_be_looked_at() -> None:
    """Whatever it is: no failure, no crash, and the fact survives the report."""
    fact = CHECK.collect(real_host(), context())
    assert fact.programs is None
    assert msgspec.json.decode(msgspec.json.encode(fact), type=SecurityFact) == fact


def test_other_systems_are_not_served() -> None:
    with pytest.raises(Failed, match="unsupported"):
        collect(replay(os="other", processes=()))
