from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from checks.app.installed import Looked
from checks.app.installed import look as look_for
from checks.app.installed.command import version_in
from checks.app.installed.dpkg import STATUS, installed_versions
from diag.app_profile import Install, LinuxInstall, MacosInstall, WindowsInstall
from diag.deadline import Deadline
from diag.host import Host, real_host
from diag.model import Failed
from tests.support import replay

DPKG = """\
Package: example-data
Status: install ok installed
Architecture: all
Version: 9

Package: example
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Version: 1:2.3.0-1ubuntu2
Description: An example
 Package: not this

Package: example
Status: install ok installed
Architecture: i386
Version: 1:2.2.0-1

Package: removed
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0
"""


def look(host: Host, **linux: object) -> tuple[Looked, ...]:
    install = Install(linux=LinuxInstall(**linux))  # type: ignore[arg-type]
    return look_for(host, install, Deadline.after(5))


def test_dpkg_reads_the_package_and_nothing_like_it() -> None:
    (place,) = look(replay(files={STATUS: DPKG}), dpkg="example")
    assert [(copy.version, copy.maker_version) for copy in place.copies] == [
        ("1:2.3.0-1ubuntu2", "2.3.0"),
        ("1:2.2.0-1", "2.2.0"),
    ]


def test_dpkg_what_is_removed_or_unknown_is_not_there() -> None:
    for package in ("removed", "exampl", "xample", "example.*"):
        (place,) = look(replay(files={STATUS: DPKG}), dpkg=package)
        assert (place.copies, place.failure) == ((), None)


def test_no_dpkg_at_all_is_an_answer_too() -> None:
    (place,) = look(replay(files={STATUS: None}), dpkg="example")
    assert (place.copies, place.failure) == ((), None)


def test_dpkg_that_may_not_be_read() -> None:
    (place,) = look(replay(files={STATUS: Failed("denied", "read")}), dpkg="example")
    assert place.failure is not None and place.failure.code == "denied"


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="no dpkg on this machine")
def test_this_machines_dpkg_says_the_same() -> None:
    listed = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Version} ${db:Status-Status}\n"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    expected: dict[str, list[str]] = {}
    for line in listed.splitlines():
        name, version, state = line.split(" ")
        if state == "installed":
            expected.setdefault(name, []).append(version)
    status = Path(STATUS).read_bytes()
    for name in sorted(expected)[::25]:
        assert sorted(installed_versions(status, name)) == sorted(expected[name]), name


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ("Example 2.3.1 (build 5)\n", "2.3.1"),
        ("example version v10.0.4-beta.2, © 2026", "10.0.4-beta.2"),
        ("openjdk 17.0.15 2025-04-15", "17.0.15"),
        ("curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1", "7.88.1"),
        ("Serving at 0x1.2; example 1.4.", "1.4"),
        ("no version here", None),
        ("5", None),
        ("x" * 5000 + " 1.2", None),
    ],
)
def test_versions_in_prose(output: str, version: str | None) -> None:
    assert version_in(output) == version


def test_command_on_paper() -> None:
    argv = ("example", "--version")
    (place,) = look(replay(commands={argv: "Example 2.3\n"}), command=argv)
    assert place.copies[0].maker_version == "2.3"
    (place,) = look(replay(commands={argv: (0, "", "Example 2.4\n")}), command=argv)
    assert place.copies[0].maker_version == "2.4"
    (place,) = look(replay(commands={argv: (0, "hello\n", "")}), command=argv)
    assert place.copies[0].maker_version is None
    (place,) = look(replay(commands={argv: (1, "lib 1.2 is missing\n", "")}), command=argv)
    assert place.failure is not None and place.failure.code == "unparsable"
    (place,) = look(replay(commands={argv: Failed("tool_missing", "run")}), command=argv)
    assert (place.copies, place.failure) == ((), None)
    (place,) = look(replay(commands={argv: Failed("timeout", "run")}), command=argv)
    assert place.failure is not None and place.failure.code == "timeout"


@pytest.mark.skipif(real_host().family != "linux", reason="Linux only")
def test_a_real_command() -> None:
    (place,) = look(real_host(), command=("/usr/bin/env", "--version"))
    (copy,) = place.copies
    assert copy.path == "/usr/bin/env"
    assert copy.maker_version and copy.maker_version[0].isdigit()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_as_root_nothing_is_run_that_others_could_change(tmp_path: Path) -> None:
    program = tmp_path / "example"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\necho 1.2\n", encoding="utf-8")
    program.chmod(0o755)
    os.chown(program, 1000, 1000)
    (place,) = look(real_host(), command=(str(program), "--version"))
    assert place.failure is not None and place.failure.code == "denied"
    assert not (tmp_path / "ran").exists()


def test_sources_not_served_yet_say_so() -> None:
    places = look(replay(files={STATUS: DPKG}), dpkg="example", flatpak="a.b.C", snap="example")
    assert [place.source for place in places] == ["dpkg", "flatpak", "snap"]
    assert [place.failure and place.failure.code for place in places] == [
        None,
        "unsupported",
        "unsupported",
    ]


def test_systems_not_served_yet_say_so() -> None:
    install = Install(
        windows=WindowsInstall(uninstall_name="Example"), macos=MacosInstall(bundle_id="a.b.C")
    )
    for host in (replay("windows"), replay("macos")):
        with pytest.raises(Failed) as caught:
            look_for(host, install, Deadline.after(1))
        assert caught.value.failure.code == "unsupported"
    assert look_for(replay("linux"), install, Deadline.after(1)) == ()
