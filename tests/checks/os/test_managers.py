"""zypper, pacman, apk, rpm-ostree and bootc over recorded outputs, in three languages."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.os.linux import (
    apk,
    app_stores,
    apt,
    apt_lists,
    dnf,
    image,
    pacman,
    release,
    zypper,
)
from diag.deadline import Deadline
from diag.model import Failed
from tests.checks.os.tree import Kept, Tree
from tests.support import NOW, CommandAnswer

RECORDED = Path(__file__).parents[2] / "recorded" / "os"
LISTED = NOW - timedelta(hours=5)
LANGUAGES = ["en", "de", "ja"]
ZYPPER = ("zypper", *zypper.COMMAND)
PACMAN = ("pacman", "-Qu")
APK = ("apk", "--no-network", "version", "-l", "<")
OSTREE = ("rpm-ostree", "status", "--json")
BOOTC = ("bootc", "status", "--json")


def said(name: str) -> str:
    return (RECORDED / name).read_text(encoding="utf-8")


def soon() -> Deadline:
    return Deadline.after(5)


# --- zypper -------------------------------------------------------------------------------------


def suse(root: Path, answer: CommandAnswer) -> Tree:
    host = Tree(root, {ZYPPER: answer})
    host.put("/etc/os-release", "ID=opensuse-leap\n")
    host.put("/var/cache/zypp/raw/repo-oss/repodata/repomd.xml", at=LISTED)
    host.put("/var/cache/zypp/solv/repo-oss/solv")
    host.put("/var/cache/zypp/solv/@System/solv")
    return host


@pytest.mark.parametrize("language", LANGUAGES)
def test_zypper(tmp_path: Path, language: str) -> None:
    found = zypper.pending(suse(tmp_path, said(f"zypper-updates-{language}.xml")), soon())
    assert (found.manager, found.pending, found.security) == ("zypper", 3, 1)
    assert found.oldest_security == datetime.fromtimestamp(1789000000, UTC)
    assert found.listed == LISTED
    assert found.automatic == "off"


def test_zypper_of_leap_16(tmp_path: Path) -> None:
    found = zypper.pending(suse(tmp_path, said("zypper-leap16.xml")), soon())
    assert (found.pending, found.security) == (2, 2)
    assert found.oldest_security == datetime(2025, 12, 18, 12, 42, 3, tzinfo=UTC)


def test_zypper_of_tumbleweed_does_not_tell_fixes_apart(tmp_path: Path) -> None:
    host = suse(tmp_path, said("zypper-updates-en.xml"))
    host.put("/etc/os-release", 'ID="opensuse-tumbleweed"\n')
    host.put("/etc/systemd/system/timers.target.wants/transactional-update.timer", "[Timer]\n")
    found = zypper.pending(host, soon())
    assert (found.pending, found.security, found.automatic) == (3, None, "all")


def test_zypper_that_had_to_leave_out_a_repository(tmp_path: Path) -> None:
    host = suse(tmp_path, (106, said("zypper-updates-en.xml"), ""))
    assert zypper.pending(host, soon()).unlisted == 1


NO_REPOSITORIES = (
    "<?xml version='1.0'?>\n<stream><update-status version=\"0.6\"><update-list>"
    '<appletinfo status="no-update-repositories"/></update-list></update-status></stream>'
)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (NO_REPOSITORIES, "needs_missing"),
        ((6, "<stream/>", ""), "needs_missing"),
        ((7, "<stream><message type='error'>locked</message></stream>", ""), "unparsable"),
        ("<stream/>", "unparsable"),
        ("System management is locked", "unparsable"),
        ('<!DOCTYPE s [<!ENTITY a "b">]><stream>&a;</stream>', "unparsable"),
    ],
)
def test_zypper_that_cannot_tell(tmp_path: Path, answer: CommandAnswer, code: str) -> None:
    with pytest.raises(Failed) as caught:
        zypper.pending(suse(tmp_path, answer), soon())
    assert caught.value.failure.code == code


def test_zypper_is_not_asked_where_it_would_write_first(tmp_path: Path) -> None:
    host = suse(tmp_path, said("zypper-updates-en.xml"))
    host.put("/var/cache/zypp/raw/new/repodata/repomd.xml")
    with pytest.raises(Failed) as caught:
        zypper.pending(host, soon())
    assert caught.value.failure.code == "needs_missing"
    assert host.ran == []
    with pytest.raises(Failed):
        zypper.pending(Tree(tmp_path / "empty"), soon())


# --- pacman -------------------------------------------------------------------------------------


def arch(root: Path, answer: CommandAnswer) -> Tree:
    host = Tree(root, {PACMAN: answer})
    host.put("/var/lib/pacman/sync/core.db", at=LISTED - timedelta(days=1))
    host.put("/var/lib/pacman/sync/extra.db", at=LISTED)
    host.put("/var/lib/pacman/sync/extra.db.sig", at=NOW)
    return host


@pytest.mark.parametrize("language", LANGUAGES)
def test_pacman(tmp_path: Path, language: str) -> None:
    found = pacman.pending(arch(tmp_path, said(f"pacman-Qu-{language}.txt")), soon())
    assert (found.pending, found.security, found.held) == (1, None, 1)
    assert found.listed == LISTED


def test_pacman_with_nothing_to_do_and_a_database_that_was_removed(tmp_path: Path) -> None:
    assert pacman.pending(arch(tmp_path, (1, "", "")), soon()).pending == 0
    warned = "warning: database file for 'extra' does not exist (use '-Sy' to download)\n"
    assert pacman.pending(arch(tmp_path / "x", (1, "", warned)), soon()).unlisted == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((1, "", "error: failed to initialize alpm library\n"), "unparsable"),
        ((2, "", ""), "unparsable"),
        (Failed("tool_missing", "run pacman"), "tool_missing"),
    ],
)
def test_pacman_that_cannot_tell(tmp_path: Path, answer: CommandAnswer, code: str) -> None:
    with pytest.raises(Failed) as caught:
        pacman.pending(arch(tmp_path, answer), soon())
    assert caught.value.failure.code == code


def test_pacman_without_databases(tmp_path: Path) -> None:
    with pytest.raises(Failed) as caught:
        pacman.pending(Tree(tmp_path, {PACMAN: ""}), soon())
    assert caught.value.failure.code == "needs_missing"


def test_pacman_is_asked_again_after_an_installation(tmp_path: Path) -> None:
    host = arch(tmp_path, said("pacman-Qu-en.txt"))
    host.put("/var/lib/pacman/local/linux-6.9.1.arch1-1/desc")
    memory = Kept()
    for _ in range(2):
        pacman.pending(host, soon(), memory)
    assert len(host.ran) == 1
    host.put("/var/lib/pacman/local/linux-6.9.2.arch1-1/desc")
    pacman.pending(host, soon(), memory)
    assert len(host.ran) == 2


# --- apk ----------------------------------------------------------------------------------------


def test_apk(tmp_path: Path) -> None:
    host = Tree(tmp_path, {APK: said("apk-version.txt")})
    host.put("/var/cache/apk/APKINDEX.066df28d.tar.gz", at=LISTED)
    host.put("/var/cache/apk/installed", at=NOW)
    found = apk.pending(host, soon())
    assert (found.manager, found.pending, found.security) == ("apk", 3, None)
    assert found.listed == LISTED


def test_apk_with_nothing_to_do_or_without_indexes(tmp_path: Path) -> None:
    heading = said("apk-version.txt").splitlines()[0]
    host = Tree(tmp_path, {APK: f"{heading}\n"})
    with pytest.raises(Failed) as caught:
        apk.pending(host, soon())
    assert caught.value.failure.code == "needs_missing"
    host.put("/etc/apk/cache/APKINDEX.066df28d.tar.gz", at=LISTED)
    assert apk.pending(host, soon()).pending == 0
    host.commands[APK] = (99, "", "ERROR: Unable to read database: Permission denied\n")
    with pytest.raises(Failed):
        apk.pending(host, soon())


# --- images -------------------------------------------------------------------------------------


def test_an_image_that_is_staged_waits_for_a_restart() -> None:
    found = image.parse_ostree(said("rpm-ostree-staged.json").encode())
    assert found.patches.pending == 0  # the newer one is in place already
    assert found.patches.listed == datetime.fromtimestamp(1591031729, UTC)
    assert found.restart.pending is True
    assert (found.restart.running, found.restart.newest) == ("31.20200505.3.0", "31.20200517.3.0")


def test_a_newer_base_that_was_fetched_but_not_taken() -> None:
    """Added packages are staged on the old base; the newer base waits."""
    found = image.parse_ostree(said("rpm-ostree-status.json").encode())
    assert (found.patches.pending, found.patches.security) == (1, None)
    assert found.restart.pending is True


def ostree(**cached: Any) -> bytes:
    deployment = {"booted": True, "checksum": "aa", "version": "44.1", "timestamp": 1790000000}
    return json.dumps({"deployments": [deployment], "cached-update": cached or None}).encode()


def test_what_an_update_of_the_image_would_bring() -> None:
    found = image.parse_ostree(
        ostree(
            checksum="bb",
            version="44.2",
            timestamp=1790500000,
            **{"rpm-diff": {"upgraded": [["a"], ["b"]], "added": [["c"]]}},
            advisories=[["FEDORA-2026-1", 1, 3, ["a"], {}], ["FEDORA-2026-2", 2, 0, ["b"], {}]],
        )
    )
    assert (found.patches.pending, found.patches.security) == (3, 1)
    assert found.restart.pending is False


def test_an_image_that_is_up_to_date() -> None:
    found = image.parse_ostree(ostree(checksum="aa", version="44.1"))
    assert (found.patches.pending, found.patches.security) == (0, 0)
    assert image.parse_ostree(ostree()).patches.security is None


def test_times_that_are_none() -> None:
    assert image.parse_ostree(ostree(checksum="bb", timestamp=1 << 60)).patches.listed is None
    text = said("bootc-status.json").replace('"timestamp": null', '"timestamp": "2026-11-01"')
    with pytest.raises(Failed):
        image.parse_bootc(text.encode())


def test_bootc() -> None:
    quiet = image.parse_bootc(said("bootc-status.json").encode())
    assert (quiet.patches.pending, quiet.patches.security) == (0, None)
    assert (quiet.restart.pending, quiet.patches.listed) == (False, None)
    staged = image.parse_bootc(said("bootc-status-staged.json").encode())
    assert (staged.patches.pending, staged.restart.pending) == (1, True)


@pytest.mark.parametrize("text", ["", "{}", '{"deployments": []}', '{"status": {"booted": null}}'])
def test_images_that_say_nothing(text: str) -> None:
    for parse in (image.parse_ostree, image.parse_bootc):
        with pytest.raises(Failed) as caught:
            parse(text.encode())
        assert caught.value.failure.code == "unparsable"


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("", "off"),
        ("#AutomaticUpdatePolicy=stage\n", "off"),
        ("AutomaticUpdatePolicy=stage\n", "all"),
        ("AutomaticUpdatePolicy=check\n", "off"),
        ("AutomaticUpdatePolicy=odd\n", None),
    ],
)
def test_policy_of_rpm_ostree(tmp_path: Path, setting: str, expected: str | None) -> None:
    host = Tree(tmp_path, {OSTREE: ostree().decode()})
    host.put("/etc/rpm-ostreed.conf", f"[Daemon]\n{setting}")
    assert image.look(host, soon()).patches.automatic == expected


def test_bootc_answers_where_rpm_ostree_does_not(tmp_path: Path) -> None:
    commands: dict[tuple[str, ...], CommandAnswer] = {
        OSTREE: (1, "", "error: ..."),
        BOOTC: said("bootc-status.json"),
    }
    assert image.look(Tree(tmp_path, commands), soon()).patches.manager == "bootc"
    commands[BOOTC] = (1, "", "error: The status command must be executed as the root user\n")
    with pytest.raises(Failed) as caught:
        image.look(Tree(tmp_path, commands), soon())
    assert caught.value.failure.code == "needs_admin"


# --- broken outputs -----------------------------------------------------------------------------

PARSERS: list[Callable[[bytes], object]] = [
    image.parse_ostree,
    image.parse_bootc,
    dnf.parse_advisories,
    lambda data: list(zypper.parse(data)),
    lambda data: dnf.parse_updates(data.decode("utf-8", "replace")),
    lambda data: dnf.parse_updateinfo(data.decode("utf-8", "replace")),
    lambda data: list(apt.parse_policy(data.decode("utf-8", "replace"))),
    lambda data: list(apt.parse_status(data.decode("utf-8", "replace"))),
    lambda data: list(apt_lists.parse_sources(data.decode("utf-8", "replace"))),
    lambda data: list(apt_lists.parse_list(data.decode("utf-8", "replace"))),
    lambda data: apt_lists.parse_release(data),
    lambda data: app_stores.parse_snap(data.decode("utf-8", "replace")),
    lambda data: release.parse_release(data.decode("utf-8", "replace")),
]


@settings(deadline=None, max_examples=300)
@given(
    seed=st.sampled_from(sorted(path.name for path in RECORDED.iterdir())),
    parse=st.sampled_from(PARSERS),
    cut=st.floats(0, 1),
    length=st.integers(0, 60),
    instead=st.one_of(st.binary(max_size=8), st.sampled_from([b"9" * 30, b": ", b"null", b"\xff"])),
)
def test_a_damaged_output_is_a_failure_at_most(
    seed: str, parse: Callable[[bytes], object], cut: float, length: int, instead: bytes
) -> None:
    whole = (RECORDED / seed).read_bytes() if (RECORDED / seed).is_file() else b""
    at = int(cut * len(whole))
    with contextlib.suppress(Failed):
        parse(whole[:at] + instead + whole[at + length :])
