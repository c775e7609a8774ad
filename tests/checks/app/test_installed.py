"""Packages of Linux, and the app's own command: put there by the real tools, or read as they are
on real devices."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from checks.app.installed import Looked, look
from checks.app.installed.command import version_in
from checks.app.installed.dpkg import STATUS, stanzas
from checks.app.installed.pacman import LOCAL
from checks.app.installed.rpm import DATABASES, FORMAT
from checks.app.installed.snap import SOCKET, ask_snap, channel_of, version_of
from diag.app_profile import Install, LinuxInstall, MacosInstall, WindowsInstall
from diag.deadline import Deadline
from diag.host import FileStat, Host, real_host
from diag.model import Failed
from tests.checks.app.device import Device, needs
from tests.namespaces import needs_root
from tests.support import NOW, CommandAnswer, replay

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
A_FILE = FileStat(size=1, modified=NOW, is_dir=False, owner=0, mode=0o644)


def looked(host: Host, **linux: object) -> tuple[Looked, ...]:
    install = Install(linux=LinuxInstall(**linux))  # type: ignore[arg-type]
    return look(host, install, Deadline.after(5))


def code_of(place: Looked) -> str | None:
    return place.failure.code if place.failure is not None else None


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path / "device")


# --- dpkg ---------------------------------------------------------------------------------------


def test_dpkg_reads_the_package_and_nothing_like_it() -> None:
    (place,) = looked(replay(files={STATUS: DPKG}), dpkg="example")
    assert [(copy.version, copy.maker_version) for copy in place.copies] == [
        ("1:2.3.0-1ubuntu2", "2.3.0"),
        ("1:2.2.0-1", "2.2.0"),
    ]


def test_dpkg_what_is_removed_or_unknown_is_not_there() -> None:
    for package in ("removed", "exampl", "xample", "example.*"):
        (place,) = looked(replay(files={STATUS: DPKG}), dpkg=package)
        assert (place.copies, place.failure) == ((), None)


def test_no_dpkg_at_all_is_an_answer_too() -> None:
    (place,) = looked(replay(files={STATUS: None}), dpkg="example")
    assert (place.copies, place.failure) == ((), None)


def test_dpkg_that_may_not_be_read() -> None:
    (place,) = looked(replay(files={STATUS: Failed("denied", "read")}), dpkg="example")
    assert code_of(place) == "denied"


@needs("dpkg-query")
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
        found = [version for version, state in stanzas(status, name) if state == "installed"]
        assert sorted(found) == sorted(expected[name]), name


def install_deb(device: Device, *, depends: str = "") -> None:
    """Runs dpkg with a directory of its own as the whole system."""
    control = device.write(
        "/deb/DEBIAN/control",
        "Package: example\nVersion: 1:2.3.1-2\nArchitecture: all\nDescription: An example\n"
        f"Maintainer: Test <test@app.test>\n{depends}",
    )
    for name in ("updates", "info", "triggers"):
        (device.root / "var/lib/dpkg" / name).mkdir(parents=True)
    device.write("/var/lib/dpkg/status", "")
    device.write("/var/lib/dpkg/available", "")
    package = device.root / "example.deb"
    device.do("dpkg-deb", "--build", control.parent.parent, package)
    force = ("--force-not-root", "--force-script-chrootless", "--log=/dev/null")
    root = f"--root={device.root}"
    done = subprocess.run(
        ["dpkg", root, *force, "--install", package],
        capture_output=True,
        check=False,
        env={"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "LC_ALL": "C"},
    )
    assert (done.returncode == 0) is not bool(depends), done.stderr


@needs("dpkg", "dpkg-deb")
def test_what_dpkg_installs(device: Device) -> None:
    install_deb(device)
    (place,) = device.look(dpkg="example")
    (copy,) = place.copies
    assert (copy.version, copy.maker_version, copy.whole) == ("1:2.3.1-2", "2.3.1", True)


@needs("dpkg", "dpkg-deb")
def test_what_dpkg_could_not_finish(device: Device) -> None:
    install_deb(device, depends="Depends: something-that-is-missing\n")
    (place,) = device.look(dpkg="example")
    (copy,) = place.copies
    assert (copy.version, copy.whole) == ("1:2.3.1-2", False)


# --- rpm ----------------------------------------------------------------------------------------

SPEC = """\
Name: example
Epoch: {epoch}
Version: {version}
Release: 4.fc41
Summary: An example
License: MIT
BuildArch: noarch
%description
%files
"""


@needs("rpm", "rpmbuild")
@pytest.mark.parametrize(
    ("epoch", "version", "shown", "makers"),
    [(1, "2.3.1", "1:2.3.1-4.fc41", "2.3.1"), (0, "2.3~rc1", "2.3~rc1-4.fc41", "2.3~rc1")],
)
def test_what_rpm_installs(
    device: Device, epoch: int, version: str, shown: str, makers: str
) -> None:
    spec = device.write("/example.spec", SPEC.format(epoch=epoch, version=version))
    top = device.root / "rpmbuild"
    device.do("rpmbuild", "-bb", "--define", f"_topdir {top}", spec, HOME=str(device.root))
    (package,) = top.glob("RPMS/noarch/*.rpm")
    database = device.root / "var/lib/rpm"
    database.mkdir(parents=True)
    device.do("rpm", "--dbpath", database, "--force-debian", "--nodeps", "-i", "--justdb", package)
    (place,) = device.look(rpm="example")
    assert [(copy.version, copy.maker_version) for copy in place.copies] == [(shown, makers)]
    (place,) = device.look(rpm="another")
    assert (place.copies, place.failure) == ((), None)


def rpm_says(output: str, code: int = 0, package: str = "firefox") -> Looked:
    stats = {path: A_FILE if path == DATABASES[0] else None for path in DATABASES}
    argv = ("rpm", "-q", "--qf", FORMAT, package)
    (place,) = looked(replay(commands={argv: (code, output, "")}, stats=stats), rpm=package)
    return place


def test_rpm_as_fedora_and_red_hat_say_it() -> None:
    """The epochs, versions and releases are those of nginx in RHEL 9 (`rpm -q` with its NEVRA, in
    public course notes on RPM), libgcc there (Red Hat's documentation of its CSAF files), and gaim
    in Fedora's documentation of debuginfo; two architectures stand in two lines."""
    place = rpm_says("1:1.20.1-14.el9_2.1\n")
    assert [copy.maker_version for copy in place.copies] == ["1.20.1"]
    place = rpm_says("0:11.3.1-4.3.el9\n0:11.3.1-4.3.el9\n")
    assert [copy.version for copy in place.copies] == ["11.3.1-4.3.el9"] * 2
    place = rpm_says("2:2.0.0-0.26.beta5\n")
    assert [copy.maker_version for copy in place.copies] == ["2.0.0"]


def test_rpm_without_the_package_or_with_a_broken_database() -> None:
    assert rpm_says("package firefox is not installed\n", 1) == Looked(source="rpm")
    assert code_of(rpm_says("error: cannot open Packages database\n", 1)) == "unparsable"


def test_rpm_is_not_started_where_packages_are_others() -> None:
    host = replay(stats=dict.fromkeys(DATABASES))
    assert looked(host, rpm="firefox") == (Looked(source="rpm"),)


@pytest.mark.parametrize("name", ["--eval=%{lua:os.exit()}", "a b", "../x", ""])
def test_names_that_would_be_options_or_paths_are_not_used(name: str) -> None:
    for key in ("rpm", "pacman", "flatpak", "snap"):
        for place in looked(replay(), **{key: name}):
            assert code_of(place) == "unsupported"


# --- pacman -------------------------------------------------------------------------------------

# As the local database of an Arch Linux has it: `filesystem` of 2025-10-12, in the tests of
# chunkah (a Rust project that reads it); shortened by fields that are not read.
ARCH_DESC = """\
%NAME%
filesystem

%VERSION%
2025.10.12-1

%BASE%
filesystem

%DESC%
Base Arch Linux files

%URL%
https://archlinux.org

%ARCH%
any

%BUILDDATE%
1760286101

%INSTALLDATE%
1770909753

%SIZE%
24551

%LICENSE%
0BSD

%VALIDATION%
pgp

%DEPENDS%
iana-etc

%XDATA%
pkgtype=pkg
"""


def test_pacman_as_arch_linux_has_it() -> None:
    names = ("ALPM_DB_VERSION", "filesystem-2025.10.12-1", "filesystem-extra-1.0-1")
    host = replay(dirs={LOCAL: names}, files={f"{LOCAL}/filesystem-2025.10.12-1/desc": ARCH_DESC})
    (place,) = looked(host, pacman="filesystem")
    (copy,) = place.copies
    assert (copy.version, copy.maker_version) == ("2025.10.12-1", "2025.10.12")


def test_pacman_that_broke_off_or_is_not_there() -> None:
    half = replay(dirs={LOCAL: ("example-2.3-1",)}, files={f"{LOCAL}/example-2.3-1/desc": None})
    assert looked(half, pacman="example") == (Looked(source="pacman"),)
    none = replay(dirs={LOCAL: None})
    assert looked(none, pacman="example") == (Looked(source="pacman"),)


@needs("pacman", "tar")
@needs_root()
def test_what_pacman_installs(device: Device) -> None:
    (device.root / "var/lib/pacman").mkdir(parents=True)
    device.write("/package/usr/share/example/file", "x")
    info = "pkgname = example\npkgbase = example\npkgver = 1:2.3.1-2\npkgdesc = x\nurl = x\n"
    info += "builddate = 1700000000\npackager = x\nsize = 1\narch = any\n"
    device.write("/package/.PKGINFO", info)
    package = device.root / "example-1_2.3.1-2-any.pkg.tar.gz"
    device.do("tar", "-C", device.root / "package", "-czf", package, ".PKGINFO", "usr")
    config = device.write(
        "/pacman.conf",
        "[options]\nArchitecture = auto\nSigLevel = Never\nLocalFileSigLevel = Never\n",
    )
    device.do(
        *("unshare", "--net", "pacman", "--config", config, "--root", device.root),
        *("--dbpath", device.root / "var/lib/pacman", "--cachedir", device.root / "cache"),
        *("--gpgdir", device.root, "--logfile", device.root / "log"),
        *("--noconfirm", "--noscriptlet", "-U", package),
    )
    (place,) = device.look(pacman="example")
    assert [(copy.version, copy.maker_version) for copy in place.copies] == [("1:2.3.1-2", "2.3.1")]


# --- flatpak ------------------------------------------------------------------------------------

APPSTREAM = """\
<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application"><id>test.app.Example</id><name>Example</name>
<summary>appdata-version of an example</summary><releases><release version="2.10.0"
date="2026-11-01"/><release version="2.9.0" date="2026-10-01"/></releases></component>
"""
FLATPAK = "test.app.Example"


def install_flatpak(
    device: Device, tmp_path: Path, *, remote: str, scope: str = "--user", listed: bool = True
) -> None:
    """Builds the app into an archive of its own and installs it from there, as people do."""
    import gzip

    app = tmp_path / "app"
    entry = "[Desktop Entry]\nType=Application\nName=Example\nExec=example %U\n"
    catalogue = APPSTREAM.replace("<component ", '<components version="0.8"><component ', 1)
    files: dict[str, bytes] = {
        "metadata": f"[Application]\nname={FLATPAK}\nruntime=test.app.Platform/x86_64/1\n".encode(),
        f"files/share/metainfo/{FLATPAK}.metainfo.xml": APPSTREAM.encode(),
        f"export/share/applications/{FLATPAK}.desktop": entry.encode(),
        "files/bin/example": b"",
    }
    if listed:
        packed = gzip.compress(f"{catalogue}</components>".encode())
        files[f"files/share/app-info/xmls/{FLATPAK}.xml.gz"] = packed
    for name, content in files.items():
        path = app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    env = {
        "HOME": str(device.home),
        "FLATPAK_USER_DIR": str(device.home / ".local/share/flatpak"),
        "FLATPAK_SYSTEM_DIR": str(device.root / "var/lib/flatpak"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    archive = tmp_path / "archive"
    device.do("flatpak", "build-export", archive, app, "stable", **env)
    device.do("flatpak", scope, "remote-add", "--no-gpg-verify", remote, f"file://{archive}", **env)
    device.do(
        *("flatpak", scope, "install", "-y", "--noninteractive", "--no-deps", remote, FLATPAK),
        **env,
    )
    shown = device.do("flatpak", scope, "list", "--app", "--columns=application", **env)
    assert shown.split() == [FLATPAK]


@needs("flatpak")
def test_what_flatpak_installs_for_the_user(device: Device, tmp_path: Path) -> None:
    install_flatpak(device, tmp_path, remote="flathub")
    (place,) = device.look(flatpak=FLATPAK)
    (copy,) = place.copies
    assert (copy.version, copy.channel) == ("2.10.0", "flathub")


@needs("flatpak")
def test_a_flatpak_from_another_archive_without_a_version_in_its_list(
    device: Device, tmp_path: Path
) -> None:
    """Where the archive has no AppStream list, the app's own file tells."""
    install_flatpak(device, tmp_path, remote="makers-own", listed=False)
    (place,) = device.look(flatpak=FLATPAK)
    (copy,) = place.copies
    assert (copy.version, copy.channel) == ("2.10.0", None)


@needs("flatpak")
@needs_root()
def test_what_flatpak_installs_for_all_and_its_menu_entry(device: Device, tmp_path: Path) -> None:
    install_flatpak(device, tmp_path, remote="flathub", scope="--system")
    device.write(STATUS, DPKG)
    dpkg, flatpak, desktop = device.look(
        dpkg="example", flatpak=FLATPAK, desktop=f"{FLATPAK}.desktop"
    )
    assert [copy.starts for copy in flatpak.copies] == [True]
    assert [copy.starts for copy in dpkg.copies] == [False, False]
    assert desktop.copies == ()


def test_a_flatpak_installation_elsewhere_on_the_disk(device: Device) -> None:
    device.write("/etc/flatpak/installations.d/extra.conf", '[Installation "x"]\nPath=/mnt/apps/\n')
    active = f"/mnt/apps/app/{FLATPAK}/current/active"
    device.write(f"{active}/deploy", b"makers-own\0" + b"0" * 64 + b"\0")
    device.write(f"{active}/files/share/appdata/{FLATPAK}.appdata.xml", APPSTREAM)
    (place,) = device.look(flatpak=FLATPAK)
    assert [copy.version for copy in place.copies] == ["2.10.0"]


def test_a_flatpak_whose_files_are_broken_is_there_without_a_version(device: Device) -> None:
    active = f"/var/lib/flatpak/app/{FLATPAK}/current/active"
    device.write(f"{active}/deploy", b"")
    bomb = '<!DOCTYPE a [<!ENTITY b "x">]><component><releases><release version="&b;"/>'
    for broken in ("<component", bomb, ""):
        device.write(f"{active}/files/share/metainfo/{FLATPAK}.metainfo.xml", broken)
        (place,) = device.look(flatpak=FLATPAK)
        assert [copy.version for copy in place.copies] == [None]


# --- snap ---------------------------------------------------------------------------------------

SNAP_YAML = """\
name: example
version: '1.10'
summary: An example
description: An example
base: core22
confinement: strict
grade: stable
architectures: [all]
"""


def install_snap(device: Device, revision: str) -> None:
    """What snapd leaves after an installation: a snap, made by its own tool, unpacked to where it
    would be mounted, and `current`. snapd itself mounts images, which a container may not."""
    source = device.write("/source/meta/snap.yaml", SNAP_YAML).parent.parent
    device.do("snap", "pack", source, device.root, HOME=str(device.home))
    home = device.root / "snap/example"
    home.mkdir(parents=True)
    image = device.root / "example_1.10_all.snap"
    device.do("unsquashfs", "-no-progress", "-dest", home / revision, image)
    (home / "current").symlink_to(revision)


@needs("snap", "mksquashfs", "unsquashfs")
@pytest.mark.parametrize(("revision", "channel"), [("29", "snapcraft"), ("x1", None)])
def test_a_snap(device: Device, revision: str, channel: str | None) -> None:
    install_snap(device, revision)
    (place,) = device.look(snap="example")
    (copy,) = place.copies
    assert (copy.version, copy.channel) == ("1.10", channel)


@pytest.mark.parametrize(
    ("yaml", "version"),
    [
        ("version: 1.10\n", "1.10"),
        ('version: "2.0-rc1" # soon\n', "2.0-rc1"),
        ("version: {a: b}\n", None),
        ("name: x\n", None),
        ("- version\n", None),
        ("", None),
    ],
)
def test_versions_of_snaps_are_texts(yaml: str, version: str | None) -> None:
    assert version_of(yaml) == version


def test_a_snap_that_cannot_be_read_or_is_off(device: Device) -> None:
    device.write("/var/lib/snapd/snap/example/current/meta/snap.yaml", "version: [1\n")
    (place,) = device.look(snap="example")
    assert code_of(place) == "unparsable"
    (place,) = device.look(snap="switched-off")
    assert (place.copies, place.failure) == ((), None)


SNAP_LISTS = """\
Name                   Version           Rev    Tracking         Publisher   Notes
amazon-ssm-agent       3.0.1124.0        4046   latest/stable/…  aws✓        classic
aws-iot-greengrass-v2  2.4.0             x7     -                -           -
core20                 20220826          1623   latest/stable    canonical✓  base
firmware-updater       0+git.21fdc14     147    1/stable/…       canonical✓  -
"""
"""Lines that people published of `snap list`: an instance of a cloud (a maker's instructions for
aws-iot-greengrass-v2), Ubuntu 22.04 (a note on mirrors), Ubuntu 24.04 (a course)."""


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        ("amazon-ssm-agent", "latest/stable"),
        ("aws-iot-greengrass-v2", None),
        ("core20", "latest/stable"),
        ("firmware-updater", "1/stable"),
        ("core", None),
    ],
)
def test_which_channel_a_snap_follows(name: str, channel: str | None) -> None:
    assert channel_of(SNAP_LISTS, name) == channel
    assert channel_of("", name) is None


@pytest.mark.parametrize(
    ("answer", "follows"),
    [
        (SNAP_LISTS, "1/stable"),
        ((1, "", "error: no matching snaps installed"), None),
        (Failed("timeout", "run snap"), None),
    ],
)
def test_a_snap_is_asked_for_what_it_follows(answer: CommandAnswer, follows: str | None) -> None:
    home = "/snap/firmware-updater"
    there = FileStat(size=0, modified=NOW, is_dir=False, owner=0, mode=0o666)
    host = replay(
        "linux",
        files={f"{home}/current/meta/snap.yaml": b"version: 0+git.21fdc14\n"},
        dirs={home: ["147", "current"]},
        stats={SOCKET: there},
        commands={("snap", "list", "firmware-updater"): answer},
    )
    install = LinuxInstall(snap="firmware-updater")
    (copy,) = ask_snap(host, install, Deadline.after(5))
    assert (copy.channel, copy.follows) == ("snapcraft", follows)


# --- the app's own command ----------------------------------------------------------------------


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
    (place,) = looked(replay(commands={argv: "Example 2.3\n"}), command=argv)
    assert place.copies[0].maker_version == "2.3"
    (place,) = looked(replay(commands={argv: (0, "", "Example 2.4\n")}), command=argv)
    assert place.copies[0].maker_version == "2.4"
    (place,) = looked(replay(commands={argv: (0, "hello\n", "")}), command=argv)
    assert place.copies[0].maker_version is None
    (place,) = looked(replay(commands={argv: (1, "lib 1.2 is missing\n", "")}), command=argv)
    assert code_of(place) == "unparsable"
    (place,) = looked(replay(commands={argv: Failed("tool_missing", "run")}), command=argv)
    assert (place.copies, place.failure) == ((), None)
    (place,) = looked(replay(commands={argv: Failed("timeout", "run")}), command=argv)
    assert code_of(place) == "timeout"


@pytest.mark.skipif(real_host().family != "linux", reason="Linux only")
def test_a_real_command() -> None:
    (place,) = looked(real_host(), command=("/usr/bin/env", "--version"))
    (copy,) = place.copies
    assert copy.path == "/usr/bin/env"
    assert copy.maker_version and copy.maker_version[0].isdigit()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_as_root_nothing_is_run_that_others_could_change(tmp_path: Path) -> None:
    program = tmp_path / "example"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\necho 1.2\n", encoding="utf-8")
    program.chmod(0o755)
    os.chown(program, 1000, 1000)
    (place,) = looked(real_host(), command=(str(program), "--version"))
    assert code_of(place) == "denied"
    assert not (tmp_path / "ran").exists()


def test_a_package_and_its_command_are_one_copy() -> None:
    """An app that updates itself leaves its package's version behind: what it says is what runs."""
    argv = ("/usr/bin/example", "--version")
    status = "Package: example\nStatus: install ok installed\nVersion: 1:2.3.0-1\n"
    for said, dpkg_starts in (("2.3.0", True), ("2.4.0", False)):
        host = replay(files={STATUS: status}, commands={argv: f"Example {said}\n"})
        dpkg, command = looked(host, dpkg="example", command=argv)
        assert [copy.starts for copy in dpkg.copies] == [dpkg_starts]
        assert [copy.starts for copy in command.copies] == [not dpkg_starts]


def test_a_command_that_no_package_has_put_there_is_a_copy_of_its_own() -> None:
    argv = ("/usr/local/bin/example", "--version")
    status = "Package: example\nStatus: install ok installed\nVersion: 1:2.3.0-1\n"
    host = replay(files={STATUS: status}, commands={argv: "Example 2.4.0\n"})
    dpkg, command = looked(host, dpkg="example", command=argv)
    assert [copy.starts for place in (dpkg, command) for copy in place.copies] == [None, None]


# --- the interface ------------------------------------------------------------------------------


def test_one_broken_place_leaves_the_others_alone() -> None:
    host = replay(files={STATUS: DPKG}, dirs={LOCAL: Failed("denied", "list")})
    dpkg, pacman = looked(host, dpkg="example", pacman="example")
    assert (len(dpkg.copies), code_of(pacman)) == (2, "denied")


def test_only_this_systems_places_are_looked_at() -> None:
    install = Install(
        windows=WindowsInstall(uninstall_name="Example"), macos=MacosInstall(bundle_id="a.b.C")
    )
    assert look(replay("linux"), install, Deadline.after(1)) == ()
