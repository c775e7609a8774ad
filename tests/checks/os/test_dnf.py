from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checks.os.linux import dnf
from checks.os.patch import Patches
from diag.deadline import Deadline
from diag.model import Failed
from tests.checks.os.tree import Kept, Tree
from tests.support import CommandAnswer

RECORDED = Path(__file__).parents[2] / "recorded" / "os"
CHECK_UPDATE = (RECORDED / "dnf4-check-update.txt").read_text(encoding="utf-8")
UPDATEINFO = (RECORDED / "dnf4-updateinfo.txt").read_text(encoding="utf-8")
ADVISORIES = (RECORDED / "dnf5-advisories.json").read_text(encoding="utf-8")
LISTED = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)

DNF4_CHECK = ("dnf", "-q", "-C", "check-update")
DNF4_INFO = ("dnf", "-q", "-C", "updateinfo", "list", "--available")
DNF5_CHECK = ("dnf5", "-q", "-C", "check-update")
DNF5_LIST = ("dnf5", "-q", "-C", "advisory", "list", "--updates", "--json")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)


ROOT = Path()


def pending(commands: dict[tuple[str, ...], CommandAnswer], cache: str) -> Patches:
    host = Tree(ROOT, commands)
    host.put(f"{cache}/expired_repos.json")
    host.put(f"{cache}/updates-1a2b/repodata/repomd.xml", at=LISTED)
    return dnf.pending(host, Deadline.after(5))


def dnf4(check: CommandAnswer, info: CommandAnswer = "") -> Patches:
    return pending({DNF4_CHECK: check, DNF4_INFO: info}, "/var/cache/dnf")


def dnf5(check: CommandAnswer, advisories: CommandAnswer = "[]") -> Patches:
    return pending({DNF5_CHECK: check, DNF5_LIST: advisories}, "/var/cache/libdnf5")


def test_dnf4() -> None:
    found = dnf4((100, CHECK_UPDATE, ""), UPDATEINFO)
    assert (found.manager, found.pending, found.security) == ("dnf", 5, 2)
    assert found.listed == LISTED
    assert found.oldest_security is None


def test_dnf5() -> None:
    updates = """\
Updates
curl.x86_64          8.18.0-10.fc44       updates
libcurl.x86_64       8.18.0-10.fc44       updates
openssl-libs.x86_64  1:3.5.8-1.fc44       updates
vim-minimal.x86_64   2:9.1.2000-1.fc44    updates

Obsoleting Packages
old-thing.x86_64     2.0-1.fc44           updates
    old.x86_64       1.0-1.fc44           @System
"""
    found = dnf5((100, updates, ""), ADVISORIES)
    assert (found.manager, found.pending, found.security) == ("dnf5", 4, 3)
    assert found.oldest_security == datetime.fromtimestamp(1788312756, UTC)


def test_dnf5_of_older_releases_writes_the_time_as_text() -> None:
    advisory = (
        '[{"name":"FEDORA-2024-1e8a70c30e","type":"security","severity":"None",'
        '"nevra":"zstd-1.5.6-1.fc40.aarch64","buildtime":"2024-04-19 21:20:20"}]'
    )
    found = dnf5((100, "zstd.aarch64 1.5.6-1.fc40 updates\n", ""), advisory)
    assert found.oldest_security == datetime(2024, 4, 19, 21, 20, 20, tzinfo=UTC)


def test_nothing_pending() -> None:
    assert dnf4("", UPDATEINFO).pending == 0
    found = dnf5("", ADVISORIES)
    assert (found.pending, found.security) == (0, 0)


def test_noise_of_subscription_manager_is_passed_over() -> None:
    noise = "Updating Subscription Management repositories.\nUnable to read consumer identity\n"
    found = dnf4((100, noise + CHECK_UPDATE, ""), noise + UPDATEINFO)
    assert (found.pending, found.security) == (5, 2)


def test_repositories_without_advisories_do_not_tell_security_updates_apart() -> None:
    assert dnf4((100, CHECK_UPDATE, ""), "").security is None


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((1, "", "Error: Cache-only enabled but no cache for 'baseos'\n"), "needs_missing"),
        ((1, 'Cache-only enabled but no cache for repository "fedora"\n', ""), "needs_missing"),
        ((1, "", "Error: Failed to load expired repo cache\n"), "unparsable"),
        (Failed("tool_missing", "run dnf"), "tool_missing"),
    ],
)
def test_could_not_tell(answer: CommandAnswer, code: str) -> None:
    with pytest.raises(Failed) as caught:
        dnf4(answer)
    assert caught.value.failure.code == code


def test_a_list_of_advisories_that_is_none() -> None:
    with pytest.raises(Failed) as caught:
        dnf5((100, "zstd.aarch64 1.5.6-1.fc40 updates\n", ""), "Updating repositories\n[")
    assert caught.value.failure.code == "unparsable"


@pytest.mark.parametrize("language", ["de", "ja"])
def test_dnf4_in_other_languages(language: str) -> None:
    text = (RECORDED / f"dnf4-updateinfo-{language}.txt").read_text(encoding="utf-8")
    security = [each.nevra for each in dnf.parse_updateinfo(text) if each.security]
    assert security == ["curl-1.1-1.noarch"]


@pytest.mark.parametrize(
    ("timer", "settings", "expected"),
    [
        (None, "", "off"),
        ("dnf-automatic.timer", "apply_updates = no\n", "download"),
        ("dnf-automatic.timer", "upgrade_type = security\napply_updates = yes\n", "security"),
        ("dnf-automatic-install.timer", "apply_updates = no\n", "all"),
        ("dnf5-automatic.timer", "apply_updates=true\n", "all"),
    ],
)
def test_what_comes_by_itself(
    tmp_path: Path, timer: str | None, settings: str, expected: str
) -> None:
    host = Tree(tmp_path, {DNF4_CHECK: "", DNF4_INFO: ""})
    host.put("/etc/dnf/automatic.conf", f"[commands]\n{settings}")
    if timer:
        host.put(f"/etc/systemd/system/timers.target.wants/{timer}", "[Timer]\n")
    assert dnf.pending(host, Deadline.after(5)).automatic == expected


def test_dnf_is_not_started_as_long_as_nothing_has_changed(tmp_path: Path) -> None:
    host = Tree(tmp_path, {DNF4_CHECK: (100, CHECK_UPDATE, ""), DNF4_INFO: UPDATEINFO})
    index = "/var/cache/dnf/updates-1a2b/repodata/repomd.xml"
    host.put(index, at=LISTED)
    memory = Kept()
    first = dnf.pending(host, Deadline.after(5), memory)
    assert len(host.ran) == 2
    assert dnf.pending(host, Deadline.after(5), memory) == first
    assert len(host.ran) == 2
    host.put(index, at=LISTED + timedelta(hours=1))
    dnf.pending(host, Deadline.after(5), memory)
    assert len(host.ran) == 4
    host.put("/etc/systemd/system/timers.target.wants/dnf-automatic-install.timer", "[Timer]\n")
    assert dnf.pending(host, Deadline.after(5), memory).automatic == "all"
    assert len(host.ran) == 4
    host.put("/var/lib/rpm/rpmdb.sqlite-wal")
    dnf.pending(host, Deadline.after(5), memory)
    assert len(host.ran) == 6
