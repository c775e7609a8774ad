"""Adds and removes schedules with the scheduler that the device has, or the one that is named."""

from __future__ import annotations

import contextlib
import os
import shlex
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from diag.files import NotWritten, write_whole
from diag.host import Host
from diag.model import Failed
from diag.schedule import cron, launchd, systemd, task_scheduler
from diag.schedule.model import Installation, NotPossible, Plan, Schedule

SCHEDULERS = ("cron", "systemd", "launchd", "task-scheduler")
TOOL_TIMEOUT_S = 20.0
UNIT_MODE = 0o644
NO_CRONTAB = "no crontab for"


class Scheduler(Struct, frozen=True):
    """One of the device's schedulers: what adding and removing take."""

    adding: Callable[[Schedule], Plan]
    removing: Callable[[Schedule], Plan]


def best(host: Host) -> str:
    """The device's own scheduler. Raises NotPossible if it has none that diag knows."""
    if host.family == "windows":
        return "task-scheduler"
    if host.family == "macos":
        return "launchd"
    if _systemd_runs(host):
        return "systemd"
    if host.which("crontab"):
        return "cron"
    raise NotPossible("neither systemd nor cron is here; install cron, or name one with --with.")


def _systemd_runs(host: Host) -> bool:
    words = () if host.is_root() else ("--user",)
    try:
        state = host.run("systemctl", *words, "is-system-running", timeout_s=TOOL_TIMEOUT_S)
    except Failed:
        return False
    return state.text().strip() in ("running", "degraded", "starting", "initializing")


def scheduler(
    name: str, host: Host, installation: Installation, others: Mapping[str, Schedule]
) -> Scheduler:
    """`others`: all schedules that there are; cron has them in one block."""
    if name == "cron":
        with_cron = {key: each for key, each in others.items() if each.scheduler == "cron"}

        def cron_plan(schedules: Mapping[str, Schedule]) -> Plan:
            present = read_crontab(host)
            return Plan(crontab=cron.crontab(present, schedules.values(), installation))

        return Scheduler(
            lambda schedule: cron_plan({**with_cron, schedule.name: schedule}),
            lambda schedule: cron_plan(
                {key: each for key, each in with_cron.items() if key != schedule.name}
            ),
        )
    if name == "systemd":
        return Scheduler(
            lambda schedule: systemd.adding(schedule, installation),
            lambda schedule: systemd.removing(schedule, installation),
        )
    if name == "launchd":
        uid = os.getuid() if hasattr(os, "getuid") else 0
        return Scheduler(
            lambda schedule: launchd.adding(schedule, installation, uid),
            lambda schedule: launchd.removing(schedule, installation, uid),
        )
    return Scheduler(
        lambda schedule: task_scheduler.adding(schedule, installation),
        lambda schedule: task_scheduler.removing(schedule, installation),
    )


def read_crontab(host: Host) -> str:
    """The user's crontab; "" if there is none. Raises NotPossible."""
    try:
        listed = host.run("crontab", "-l", timeout_s=TOOL_TIMEOUT_S)
    except Failed as failed:
        raise NotPossible(f"the crontab cannot be read: {_why(failed)}.") from failed
    if listed.returncode == 0:
        try:
            return listed.stdout.decode()
        except UnicodeDecodeError:
            raise NotPossible(
                "your crontab is not UTF-8; diag leaves it as it is. Name another with --with."
            ) from None
    said = listed.stderr.decode(errors="replace").strip()
    if NO_CRONTAB in said:
        return ""
    raise NotPossible(f"the crontab cannot be read: {said}")


def described(plan: Plan) -> str:
    """Exactly what the plan would write and run."""
    parts = [f"would write {each.path}:\n{_shown(each.data)}" for each in plan.files]
    if plan.crontab is not None:
        parts.append(f"would make this your crontab:\n{plan.crontab}")
    parts += [f"would run: {shlex.join(command)}" for command in plan.commands]
    parts += [f"would remove {path}" for path in plan.removed]
    parts += [f"would run: {shlex.join(command)}" for command in plan.afterwards]
    return "\n".join(parts)


def _shown(data: bytes) -> str:
    return data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8")


def carry_out(plan: Plan, host: Host) -> None:
    """Raises NotPossible with the first thing that did not work."""
    for each in plan.files:
        try:
            each.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(each.path, each.data, UNIT_MODE)
        except (OSError, NotWritten) as error:
            raise NotPossible(f"{each.path} cannot be written: {error}") from error
    if plan.crontab is not None:
        _install_crontab(plan.crontab, host)
    if plan.remains:
        _take_back(plan, host)
        return
    try:
        for command in plan.commands:
            _run(command, host)
    except NotPossible:
        for each in plan.files:
            each.path.unlink(missing_ok=True)
        raise


def _take_back(plan: Plan, host: Host) -> None:
    """Whoever took some of it back by hand is no hindrance; what is still in effect is said."""
    troubles = []
    for command in plan.commands:
        try:
            _run(command, host)
        except NotPossible as trouble:
            troubles.append(trouble)
    if troubles and _remains(plan, host):
        raise troubles[0]
    for path in plan.removed:
        path.unlink(missing_ok=True)
    for command in plan.afterwards:
        with contextlib.suppress(NotPossible):
            _run(command, host)


def _remains(plan: Plan, host: Host) -> bool:
    try:
        _run(plan.remains, host)
    except NotPossible:
        return False
    return True


def _run(command: Sequence[str], host: Host) -> None:
    tool, *arguments = command
    try:
        done = host.run(tool, *arguments, timeout_s=TOOL_TIMEOUT_S)
    except Failed as failed:
        raise NotPossible(f"{tool} did not work: {_why(failed)}.") from failed
    if done.returncode != 0:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise NotPossible(f"{shlex.join(command)} said: {said}")


def _install_crontab(text: str, host: Host) -> None:
    """crontab(1) checks a file before it takes it, and refuses it as a whole if it is wrong."""
    with tempfile.TemporaryDirectory(prefix="diag-") as place:
        path = Path(place) / "crontab"
        path.write_text(text, "utf-8")
        arguments = (str(path),) if text else ("-r",)
        _run(("crontab", *arguments), host)


def _why(failed: Failed) -> str:
    return f"{failed.failure.operation} ({failed.failure.code})"
