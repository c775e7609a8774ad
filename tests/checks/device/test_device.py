"""`device`: what it is, and the restart that is offered when nothing else is found."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from checks.device import CHECK, DeviceFact
from diag.host import FileStat, real_host
from diag.model import Answers, DeviceInfo, Failed, Finding
from tests.support import NOW, CommandAnswer, FileAnswer, context, findings, replay, view

DAY_S = 86400.0

DEBIAN = """PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
ID=debian
"""
UNJOINED: dict[str, FileAnswer] = {"/etc/ipa/default.conf": None, "/etc/samba/smb.conf": None}
THERE = FileStat(size=1, modified=NOW, is_dir=False, owner=0, mode=0o600)
JOINED = """corp.example
  type: kerberos
  realm-name: CORP.EXAMPLE
  domain-name: corp.example
  configured: kerberos-member
  server-software: active-directory
"""


def collected(
    commands: dict[tuple[str, ...], CommandAnswer] | None = None,
    files: dict[str, FileAnswer] | None = None,
    stats: dict[str, FileStat | None] | None = None,
) -> DeviceFact:
    release: dict[str, FileAnswer] = {"/etc/os-release": DEBIAN}
    given = {**release, **UNJOINED, **(files or {})}
    stats = {"/etc/krb5.keytab": None, "/etc/sssd/sssd.conf": None, **(stats or {})}
    host = replay(commands=commands, files=given, stats=stats, uptime_s=DAY_S)
    return CHECK.collect(host, context())


def test_what_it_is() -> None:
    fact = collected()
    assert fact == DeviceFact(
        uptime_s=DAY_S, os_name="Debian GNU/Linux 12 (bookworm)", os_version="12"
    )
    assert list(CHECK.judge(fact, view())) == [
        DeviceInfo(managed=None, os_name="Debian GNU/Linux 12 (bookworm)", os_version="12")
    ]


def test_release_without_a_file_is_not_known() -> None:
    fact = collected(files={"/etc/os-release": None, "/usr/lib/os-release": None})
    assert (fact.os_name, fact.os_version, fact.uptime_s) == (None, None, DAY_S)


@pytest.mark.parametrize(
    ("listed", "managed"),
    [
        (JOINED, True),
        ("", None),  # in no realm; somebody may manage it all the same
        ("corp.example\n  type: kerberos\n  configured: no\n", None),
        ((1, "", "realm: Couldn't connect to realm service"), None),
        (Failed("timeout", "run realm"), None),
    ],
)
def test_managed_by_a_realm(listed: CommandAnswer, managed: bool | None) -> None:
    fact = collected({("realm", "list"): listed})
    assert (fact.managed, fact.managed_by) == (managed, ("domain",) if managed else ())


def test_files_of_a_domain_member_are_enough() -> None:
    """realmd is not asked then: it would have to be started."""
    ipa = collected(files={"/etc/ipa/default.conf": "[global]\nserver = a\nrealm = EXAMPLE.TEST\n"})
    assert ipa.managed_by == ("domain",)
    winbind = collected(files={"/etc/samba/smb.conf": "[global]\n   security = ADS\n"})
    assert winbind.managed_by == ("domain",)
    sssd = collected(stats={"/etc/krb5.keytab": THERE, "/etc/sssd/sssd.conf": THERE})
    assert sssd.managed_by == ("domain",)


def test_files_that_every_distribution_ships_mean_nothing() -> None:
    """Debian's smb.conf makes a server of its own; sssd may serve smart cards alone."""
    smb = "[global]\n   workgroup = WORKGROUP\n;  security = ads\n   server role = standalone\n"
    assert collected(files={"/etc/samba/smb.conf": smb}).managed is None
    assert collected(stats={"/etc/sssd/sssd.conf": THERE}).managed is None
    assert collected(files={"/etc/ipa/default.conf": "[global]\nrealm =\n"}).managed is None


def test_report_says_how_it_is_known() -> None:
    fact = DeviceFact(managed=True, managed_by=("domain", "mdm"))
    (info,) = CHECK.judge(fact, view())
    assert info == DeviceInfo(managed=True, managed_by=("domain", "mdm"))


@pytest.mark.parametrize("symptom", ["login", "error", "slow", "other"])
def test_restart_is_offered_for_a_symptom(symptom: Any) -> None:
    seen = view(answers=Answers(symptom=symptom))
    assert findings(CHECK, collected(), seen) == [
        Finding(
            code="device.restart",
            subject="device",
            args={"uptime_s": 86400},
            confidence="possible",
        )
    ]


@pytest.mark.parametrize(
    "answers",
    [Answers(), Answers(symptom="2fa"), Answers(symptom="login", device="phone")],
    ids=["no symptom", "second factor", "on the phone"],
)
def test_restart_is_not_offered_where_it_cannot_help(answers: Answers) -> None:
    assert findings(CHECK, collected(), view(answers=answers)) == []


@pytest.mark.parametrize("uptime_s", [None, 0.0, 1799.0])
def test_restart_is_not_offered_right_after_one(uptime_s: float | None) -> None:
    seen = view(answers=Answers(symptom="login"))
    assert findings(CHECK, DeviceFact(uptime_s=uptime_s), seen) == []


def test_restart_is_the_last_resort() -> None:
    (problem,) = CHECK.problems
    assert (problem.severity, problem.last_resort) == ("warning", 2)


def test_other_systems_tell_their_uptime() -> None:
    fact = CHECK.collect(replay(os="other", uptime_s=DAY_S), context())
    assert fact == DeviceFact(uptime_s=DAY_S)


def test_this_machine() -> None:
    fact = CHECK.collect(real_host(), context())
    assert fact.uptime_s is not None
    assert fact.uptime_s > 0
    assert msgspec.json.decode(msgspec.json.encode(fact), type=DeviceFact) == fact
