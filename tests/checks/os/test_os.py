"""What the rules say of each state of a device."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from checks.os import CHECK
from checks.os.end_of_life import Life
from checks.os.facts import OsFact
from checks.os.linux.restart import Restart
from checks.os.patch import Patches
from checks.os.support.facts import SupportFact, Today
from diag.host import real_host
from diag.model import Failed, Failure, Finding, Unmeasured
from tests.checks.os.tree import Tree
from tests.support import NOW, context, replay, view

HEALTHY = OsFact(
    id="debian",
    version="13",
    name="Debian GNU/Linux 13 (trixie)",
    life=Life(ends=date(2030, 6, 30)),
    table_date=date(2026, 8, 22),
    patches=Patches(manager="apt", pending=0, security=0, listed=NOW - timedelta(hours=3)),
    restart=Restart(pending=False),
)


def found(fact: OsFact) -> dict[str, Finding]:
    return {each.code: each for each in CHECK.judge(fact, view(fact)) if isinstance(each, Finding)}


def unknown(fact: OsFact) -> set[str]:
    return {each.code for each in CHECK.judge(fact, view(fact)) if isinstance(each, Unmeasured)}


def having(**changes: Any) -> OsFact:
    patches = {k: changes.pop(k) for k in list(changes) if k in Patches.__struct_fields__}
    fact = msgspec.structs.replace(HEALTHY, **changes)
    if patches and fact.patches:
        fact = msgspec.structs.replace(
            fact, patches=msgspec.structs.replace(fact.patches, **patches)
        )
    return fact


def test_nothing_to_say() -> None:
    assert (found(HEALTHY), unknown(HEALTHY)) == ({}, set())


def test_security_updates_are_a_warning() -> None:
    fact = having(pending=12, security=3, held=1, oldest_security=NOW - timedelta(days=41))
    finding = found(fact)["os.updates_pending"]
    assert finding.severity is None
    assert finding.args == {
        "updates_pending": 12,
        "security_updates_pending": 3,
        "oldest_days": 41,
        "lists_age_days": 0,
        "updates_held": 1,
        "failed": None,
        "updates_deferred": None,
        "sources_unlisted": None,
        "automatic": None,
        "command": "sudo apt update && sudo apt upgrade",
    }


@pytest.mark.parametrize("security", [0, None])
def test_other_updates_are_a_note(security: int | None) -> None:
    finding = found(having(pending=12, security=security))["os.updates_pending"]
    assert finding.severity == "info"
    assert finding.args["security_updates_pending"] is None


def test_old_lists_do_not_tell_that_nothing_is_pending() -> None:
    fact = having(listed=NOW - timedelta(days=40))
    assert unknown(fact) == {"os.updates_pending"}
    assert found(fact)["os.updates_unchecked"].args["lists_age_days"] == 40


def test_what_old_lists_show_to_be_pending_still_is() -> None:
    fact = having(pending=5, security=1, listed=NOW - timedelta(days=40))
    assert unknown(fact) == set()
    assert found(fact)["os.updates_pending"].args["lists_age_days"] == 40


def test_an_image_is_no_older_than_its_makers_pace() -> None:
    for days, says in ((10, False), (20, False), (50, True)):
        fact = having(manager="rpm-ostree", security=None, listed=NOW - timedelta(days=days))
        fact = msgspec.structs.replace(fact, id="fedora")
        assert ("os.updates_unchecked" in found(fact)) is says
        assert ("os.updates_pending" in unknown(fact)) is (days > 14)


def test_lists_of_unknown_age_or_without_a_security_archive() -> None:
    assert unknown(having(listed=None)) == {"os.updates_pending", "os.updates_unchecked"}
    assert unknown(having(security=None)) == {"os.updates_pending"}
    assert unknown(having(security=None, id="raspbian")) == set()


def test_no_lists_at_all() -> None:
    failure = Failure(code="needs_missing", operation="read package lists")
    fact = having(patches=None, patches_failure=failure)
    assert (found(fact), unknown(fact)) == ({}, {"os.updates_pending", "os.updates_unchecked"})


def test_end_of_life() -> None:
    fact = having(life=Life(ends=date(2026, 11, 21)))
    finding = found(fact)["os.end_of_life"]
    assert finding.confidence == "certain"
    assert finding.args["ended"] == "2026-11-21"
    assert "os.end_of_life" not in found(having(life=Life(ends=date(2026, 11, 22))))


def test_the_later_of_both_dates_counts() -> None:
    prolonged = having(life=Life(ends=date(2026, 11, 1)), support_ends=date(2026, 12, 1))
    assert found(prolonged) == {}
    only_os_release = having(life=None, support_ends=date(2026, 11, 1))
    assert "os.end_of_life" in found(only_os_release)


def test_extended_support_may_have_been_bought() -> None:
    fact = having(life=Life(ends=date(2025, 5, 31), extended=date(2030, 4, 30)))
    finding = found(fact)["os.end_of_life"]
    assert (finding.confidence, finding.args["extended"]) == ("likely", "2030-04-30")


def test_an_end_that_is_not_known() -> None:
    assert unknown(having(life=None)) == {"os.end_of_life"}
    assert unknown(having(life=Life(ends=None))) == set()
    assert unknown(having(life=None, rolling=True)) == set()


def test_extended_support_that_is_switched_on_or_known_to_be_off() -> None:
    life = Life(ends=date(2025, 5, 31), extended=date(2030, 4, 30))
    assert found(having(life=life, extended_on=True)) == {}
    off = found(having(life=life, extended_on=False))["os.end_of_life"]
    assert (off.confidence, off.args["extended"], off.args["offered"]) == (
        "certain",
        None,
        "2030-04-30",
    )
    over = Life(ends=date(2020, 5, 31), extended=date(2025, 4, 30))
    ended = found(having(life=over, extended_on=True))["os.end_of_life"]
    assert (ended.confidence, ended.args["offered"]) == ("certain", None)


def asked(life: Life | None) -> SupportFact:
    today = Today(life=life, as_of=date(2026, 11, 20), asked_at=NOW)
    return SupportFact(today=today)


def found_having_asked(fact: OsFact, answer: SupportFact) -> dict[str, Finding]:
    judged = CHECK.judge(fact, view(fact, answer))
    return {each.code: each for each in judged if isinstance(each, Finding)}


def test_what_the_maker_says_today_counts_more_than_the_shipped_table() -> None:
    shipped = having(life=Life(ends=date(2026, 11, 1)))
    assert found_having_asked(shipped, asked(Life(ends=date(2027, 11, 1)))) == {}
    ended = found_having_asked(shipped, asked(Life(ends=date(2026, 10, 1))))["os.end_of_life"]
    assert (ended.args["ended"], ended.args["table_date"]) == ("2026-10-01", "2026-11-20")
    # A release that is not listed any more has not come back.
    assert "os.end_of_life" in found_having_asked(shipped, asked(None))
    assert found_having_asked(having(life=None), asked(Life(ends=date(2027, 1, 1)))) == {}
    assert "os.end_of_life" in found_having_asked(shipped, SupportFact())


def test_an_old_table_says_so() -> None:
    old = having(table_date=NOW.date() - timedelta(days=181))
    assert found(old)["os.dates_old"].args["days"] == 181
    assert found(having(table_date=NOW.date() - timedelta(days=180))) == {}
    assert found_having_asked(old, asked(Life(ends=date(2030, 6, 30)))) == {}
    assert found(having(table_date=NOW.date() - timedelta(days=181), rolling=True)) == {}


def test_a_broken_file_of_sources() -> None:
    failure = Failure(code="unparsable", operation="read the sources of updates")
    fact = having(
        patches=None, patches_failure=failure, broken_source="/etc/apt/sources.list.d/x.list"
    )
    assert found(fact)["os.sources_broken"].args["file"] == "/etc/apt/sources.list.d/x.list"
    assert unknown(fact) == {"os.updates_pending", "os.updates_unchecked"}


def test_sources_without_lists() -> None:
    assert unknown(having(unlisted=1)) == {"os.updates_pending"}
    fact = having(unlisted=2, pending=3, security=1)
    assert found(fact)["os.updates_pending"].args["sources_unlisted"] == 2


def test_restart() -> None:
    kernel = Restart(pending=True, because="kernel", running="6.12.9-amd64", newest="6.12.48-amd64")
    finding = found(having(restart=kernel))["os.restart_pending"]
    assert (finding.confidence, finding.args["newest"]) == ("likely", "6.12.48-amd64")
    image = Restart(pending=True, because="image", running="44.1", newest="44.2")
    finding = found(having(restart=image))["os.restart_pending"]
    assert (finding.confidence, finding.args["running"]) == ("certain", "44.1")
    loaded = Restart(pending=True, because="libraries", programs=("sshd",))
    finding = found(having(restart=loaded))["os.restart_pending"]
    assert (finding.confidence, finding.args["programs"]) == ("likely", ["sshd"])
    mark = Restart(pending=True, because="mark", packages=("libc6",))
    assert found(having(restart=mark))["os.restart_pending"].args["packages"] == ["libc6"]
    assert unknown(having(restart=Restart(pending=None))) == {"os.restart_pending"}


def test_other_systems_are_not_served() -> None:
    with pytest.raises(Failed) as caught:
        CHECK.collect(replay("other"), context())
    assert caught.value.failure.code == "unsupported"


def test_a_distribution_without_a_known_package_manager(tmp_path: Path) -> None:
    host = Tree(tmp_path)
    host.put("/etc/os-release", "ID=void\nBUILD_ID=rolling\n")
    host.put("/proc/sys/kernel/osrelease", "6.6.1_1\n")
    fact = CHECK.collect(host, context())
    assert found(fact) == {}
    assert unknown(fact) == {"os.updates_pending", "os.updates_unchecked", "os.restart_pending"}
    failure = fact.patches_failure
    assert failure is not None and failure.code == "unsupported"


def test_the_fact_survives_a_report() -> None:
    fact = having(pending=2, security=1, oldest_security=datetime(2026, 11, 1, tzinfo=UTC))
    assert msgspec.json.decode(msgspec.json.encode(fact), type=OsFact) == fact


def test_this_machine() -> None:
    host = real_host()
    if host.family != "linux":
        pytest.skip("Linux only")
    fact = CHECK.collect(host, context(seconds=20))
    assert fact.id
    assert (fact.patches is None) != (fact.patches_failure is None)
