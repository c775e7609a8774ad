"""Who manages a Mac, by `profiles status` and by the directory that it is bound to."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any

import pytest

from checks.device import CHECK, DeviceFact
from checks.device.macos import ASSIGNED, DIRECTORY, SETTINGS, management
from checks.device.managed import Management
from checks.os.macos.release import SUPPLEMENT, SYSTEM_VERSION
from diag.host import FileStat
from diag.model import Failed
from tests.support import NOW, CommandAnswer, context, replay

RECORDED = Path(__file__).parents[2] / "recorded" / "device"
ASK = ("profiles", "status", "-type", "enrollment")
THERE = FileStat(size=0, modified=NOW, is_dir=False, owner=0, mode=0o644)


def mac(answer: CommandAnswer, bound: Any = None, assigned: bool = False) -> Any:
    stats = {f"{SETTINGS}/{name}": THERE if assigned else None for name in ASSIGNED}
    files = {SYSTEM_VERSION: Failed("denied", "read"), SUPPLEMENT: None}
    return replay("macos", {ASK: answer}, files=files, dirs={DIRECTORY: bound}, stats=stats)


def recorded(name: str) -> str:
    return (RECORDED / name).read_text()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("profiles-none.txt", Management(managed=False)),
        ("profiles-user-approved.txt", Management(managed=True, signs=("mdm",))),
        ("profiles-assigned.txt", Management(managed=True, signs=("mdm",))),
    ],
)
def test_enrolment(name: str, expected: Management) -> None:
    assert management(mac(recorded(name))) == expected


def test_bound_to_a_directory() -> None:
    host = mac(recorded("profiles-none.txt"), bound=("CORP.plist",))
    assert management(host) == Management(managed=True, signs=("domain",))
    assert management(mac(recorded("profiles-none.txt"), bound=(".DS_Store",))).managed is False


NO_WORD: list[CommandAnswer] = [
    Failed("timeout", "run profiles"),
    (1, "", "profiles: unknown verb"),
    "MDM enrollment: 是\n",
]


@pytest.mark.parametrize("answer", NO_WORD)
def test_without_a_word_of_profiles(answer: CommandAnswer) -> None:
    """What setting it up has left tells of a server; that it has left nothing tells nothing."""
    assert management(mac(answer)) == Management(managed=None)
    assert management(mac(answer, assigned=True)).signs == ("mdm",)


def test_name_and_version() -> None:
    system = {"ProductVersion": "26.3", "ProductBuildVersion": "25D125"}
    extra = {**system, "ProductBuildVersion": "25D771400a", "ProductVersionExtra": "(a)"}
    host = replay(
        "macos",
        {ASK: recorded("profiles-none.txt")},
        files={SYSTEM_VERSION: plistlib.dumps(system), SUPPLEMENT: plistlib.dumps(extra)},
        dirs={DIRECTORY: Failed("denied", "list")},
        uptime_s=60.0,
    )
    assert CHECK.collect(host, context()) == DeviceFact(
        uptime_s=60.0,
        managed=False,
        os_name="macOS 26.3 (a)",
        os_version="26.3 (25D771400a)",
    )
