"""What the rules say of what was found."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from checks.app import CHECK
from checks.app.facts import AppFact
from checks.app.installed import InstalledCopy, Looked
from checks.app.stores import Platform, StoreAnswer, StoreVersion
from diag.model import Answers, Failed, Failure, FailureCode, Finding, Unmeasured, View
from tests.support import context, profile_from, replay, view

DPKG = "/var/lib/dpkg/status"


def copy(version: str | None) -> Looked:
    found = InstalledCopy(version=version, maker_version=version, path="/opt/example")
    return Looked(source="command", copies=(found,))


def offer(version: str, platform: Platform = "any", source: str = "json") -> StoreAnswer:
    released = datetime(2026, 11, 10, tzinfo=UTC)
    found = StoreVersion(
        version=version, platform=platform, released=released, url="https://store.app.test/example"
    )
    return StoreAnswer(source=source, found=found)


def failed(code: FailureCode, source: str = "json") -> StoreAnswer:
    return StoreAnswer(source=source, failure=Failure(code=code, operation="ask the store"))


def judged(
    *installed: Looked, stores: tuple[StoreAnswer, ...] = (), seen: View | None = None
) -> tuple[dict[str, Finding], dict[str, str]]:
    fact = AppFact(installed=installed, stores=stores)
    judgements = list(CHECK.judge(fact, seen or view(fact)))
    return (
        {each.code: each for each in judgements if isinstance(each, Finding)},
        {each.code: each.reason for each in judgements if isinstance(each, Unmeasured)},
    )


def needing(minimum: str) -> View:
    app = {"id": "example", "name": {"en": "Example"}, "minimum_version": minimum}
    return view(profile=profile_from({"app": app}))


def test_older_than_the_store() -> None:
    findings, unknown = judged(copy("1.9"), stores=(offer("1.10"),))
    finding = findings["app.outdated"]
    assert unknown == {}
    assert finding.severity is None
    assert finding.args == {
        "app": {"en": "Example", "ja": "例"},
        "installed": "1.9",
        "source": "command",
        "newest": "1.10",
        "released": "2026-11-10T00:00:00+00:00",
        "minimum": None,
        "store_url": "https://store.app.test/example",
    }


@pytest.mark.parametrize("version", ["1.10", "1.10.0", "1.11", "2.0"])
def test_as_new_or_newer_is_no_fault(version: str) -> None:
    assert judged(copy(version), stores=(offer("1.10"),)) == ({}, {})


def test_older_than_the_service_accepts() -> None:
    findings, _ = judged(copy("1.9"), stores=(offer("2.1"),), seen=needing("2.0"))
    finding = findings["app.outdated"]
    assert (finding.severity, finding.args["minimum"]) == ("problem", "2.0")


def test_older_than_the_service_accepts_though_no_store_answers() -> None:
    findings, _ = judged(copy("1.9"), stores=(failed("timeout"),), seen=needing("2.0"))
    assert findings["app.outdated"].severity == "problem"
    assert findings["app.outdated"].args["newest"] is None


def test_accepted_and_no_store_to_ask() -> None:
    assert judged(copy("2.0"), seen=needing("2.0")) == ({}, {})


@pytest.mark.parametrize("version", ["latest", None])
def test_what_cannot_be_compared_is_unknown(version: str | None) -> None:
    findings, unknown = judged(copy(version), stores=(offer("1.10"),))
    assert (findings, unknown) == ({}, {"app.outdated": "unparsable"})
    findings, unknown = judged(copy(version), seen=needing("2.0"))
    assert (findings, unknown) == ({}, {"app.outdated": "unparsable"})


def test_a_store_for_other_devices_is_not_compared() -> None:
    findings, unknown = judged(copy("1.9"), stores=(offer("5.0", "ios", "app_store"),))
    assert (findings, unknown) == ({}, {"app.outdated": "needs_missing"})


def test_the_newest_of_several_stores() -> None:
    stores = (offer("1.10"), failed("timeout", "github"), offer("1.12", source="flathub"))
    findings, _ = judged(copy("1.11"), stores=stores)
    assert findings["app.outdated"].args["newest"] == "1.12"


def test_a_store_that_does_not_answer() -> None:
    findings, unknown = judged(copy("1.9"), stores=(failed("unreachable"),))
    assert findings["store.unavailable"].args == {"store": "json"}
    assert unknown == {"app.outdated": "unreachable"}


def test_a_store_that_is_not_understood_is_not_unavailable() -> None:
    findings, unknown = judged(copy("1.9"), stores=(failed("unparsable"),))
    assert (findings, unknown) == ({}, {"app.outdated": "unparsable"})


def test_a_store_without_the_app() -> None:
    findings, unknown = judged(copy("1.9"), stores=(StoreAnswer(source="app_store"),))
    assert (findings, unknown) == ({}, {"app.outdated": "needs_missing"})


def test_missing() -> None:
    findings, _ = judged(Looked(source="dpkg"), stores=(offer("1"),))
    assert findings["app.missing"].args == {"app": {"en": "Example", "ja": "例"}}


@pytest.mark.parametrize("answers", [Answers(device="phone"), Answers(client="browser")])
def test_not_missed_where_it_is_not_used(answers: Answers) -> None:
    findings, _ = judged(Looked(source="dpkg"), seen=view(answers=answers))
    assert findings == {}


def test_not_known_to_be_missing() -> None:
    unsupported = Looked(source="snap", failure=Failure(code="unsupported", operation="snap"))
    findings, unknown = judged(Looked(source="dpkg"), unsupported)
    assert findings == {}
    assert unknown == {"app.missing": "unsupported", "app.outdated": "unsupported"}
    findings, unknown = judged(unsupported, copy("1"), stores=(offer("1"),))
    assert (findings, unknown) == ({}, {"app.outdated": "unsupported"})


def test_a_store_alone_tells_nothing_of_this_device() -> None:
    assert judged(stores=(offer("1"),)) == ({}, {"app.outdated": "not_configured"})


def test_not_configured() -> None:
    profile = profile_from({"install": {"macos": {"bundle_id": "a.b.C"}}})
    with pytest.raises(Failed) as caught:
        CHECK.collect(replay(), context(profile))
    assert caught.value.failure.code == "not_configured"


def test_other_systems_are_not_served_yet() -> None:
    profile = profile_from({"install": {"windows": {"uninstall_name": "Example"}}})
    with pytest.raises(Failed) as caught:
        CHECK.collect(replay("windows"), context(profile))
    assert caught.value.failure.code == "unsupported"


def test_collected_and_kept_through_a_report() -> None:
    status = "Package: example\nStatus: install ok installed\nVersion: 1:2.3-1\n"
    profile = profile_from({"install": {"linux": {"dpkg": "example"}}})
    fact = CHECK.collect(replay(files={DPKG: status}), context(profile))
    assert fact.installed[0].copies[0].maker_version == "2.3"
    assert msgspec.json.decode(msgspec.json.encode(fact), type=AppFact) == fact
