"""Pending updates, held against what apt itself says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checks.os.linux import apt, apt_lists
from checks.os.patch import Patches
from diag.deadline import Deadline
from diag.host import Command, real_host
from diag.model import Failed
from tests.checks.os.tree import Kept

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.skipif(not shutil.which("apt-cache"), reason="no apt on this machine")
if shutil.which("dpkg"):
    from tests.checks.os.debian import NATIVE, Debian, InRoot


@pytest.fixture
def debian(tmp_path: Path) -> Debian:
    return Debian(tmp_path)


def pending(debian: Debian) -> Patches:
    return apt.pending(InRoot(debian), Deadline.after(10))


def test_counts_what_apt_lists(debian: Debian) -> None:
    debian.install({"a": "1.0-1", "b": "1.0", "c": "2", "d": "1:1", "local": "9"})
    debian.publish("stable", {"a": "1.0-2", "b": "0.9", "c": "2", "d": "2"})
    debian.publish("stable-security", {"b": "1.1"}, label="Debian-Security")
    debian.update()
    found = pending(debian)
    assert debian.upgradable() == {"a", "b"}
    assert (found.pending, found.security, found.held) == (2, 1, 0)


def test_a_security_fix_that_an_update_has_overtaken_is_missing_all_the_same(
    debian: Debian,
) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "3"})
    debian.publish("stable-security", {"a": "2"})
    debian.update()
    assert pending(debian).security == 1


def test_a_security_fix_that_is_installed_is_not_missing(debian: Debian) -> None:
    debian.install({"a": "2"})
    debian.publish("stable", {"a": "3"})
    debian.publish("stable-security", {"a": "2"})
    debian.update()
    found = pending(debian)
    assert (found.pending, found.security) == (1, 0)


def test_held_packages_are_counted_apart(debian: Debian) -> None:
    debian.install({"a": "1", "b": "1"}, held=("a",))
    debian.publish("stable-security", {"a": "2", "b": "2"})
    debian.update()
    found = pending(debian)
    assert len(debian.upgradable()) - found.held == found.pending == found.security == 1


def test_held_package_of_this_architecture(debian: Debian) -> None:
    debian.install({"a": "1"}, held=("a",), arch=NATIVE)
    debian.publish("stable", {"a": "2"}, arch=NATIVE)
    debian.update()
    found = pending(debian)
    assert (found.pending, found.held) == (0, 1)


@pytest.mark.parametrize(
    ("pin", "expected"),
    [
        ("Package: a\nPin: version 1*\nPin-Priority: 1001\n", {"b"}),
        ("Package: *\nPin: release a=stable-security\nPin-Priority: -1\n", {"a"}),
        ("Package: b\nPin: version 0.9\nPin-Priority: 1001\n", {"a"}),  # a downgrade is no update
    ],
)
def test_pins_are_honoured(debian: Debian, pin: str, expected: set[str]) -> None:
    debian.install({"a": "1", "b": "1"})
    debian.publish("stable", {"a": "2", "b": "0.9"})
    debian.publish("stable-security", {"b": "1.1"})
    debian.update()
    debian.pin(pin)
    assert debian.upgradable() == expected
    assert pending(debian).pending == len(expected)


def test_a_rebuilt_package_with_the_same_version(debian: Debian) -> None:
    debian.install({"a": "1"}, arch=NATIVE)
    debian.publish("stable", {"a": "1"}, arch=NATIVE)
    debian.update()
    assert pending(debian).pending == len(debian.upgradable())


def test_many_packages_are_asked_about_in_batches(
    debian: Debian, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apt, "BATCH", 2)
    debian.install(dict.fromkeys("abcdefg", "1"))
    debian.publish("stable", dict.fromkeys("abcdef", "2"))
    debian.update()
    assert pending(debian).pending == len(debian.upgradable()) == 6


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("state", ["none", "stale", "fresh"])
def test_as_root_nothing_is_written(debian: Debian, state: str) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "2"})
    debian.update()
    cache = debian.root / "var/cache/apt/pkgcache.bin"
    if state == "none":
        for path in cache.parent.glob("*.bin"):
            path.unlink()
    elif state == "stale":
        debian.install({"a": "1.0"})
    before = {path: path.stat().st_mtime_ns for path in debian.root.rglob("*")}
    host = Counting(debian)
    assert apt.pending(host, Deadline.after(10)).pending == 1
    assert {path: path.stat().st_mtime_ns for path in debian.root.rglob("*")} == before
    # A cache that holds spares apt most of its work.
    assert (apt.NO_CACHE[1] in host.words) is (state != "fresh")


def test_without_lists_nothing_is_said(debian: Debian) -> None:
    debian.install({"a": "1"})
    with pytest.raises(Failed) as caught:
        pending(debian)
    assert caught.value.failure.code == "needs_missing"


def test_lists_that_are_half_there_do_not_tell_security_updates_apart(debian: Debian) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "2"})
    debian.publish("stable-security", {"a": "3"})
    debian.update()
    for path in (debian.root / "var/lib/apt/lists").glob("*stable-security*"):
        path.unlink()
    found = pending(debian)
    assert found.pending == len(debian.upgradable()) == 1
    assert found.security is None


def test_age_of_fix_and_lists(debian: Debian) -> None:
    published = datetime.now(UTC).replace(microsecond=0) - timedelta(days=11)
    debian.install({"a": "1"})
    debian.publish("stable-security", {"a": "2"}, date=published)
    before = datetime.now(UTC) - timedelta(seconds=2)
    debian.update()
    found = pending(debian)
    assert found.oldest_security == published
    assert found.listed is not None and before <= found.listed <= datetime.now(UTC)


def test_one_archive_that_answers_does_not_make_the_others_fresh(debian: Debian) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    debian.install({"a": "1"})
    debian.publish("stable-security", {"a": "2"}, date=now - timedelta(days=40))
    debian.publish("shop", {"b": "2"}, label="Shop", date=now)
    debian.update()
    assert pending(debian).listed == now - timedelta(days=40)
    debian.publish("other-security", {"a": "2"}, date=now - timedelta(days=3))
    debian.update()
    listed = pending(debian).listed
    assert listed is not None and listed >= now


def test_a_failed_update_does_not_make_the_lists_fresh(debian: Debian) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "2"})
    debian.update()
    lists = debian.root / "var/lib/apt/lists"
    long_ago = (datetime.now(UTC) - timedelta(days=30)).timestamp()
    os.utime(lists, (long_ago, long_ago))
    (debian.root / "archive").rename(debian.root / "away")
    with pytest.raises(subprocess.CalledProcessError):
        debian.apt("apt-get", "-q", "-o", "Acquire::Retries=0", "-eany", "update")
    listed = pending(debian).listed
    assert listed is None or listed < datetime.now(UTC) - timedelta(days=1)


def test_this_machine_has_as_many_as_apt_says() -> None:
    host = real_host()
    try:
        found = apt.pending(host, Deadline.after(20))
    except Failed as error:
        assert error.failure.code == "needs_missing"
        pytest.skip("no package lists here")
    listed = said_by("apt", "list", "--upgradable")
    upgradable = {line.partition("/")[0] for line in listed if "[upgradable from" in line}
    assert found.pending + found.held + found.deferred == len(upgradable)
    assert found.held == len(upgradable & set(said_by("apt-mark", "showhold")))
    # A fix that a later update has overtaken counts too, so there may be more.
    fixes = sum("-security" in line.partition(" ")[0] for line in listed)
    assert found.security is None or found.security >= fixes
    archives = "".join(said_by("apt-cache", "policy"))
    assert (found.security is not None) is ("-security" in archives)


def said_by(*command: str) -> list[str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return done.stdout.splitlines()


def test_policy_of_a_phased_update_and_a_pinned_package() -> None:
    """From Ubuntu 24.04: apt writes how far a phased update has come behind its priority."""
    text = """\
libc6:
  Installed: 2.39-0ubuntu8.4
  Candidate: 2.39-0ubuntu8.5
  Package pin: 2.39-0ubuntu8.5
  Version table:
     2.39-0ubuntu8.5 500 (phased 20%)
        500 http://mirror.example/ubuntu noble-updates/main amd64 Packages
        500 http://mirror.example/ubuntu noble-security/main amd64 Packages
 *** 2.39-0ubuntu8.4 100
        100 /var/lib/dpkg/status
libc6:i386:
  Installed: (none)
  Candidate: (none)
  Version table:
"""
    policies = dict(apt.parse_policy(text))
    newer = apt.newer_offers(*policies["libc6"])
    assert [offer.version for offer in newer] == ["2.39-0ubuntu8.5"]
    assert newer[0].archives == (
        ("http://mirror.example/ubuntu", "noble-updates/main"),
        ("http://mirror.example/ubuntu", "noble-security/main"),
    )
    assert apt.newer_offers(*policies["libc6:i386"]) == []


@pytest.mark.parametrize(
    ("uri", "distribution", "stem"),
    [
        ("http://m.example/debian", "bookworm", "m.example_debian_dists_bookworm"),
        ("https://u:p@m.example/debian/", "bookworm", "m.example_debian_dists_bookworm"),
        ("http://m.example/a_b", "x/updates", "m.example_a%5fb_dists_x_updates"),
        ("mirror+https://m.example/list", "sid", "m.example_list_dists_sid"),
        ("file:/srv/repo", "sid", "_srv_repo_dists_sid"),
        ("file:/srv/repo", "./", "_srv_repo_._"),
    ],
)
def test_names_of_list_files(uri: str, distribution: str, stem: str) -> None:
    assert apt_lists.list_stem(uri, distribution) == stem


def test_security_archives_are_known_by_label_or_suite() -> None:
    assert apt_lists.parse_release(b"Label: Debian-Security\nSuite: oldstable/updates\n").security
    assert apt_lists.parse_release(b"Label: Ubuntu\nSuite: noble-security\nDate: never\n").security
    assert not apt_lists.parse_release(b"Label: security-tools\nSuite: stable\n").security


# --- phased updates -----------------------------------------------------------------------------

MACHINES = ("0123456789abcdef0123456789abcdef", "b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0")


def kept_back(debian: Debian) -> set[str]:
    """What apt itself does not upgrade for now."""
    said = debian.apt("apt-get", "-s", "upgrade").splitlines()
    due = {line.split()[1] for line in said if line.startswith("Inst ")}
    return debian.upgradable() - due


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("percentage", [0, 10, 50, 90, 100])
def test_updates_that_are_rolled_out_in_phases(
    debian: Debian, machine: str, percentage: int
) -> None:
    names = dict.fromkeys((f"p{number}" for number in range(20)), "1")
    debian.install(names)
    debian.publish(
        "stable",
        dict.fromkeys(names, "2~ubuntu1"),
        more=f"Phased-Update-Percentage: {percentage}\nSource: src (3.0-1)\n",
    )
    debian.publish("other", {"p1": "2"}, more="Phased-Update-Percentage: 50\n")
    (debian.root / "etc/machine-id").write_text(f"{machine}\n", encoding="ascii")
    debian.update()
    late = kept_back(debian)
    found = pending(debian)
    assert (found.pending, found.deferred) == (20 - len(late), len(late))


def test_a_security_fix_is_for_everybody_at_once(debian: Debian) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "3"}, more="Phased-Update-Percentage: 0\n")
    debian.publish("stable-security", {"a": "2"})
    (debian.root / "etc/machine-id").write_text(f"{MACHINES[0]}\n", encoding="ascii")
    debian.update()
    assert kept_back(debian) == set()
    found = pending(debian)
    assert (found.pending, found.security, found.deferred) == (1, 1, 0)


@pytest.mark.parametrize(("option", "deferred"), [("Always", 0), ("Never", 1)])
def test_phases_can_be_switched_off(debian: Debian, option: str, deferred: int) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "2"}, more="Phased-Update-Percentage: 90\n")
    (debian.root / "etc/machine-id").write_text(f"{MACHINES[0]}\n", encoding="ascii")
    (debian.root / "etc/apt/apt.conf.d/phased").write_text(
        f'APT::Get::{option}-Include-Phased-Updates "true";\n', encoding="ascii"
    )
    debian.update()
    assert len(kept_back(debian)) == deferred
    assert pending(debian).deferred == deferred


# --- sources ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.list", "deb nonsense\n"),
        ("x.list", "Types: deb\n"),
        ("x.sources", "Types: deb\nURIs: http://mirror.example/debian\n"),
        ("x.sources", "<<<<<<< HEAD\n"),
    ],
)
def test_a_broken_file_of_sources_is_named(debian: Debian, name: str, text: str) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "2"})
    debian.update()
    (debian.root / "etc/apt/sources.list.d" / name).write_text(text, encoding="utf-8")
    with pytest.raises(apt.Broken) as caught:
        pending(debian)
    assert caught.value.file.endswith(f"/etc/apt/sources.list.d/{name}")


def test_broken_preferences_are_named_too(debian: Debian) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "2"})
    debian.update()
    debian.pin("hello\n")
    with pytest.raises(apt.Broken) as caught:
        pending(debian)
    assert caught.value.file.endswith("/etc/apt/preferences.d/test")


def test_a_list_that_was_removed(debian: Debian) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "2"})
    debian.publish("other", {"b": "2"})
    debian.publish("stable-security", {"a": "3"})
    debian.publish("still-empty", {})
    debian.update()
    assert pending(debian).unlisted == 0
    for path in (debian.root / "var/lib/apt/lists").glob("*other_main*"):
        path.unlink()
    assert pending(debian).unlisted == 1
    for path in (debian.root / "var/lib/apt/lists").glob("*stable-security*"):
        path.unlink()
    assert pending(debian).unlisted == 2


def test_a_source_that_was_never_fetched(debian: Debian) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "2"})
    debian.update()
    (debian.root / "etc/apt/sources.list.d/new.sources").write_text(
        "# one\nTypes: deb deb-src\nURIs: http://mirror.example/debian\nSuites: sid\n stretch\n"
        "Components: main\nTrusted: yes\n\nEnabled: no\nTypes: deb\nURIs: http://mirror.example/x\n"
        "Suites: sid\nComponents: main\n",
        encoding="utf-8",
    )
    assert pending(debian).unlisted == 2


def test_lines_of_sources() -> None:
    text = (
        "# deb http://no.example/ x main\n\n"
        "deb [arch=amd64 signed-by=/k] http://m.example/debian bookworm main # c\n"
        "deb-src http://m.example/debian bookworm main\n"
        "deb file:/srv/repo ./\n"
        "deb cdrom:[Debian GNU/Linux 12 _Bookworm_]/ bookworm main\n"
    )
    assert list(apt_lists.parse_list(text)) == [
        ("http://m.example/debian", "bookworm"),
        ("file:/srv/repo", "./"),
        ("cdrom:[Debian", "GNU/Linux"),
    ]
    assert not apt_lists.on_the_net("cdrom:[Debian", "GNU/Linux")


# --- what was said before -----------------------------------------------------------------------


class Counting(InRoot):
    """A device that notes what is run."""

    def __init__(self, debian: Debian) -> None:
        super().__init__(debian)
        self.ran: list[str] = []
        self.words: set[str] = set()

    def run(
        self,
        tool: str,
        *args: str,
        timeout_s: float = 5.0,
        env: Mapping[str, str] | None = None,
        heard: Callable[[bytes], None] | None = None,
    ) -> Command:
        self.ran.append(tool)
        self.words |= set(args)
        return super().run(tool, *args, timeout_s=timeout_s, env=env, heard=heard)


def test_nothing_is_run_as_long_as_nothing_has_changed(debian: Debian) -> None:
    memory = Kept()

    def ask() -> tuple[Patches, bool]:
        host = Counting(debian)
        return apt.pending(host, Deadline.after(10), memory), bool(host.ran)

    debian.install({"a": "1", "b": "1"})
    debian.publish("stable", {"a": "2", "b": "2"})
    debian.update()
    first, asked = ask()
    assert asked and first.pending == 2
    assert ask() == (first, False)
    changes: list[tuple[Callable[[], object], int]] = [
        (lambda: debian.install({"a": "2.0", "b": "1"}), 1),
        (lambda: debian.install({"a": "1", "b": "1"}, held=("a",)), 1),
        (lambda: debian.pin("Package: b\nPin: release a=stable\nPin-Priority: -1\n"), 0),
        (lambda: debian.pin("Package: zzz\nPin: release a=stable\nPin-Priority: -1\n"), 1),
        (lambda: debian.publish("new", {"b": "3"}), 1),
        (debian.update, 1),
    ]
    for change, count in changes:
        change()
        found, asked = ask()
        assert asked
        assert found.pending == count == len(debian.upgradable()) - found.held
        assert ask() == (found, False)


def test_what_was_remembered_for_another_form_is_not_believed(debian: Debian) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "2"})
    debian.update()
    memory = Kept()
    found = apt.pending(InRoot(debian), Deadline.after(10), memory)
    ((key, value),) = memory.things.items()
    for broken in ("", "x", value[:-1], value.replace("pending", "waiting"), f"0{value}"):
        memory.things[key] = broken
        assert apt.pending(InRoot(debian), Deadline.after(10), memory) == found


# --- by itself ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "upgrader", "masked", "expected"),
    [
        ("", True, False, "off"),
        ('APT::Periodic { Update-Package-Lists "1"; Unattended-Upgrade "1"; };', True, False,
         "security"),
        ('APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
         False, False, "off"),
        ('APT::Periodic::Update-Package-Lists "1";\n'
         'APT::Periodic::Download-Upgradeable-Packages "1";\n', True, False, "download"),
        ('APT::Periodic { Update-Package-Lists "1"; Unattended-Upgrade "1"; };', True, True,
         "off"),
        ('APT::Periodic { Enable "0"; Update-Package-Lists "1"; Unattended-Upgrade "1"; };',
         True, False, "off"),
    ],
)  # fmt: skip
def test_whether_security_updates_come_by_themselves(
    debian: Debian, settings: str, upgrader: bool, masked: bool, expected: str
) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "2"})
    debian.update()
    (debian.root / "etc/apt/apt.conf.d/20auto-upgrades").write_text(settings, encoding="utf-8")
    if upgrader:
        (debian.root / "usr/bin").mkdir(parents=True)
        (debian.root / "usr/bin/unattended-upgrade").write_text("#!\n", encoding="utf-8")
    if masked:
        (debian.root / "etc/systemd/system").mkdir(parents=True)
        (debian.root / "etc/systemd/system/apt-daily-upgrade.timer").symlink_to("/dev/null")
    assert pending(debian).automatic == expected


def test_timers_that_are_switched_off(debian: Debian) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "2"})
    debian.update()
    (debian.root / "etc/apt/apt.conf.d/20auto-upgrades").write_text(
        'APT::Periodic { Update-Package-Lists "1"; Unattended-Upgrade "1"; };', encoding="utf-8"
    )
    wanted = debian.root / "etc/systemd/system/timers.target.wants"
    for directory in (debian.root / "usr/bin", debian.root / "run/systemd/system", wanted):
        directory.mkdir(parents=True)
    (debian.root / "usr/bin/unattended-upgrade").write_text("#!\n", encoding="utf-8")
    memory = Kept()
    found = []
    for names in ((), ("apt-daily.timer",), ("apt-daily-upgrade.timer",)):
        for name in names:
            (wanted / name).write_text("[Timer]\n", encoding="utf-8")
        found.append(apt.pending(InRoot(debian), Deadline.after(10), memory).automatic)
    assert found == ["off", "off", "security"]


# --- an ordinary user ---------------------------------------------------------------------------

# What an ordinary user runs is loaded before: the interpreter may lie where only root can read.
AS_SOMEBODY = """
import sys, os
import checks.os.linux.apt, diag.host.real, diag.host.linux, diag.host.process, psutil
import zoneinfo, email.utils, pwd, encodings.ascii, encodings.idna
from pathlib import Path
from checks.os.linux import apt
from diag.deadline import Deadline
from diag.host import real_host
from diag.model import Failed
from tests.checks.os.debian import InRoot
class Place:
    root = Path(sys.argv[1])
    config = root / "apt.conf"
host = InRoot(Place()) if sys.argv[1] else real_host()
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    found = apt.pending(host, Deadline.after(20))
    print(found.pending, found.held, found.unlisted)
except Failed as error:
    print(error.failure.code)
"""

as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else"
)


def somebody_is_told(root: Path | str = "") -> str:
    said = subprocess.run(
        [sys.executable, "-c", AS_SOMEBODY, str(root)],
        check=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    return said.stdout.strip()


@as_root
def test_an_ordinary_user_is_told_the_same() -> None:
    try:
        found = apt.pending(real_host(), Deadline.after(20))
    except Failed:
        pytest.skip("no package lists here")
    assert somebody_is_told() == f"{found.pending} {found.held} {found.unlisted}"


@as_root
def test_what_an_ordinary_user_may_not_read(debian: Debian) -> None:
    for directory in (debian.root, *debian.root.parents):
        if directory.stat().st_mode & 0o005 != 0o005:  # pytest's own, however many there are
            directory.chmod(0o755)
    debian.install({"a": "1", "b": "1"}, held=("b",))
    debian.publish("stable", {"a": "2", "b": "2"})
    debian.update()
    assert somebody_is_told(debian.root) == "1 1 0"
    hidden = debian.root / "etc/apt/sources.list.d/shop.list"
    hidden.write_text("deb http://mirror.example/shop stable main\n", encoding="utf-8")
    hidden.chmod(0o600)
    assert somebody_is_told(debian.root) == "1 1 1"
    hidden.unlink()
    debian.pin("Package: a\nPin: version 1\nPin-Priority: 1001\n")
    (debian.root / "etc/apt/preferences.d/test").chmod(0o600)
    assert somebody_is_told(debian.root) == "needs_admin"
