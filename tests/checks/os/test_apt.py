"""Pending updates, held against what apt itself says."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checks.os.linux import apt
from checks.os.patch import Patches
from diag.deadline import Deadline
from diag.host import real_host
from diag.model import Failed

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
def test_as_root_nothing_is_written(debian: Debian) -> None:
    debian.install({"a": "1"})
    debian.publish("stable", {"a": "2"})
    debian.update()
    for path in (debian.root / "var/cache/apt").glob("*.bin"):
        path.unlink()
    before = {path: path.stat().st_mtime_ns for path in debian.root.rglob("*")}
    assert pending(debian).pending == 1
    assert {path: path.stat().st_mtime_ns for path in debian.root.rglob("*")} == before


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
    published = datetime(2026, 10, 12, 8, 30, tzinfo=UTC)
    debian.install({"a": "1"})
    debian.publish("stable-security", {"a": "2"}, date=published)
    before = datetime.now(UTC) - timedelta(seconds=2)
    debian.update()
    found = pending(debian)
    assert found.oldest_security == published
    assert found.listed is not None and before <= found.listed <= datetime.now(UTC)


def test_this_machine_has_as_many_as_apt_says() -> None:
    host = real_host()
    try:
        found = apt.pending(host, Deadline.after(20))
    except Failed as error:
        assert error.failure.code == "needs_missing"
        pytest.skip("no package lists here")
    listed = subprocess.run(
        ["apt", "list", "--upgradable"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    ).stdout.count("[upgradable from")
    assert found.pending + found.held == listed


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
    assert apt.list_stem(uri, distribution) == stem


def test_security_archives_are_known_by_label_or_suite() -> None:
    assert apt.parse_release(b"Label: Debian-Security\nSuite: oldstable/updates\n").security
    assert apt.parse_release(b"Label: Ubuntu\nSuite: noble-security\nDate: never\n").security
    assert not apt.parse_release(b"Label: security-tools\nSuite: stable\n").security
