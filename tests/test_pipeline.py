"""What a run collects, which is what was chosen and what that needs; and what leaves it."""

from __future__ import annotations

from typing import Any

import pytest

from diag.model import Answers
from diag.pipeline import redacted_report_on, take_snapshot
from diag.registry import Registry, assemble
from diag.report import Header
from diag.selection import select
from tests.support import profile_from, replay
from tests.toys import ToyFact, snapshot_of, toy_check


def asked_of(installed: Registry, **options: Any) -> tuple[list[str], list[str]]:
    """Which checks were collected, and which of them are judged."""
    selection = select(installed.checks, **options)
    taken = take_snapshot(replay(), installed, selection, profile_from({}), Answers(), 5.0)
    return sorted(taken.snapshot.observations), list(taken.snapshot.chosen)


def two(collected: list[str]) -> Registry:
    """One that asks the network, and one that looks at this device and builds on it."""

    def far(*_: Any) -> ToyFact:
        collected.append("far")
        return ToyFact()

    return assemble(
        [
            toy_check("far", fact=ToyFact, collect=far, uses_network=True),
            toy_check("near", needs=(ToyFact,)),
        ]
    )


@pytest.mark.parametrize("only", [(), ("near",), ("n*",)])
def test_offline_nothing_is_sent_not_even_for_what_builds_on_it(only: tuple[str, ...]) -> None:
    collected: list[str] = []
    assert asked_of(two(collected), only=only, offline=True) == (["near"], ["near"])
    assert collected == []


def test_what_a_chosen_check_needs_is_collected_and_not_judged() -> None:
    collected: list[str] = []
    assert asked_of(two(collected), only=("near",)) == (["far", "near"], ["near"])
    assert collected == ["far"]


def test_what_an_earlier_export_replaced_still_counts() -> None:
    """A report that was redacted before is exported again, and something new was found in it."""
    check = toy_check("near")
    said = Answers(error_text="could not reach 192.168.1.23 at 02:00:5e:10:00:01")
    header = Header(report_id="AAAA-BBBB", profile_sha256="0" * 64)
    report = redacted_report_on(
        snapshot_of([check], answers=said),
        Registry({"near": check}),
        "en",
        header,
        earlier_counts={"ip": 2, "ssid": 1},
    )
    assert report.redaction == {"ip": 3, "mac": 1, "ssid": 1}
    assert "192.168.1.23" not in (report.subject.error_text or "")
