"""A whole Linux device that is a directory: what `os` says of it, in the words of a report."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from checks.os import CHECK
from checks.os.facts import OsFact
from checks.os.linux import apt, image, pacman, zypper
from checks.os.linux.esm import STATUS, esm_on
from diag.model import Finding, Unmeasured
from tests.checks.os.tree import Tree
from tests.support import NOW, CommandAnswer, context, view

RECORDED = Path(__file__).parents[2] / "recorded" / "os"
FOCAL = (
    'NAME="Ubuntu"\nVERSION_ID="20.04"\nID=ubuntu\nID_LIKE=debian\n'
    'PRETTY_NAME="Ubuntu 20.04.6 LTS"\n'
)
POLICY = """\
openssl:
  Installed: 1.1.1f-1ubuntu2.22
  Candidate: 1.1.1f-1ubuntu2.23
  Version table:
     1.1.1f-1ubuntu2.23 500
        500 http://mirror.example/ubuntu focal-security/main amd64 Packages
 *** 1.1.1f-1ubuntu2.22 100
        100 /var/lib/dpkg/status
"""


def said(name: str) -> str:
    return (RECORDED / name).read_text(encoding="utf-8")


def look(tree: Tree) -> OsFact:
    return CHECK.collect(tree, context())


def findings(fact: OsFact) -> dict[str, Finding]:
    judged = CHECK.judge(fact, view(fact))
    return {each.code: each for each in judged if isinstance(each, Finding)}


def unknown(fact: OsFact) -> set[str]:
    return {each.code for each in CHECK.judge(fact, view(fact)) if isinstance(each, Unmeasured)}


@pytest.fixture
def ubuntu(tmp_path: Path) -> Tree:
    tree = Tree(tmp_path, {("apt-cache", "policy", "dpkg:amd64", "openssl:amd64"): POLICY})
    tree.put("/etc/os-release", FOCAL)
    tree.put("/proc/sys/kernel/osrelease", "5.4.0-100-generic\n")
    tree.put("/boot/vmlinuz-5.4.0-100-generic")
    tree.put(
        apt.STATUS,
        "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
        "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n",
        at=NOW - timedelta(days=30),
    )
    lists = "/var/lib/apt/lists/mirror.example_ubuntu_dists_focal-security"
    tree.put(f"{lists}_InRelease", "Suite: focal-security\nDate: Sat, 21 Nov 2026 00:00:00 UTC\n")
    tree.put(f"{lists}_main_binary-amd64_Packages", "Package: openssl\n")
    return tree


@pytest.mark.parametrize(
    ("status", "on"),
    [
        ("ubuntu-pro-attached.json", True),
        ("ubuntu-pro-unattached.json", False),
        ("ubuntu-pro-disabled.json", False),
        ("ubuntu-pro-expired.json", False),
        (None, False),
    ],
)
def test_end_of_life_and_ubuntu_pro(ubuntu: Tree, status: str | None, on: bool) -> None:
    if status:
        ubuntu.put(STATUS, said(status))
    fact = look(ubuntu)
    assert fact.extended_on is on
    finding = findings(fact).get("os.end_of_life")
    if on:
        assert finding is None
    else:
        assert finding is not None
        assert (finding.confidence, finding.args["name"]) == ("certain", "Ubuntu 20.04.6 LTS")
        assert date.fromisoformat(str(finding.args["offered"])) > NOW.date()
    assert findings(fact)["os.updates_pending"].args["security_updates_pending"] == 1


def test_without_pros_own_word_its_source_tells(ubuntu: Tree) -> None:
    ubuntu.put(STATUS, "not JSON")
    assert not esm_on(ubuntu)
    ubuntu.put("/etc/apt/sources.list.d/ubuntu-esm-infra.sources", "Types: deb\n")
    assert esm_on(ubuntu)


def test_a_kernel_that_waits_for_a_restart(ubuntu: Tree) -> None:
    ubuntu.put("/boot/vmlinuz-5.4.0-216-generic")
    finding = findings(look(ubuntu))["os.restart_pending"]
    assert (finding.args["running"], finding.args["newest"]) == (
        "5.4.0-100-generic",
        "5.4.0-216-generic",
    )


def test_the_mark_of_a_restart(ubuntu: Tree) -> None:
    ubuntu.put("/run/reboot-required", "*** System restart required ***\n")
    ubuntu.put("/run/reboot-required.pkgs", "libc6\nlibssl1.1\n")
    finding = findings(look(ubuntu))["os.restart_pending"]
    assert finding.args["packages"] == ["libc6", "libssl1.1"]


def test_a_broken_file_of_sources_is_named(ubuntu: Tree) -> None:
    argv = ("apt-cache", "policy", "dpkg:amd64", "openssl:amd64")
    ubuntu.commands[argv] = (
        100,
        "",
        "E: Malformed entry 3 in list file /etc/apt/sources.list.d/shop.list (Suite)\n"
        "E: The list of sources could not be read.\n",
    )
    fact = look(ubuntu)
    assert findings(fact)["os.sources_broken"].args["file"] == "/etc/apt/sources.list.d/shop.list"
    assert "os.updates_pending" in unknown(fact)


def os_release(id_: str, version: str, **more: str) -> str:
    pairs = {"ID": id_, "VERSION_ID": version, "PRETTY_NAME": f"{id_} {version}", **more}
    return "".join(f'{name}="{value}"\n' for name, value in pairs.items())


@pytest.mark.parametrize(
    ("release", "ended"),
    [
        (os_release("debian", "10"), True),
        (os_release("debian", "12"), False),  # LTS
        (os_release("fedora", "40"), True),
        (os_release("fedora", "44", SUPPORT_END="2027-05-19"), False),
        (os_release("fedora", "42", SUPPORT_END="2026-05-13"), True),
        (os_release("rhel", "9.6"), False),
        (os_release("centos", "8"), True),
        (os_release("rocky", "8.10"), False),
        (os_release("almalinux", "10.1"), False),
        (os_release("opensuse-leap", "15.5"), True),
        (os_release("sles", "15.7"), False),
        (os_release("alpine", "3.19.1"), True),
        (os_release("amzn", "2"), True),
        (os_release("linuxmint", "22.1"), False),
        (os_release("arch", "", BUILD_ID="rolling"), False),
        (os_release("opensuse-tumbleweed", "20261120"), False),
    ],
)
def test_end_of_life_of_each_distribution(tmp_path: Path, release: str, ended: bool) -> None:
    tree = Tree(tmp_path)
    tree.put("/etc/os-release", release)
    fact = look(tree)
    assert ("os.end_of_life" in findings(fact)) is ended
    assert "os.end_of_life" not in unknown(fact)


def test_each_distribution_is_asked_by_its_own_manager(tmp_path: Path) -> None:
    commands: dict[tuple[str, ...], CommandAnswer] = {
        ("pacman", "-Qu"): said("pacman-Qu-en.txt"),
        ("zypper", *zypper.COMMAND): said("zypper-updates-en.xml"),
        ("apk", "--no-network", "version", "-l", "<"): said("apk-version.txt"),
        ("dnf", "-q", "-C", "check-update"): (100, said("dnf4-check-update.txt"), ""),
        ("dnf", "-q", "-C", "updateinfo", "list", "--available"): said("dnf4-updateinfo.txt"),
        ("rpm-ostree", "status", "--json"): said("rpm-ostree-staged.json"),
    }
    expected = {
        "manjaro": ("arch", "pacman", 1),
        "sles": ("suse", "zypper", 3),
        "postmarketos": ("alpine", "apk", 3),
        "rocky": ("rhel centos fedora", "dnf", 5),
    }
    for name, (like, manager, count) in expected.items():
        tree = Tree(tmp_path / name, commands)
        tree.put("/etc/os-release", f'ID={name}\nVERSION_ID="1"\nID_LIKE="{like}"\n')
        tree.put(f"{pacman.SYNC}/core.db")
        tree.put(f"{zypper.CACHE}/oss/repodata/repomd.xml")
        tree.put(f"{zypper.DIGESTED}/oss/solv")
        tree.put("/var/cache/apk/APKINDEX.1.tar.gz")
        patches = look(tree).patches
        assert patches is not None
        assert (patches.manager, patches.pending) == (manager, count)
        tree.put(image.BOOTED)
        patches = look(tree).patches
        assert patches is not None and patches.manager == "rpm-ostree"


def test_an_image_that_waits_for_a_restart(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {("rpm-ostree", "status", "--json"): said("rpm-ostree-staged.json")})
    tree.put("/etc/os-release", os_release("fedora", "44"))
    tree.put(image.BOOTED)
    finding = findings(look(tree))["os.restart_pending"]
    assert (finding.args["running"], finding.args["newest"]) == (
        "31.20200505.3.0",
        "31.20200517.3.0",
    )


SNAP = ("snap", "refresh", "--time", "--abs-time")


@pytest.mark.parametrize(
    ("answer", "changed", "expected"),
    [
        ("timer: 00:00~24:00/4\nlast: 2026-11-22T07:03:00+09:00\nnext: n/a\n", 5, None),
        ("timer: 00:00~24:00/4\nlast: 2026-09-01T07:03:00Z\nnext: n/a\n", 5, ("snap", 82, None)),
        ("last: 2026-11-22T07:03:00Z\nhold: forever\nnext: n/a\n", 5, ("snap", 0, "snap")),
        ("last: n/a\nhold: 2026-12-30T00:00:00Z\n", 5, ("snap", None, "snap")),
        ("last: 2026-11-22T07:03:00Z\nhold: 2026-11-01T00:00:00Z\n", 5, None),
        ("last: n/a\n", 5, None),
        ((1, "", "error: cannot communicate with server\n"), 5, None),
        ("last: n/a\n", 91, ("flatpak", 91, None)),
    ],
)
def test_apps_from_elsewhere(
    tmp_path: Path,
    answer: CommandAnswer,
    changed: int,
    expected: tuple[str, int | None, str | None] | None,
) -> None:
    """Outputs constructed after snapd's documentation (`snap refresh --time`)."""
    tree = Tree(tmp_path, {SNAP: answer})
    tree.put("/etc/os-release", os_release("debian", "13"))
    tree.put("/var/lib/snapd/snaps/firefox_1.snap")
    tree.put("/var/lib/flatpak/app/org.example.App/current")
    tree.put("/var/lib/flatpak/.changed", at=NOW - timedelta(days=changed))
    finding = findings(look(tree)).get("os.apps_not_updated")
    said = finding and tuple(finding.args[name] for name in ("store", "days", "held"))
    assert said == expected


def test_snap_is_not_asked_where_it_has_brought_nothing(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {SNAP: "last: n/a\n"})
    tree.put("/etc/os-release", os_release("debian", "13"))
    tree.put("/var/lib/snapd/snaps/README")
    assert look(tree).app_stores == ()
    assert tree.ran == []
