"""Protection on each system, as recorded; what is said of it, and what is kept quiet about."""

from __future__ import annotations

import plistlib
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from checks.device import DeviceFact
from checks.security import CHECK, SecurityFact
from checks.security.facts import Antivirus
from checks.security.macos import LOGIN, MANAGED_LOCK, MANAGED_LOGIN, XPROTECT
from checks.security.programs import table
from checks.security.windows import LOGON, SECURE_BOOT, VERSION
from diag.host import FileStat, real_host
from diag.model import Failed
from tests.checks.security.paper import (
    RECORDED,
    UNLOCKED,
    codes,
    collect,
    judged,
    open_codes,
    windows,
)
from tests.support import (
    NOW,
    CommandAnswer,
    PaperHost,
    context,
    replay,
    windows_answers,
)

# --- Windows ---


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


def test_this_machine_can_be_looked_at() -> None:
    """Whatever it is: no failure, no crash, and the fact survives the report."""
    fact = CHECK.collect(real_host(), context())
    assert fact.programs is None
    assert msgspec.json.decode(msgspec.json.encode(fact), type=SecurityFact) == fact


def test_other_systems_are_not_served() -> None:
    with pytest.raises(Failed, match="unsupported"):
        collect(replay(os="other", processes=()))
