"""On a device that an organisation manages it is for its administrator to change things."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checks.device import CHECK as DEVICE_CHECK
from checks.device import DeviceFact
from checks.os import CHECK as OS_CHECK
from checks.os.facts import OsFact
from checks.os.linux.restart import Restart
from checks.os.patch import Patches
from diag import registry
from diag.explain import diagnose
from diag.model import (
    DEVICE,
    PATH,
    Finding,
    NetworkKind,
    Problem,
    RemedyContext,
)
from tests.support import NOW, snapshot, view

DEVICE_PROBLEMS = [
    problem
    for check in registry.load().checks.values()
    for problem in check.problems
    if problem.where == "device"
]


@pytest.mark.parametrize("problem", DEVICE_PROBLEMS, ids=lambda problem: problem.code)
def test_nobody_is_left_without_a_step(problem: Problem) -> None:
    """Whatever else a step may depend on: to ask the administrator is always one."""
    finding = Finding(code=problem.code, subject=DEVICE)
    context = RemedyContext(finding, view(), managed=True)
    assert [each.code for each in problem.remedies if each.applies(context)]


ROUTER_PROBLEMS = [
    problem
    for check in registry.load().checks.values()
    for problem in check.problems
    if "line.restart_router" in {each.code for each in problem.remedies}
]


@pytest.mark.parametrize("problem", ROUTER_PROBLEMS, ids=lambda problem: problem.code)
def test_router_of_an_office_is_nobodys_to_restart(problem: Problem) -> None:
    """On a device of the organisation's on its own network; at home with the same device, and on
    one's own device at work, the advice is what it was."""
    finding = Finding(code=problem.code, subject=PATH)

    def steps(managed: bool | None, network: NetworkKind | None) -> list[str]:
        context = RemedyContext(finding, view(), managed, network)
        return [each.code for each in problem.remedies if each.applies(context)]

    office = steps(True, "work")
    assert "line.ask_owner" in office
    assert not {"line.restart_router", "line.ask_provider"}.intersection(office)
    home = steps(True, "home")
    assert "line.restart_router" in home
    others: list[tuple[bool | None, NetworkKind | None]]
    others = [(True, None), (True, "public"), (False, "work"), (None, "work")]
    assert [set(steps(*each)) >= {"line.restart_router"} for each in others] == [True] * 4


def test_steps_go_to_the_administrator() -> None:
    system = OsFact(
        id="windows",
        version="10.0.26200.7171",
        name="Windows 11 Pro 25H2",
        table_date=NOW.date(),
        patches=Patches(manager="windows_update", pending=3, security=2, listed=NOW),
        paused_until=datetime(2123, 8, 22, tzinfo=UTC),
        restart=Restart(pending=False),
    )

    def steps(managed: bool | None) -> list[tuple[str, str]]:
        taken = snapshot({"os": system, "device": DeviceFact(managed=managed)}, os="windows")
        found = diagnose(taken, {"os": OS_CHECK, "device": DEVICE_CHECK})
        return [(each.remedy.code, each.who) for each in found.remedies]

    assert steps(managed=True) == [("os.ask_admin", "admin")]
    assert steps(managed=None) == [("os.resume_updates", "user")]
    assert steps(managed=False) == steps(managed=None)
