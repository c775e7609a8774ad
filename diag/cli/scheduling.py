"""What `diag schedule` does once its options are read."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import msgspec
from msgspec import Struct

from diag import history
from diag.cli.exit_codes import ExitCode
from diag.cli.words import Words
from diag.cli.wrong import Wrong
from diag.config import CONFIG_VARIABLE, ConfigError, language_of, load_config, source_of
from diag.files import NotWritten
from diag.history import HistoryError
from diag.host.real import RealHost, real_host
from diag.model import Args
from diag.profile_file import ProfileError, bundled_ids, find_profile
from diag.schedule import service, store, when
from diag.schedule.installation import this_installation
from diag.schedule.made_up import await_network, is_late
from diag.schedule.model import NAME_FORM, Asked, NotPossible, Schedule


class Wanted(Struct, frozen=True):
    """The options of `diag schedule add`, as given."""

    every: str | None
    at: str | None
    cron: str | None
    app: str | None
    name: str
    scheduler: str | None


class Next(Struct, frozen=True):
    """A schedule as the list shows it."""

    name: str
    asked: Asked
    cron: str
    scheduler: str
    app: str | None
    last_run: datetime | None
    next_run: datetime | None


def add(wanted: Wanted, *, dry_run: bool) -> None:
    host = real_host()
    schedules = _load()
    try:
        schedule = _schedule(wanted, host)
        plan = _scheduler(schedule, host, schedules).adding(schedule)
        if dry_run:
            click.echo(service.described(plan))
        else:
            earlier = schedules.get(schedule.name)
            if earlier is not None:
                _take_back(earlier, host, schedules)
                schedules.pop(earlier.name)
                plan = _scheduler(schedule, host, schedules).adding(schedule)
            service.carry_out(plan, host)
            _save({**schedules, schedule.name: schedule})
    except NotPossible as error:
        raise Wrong("not_possible", reason=str(error)) from error
    _explain(schedule, host, "would_run" if dry_run else "runs")


def _explain(schedule: Schedule, host: RealHost, how: str) -> None:
    say = Words("schedule")
    following = when.from_cron(schedule.cron).next_after(datetime.now(UTC), ZoneInfo(host.zone()))
    click.echo(say(how, _args(schedule, say, next=following)))
    click.echo(say(f"asleep_{schedule.scheduler}"))
    if schedule.scheduler == "systemd" and not host.is_root():
        click.echo(say("while_logged_in"))


def _args(schedule: Schedule, say: Words, **instants: datetime | None) -> Args:
    asked = schedule.asked
    times = {name: at.isoformat() if at else None for name, at in instants.items()}
    return {
        "name": schedule.name,
        "asked": say(f"asked_{asked.how}", {"times": asked.times}),
        "scheduler": schedule.scheduler,
        **times,
    }


def _schedule(wanted: Wanted, host: RealHost) -> Schedule:
    """Raises UsageError for what cannot be, before anything is written."""
    if re.fullmatch(NAME_FORM, wanted.name) is None:
        raise Wrong("schedule_name", name=wanted.name, example="evening")
    now = datetime.now(ZoneInfo(host.zone()))
    cron, asked = _times(wanted, now)
    config = os.environ.get(CONFIG_VARIABLE)
    return Schedule(
        name=wanted.name,
        cron=cron,
        asked=asked,
        scheduler=wanted.scheduler or service.best(host),
        app=_app(wanted.app),
        config=str(Path(config).absolute()) if config else None,
        added_at=now,
    )


def _times(wanted: Wanted, now: datetime) -> tuple[str, Asked]:
    given = [each for each in (wanted.every, wanted.at, wanted.cron) if each is not None]
    if len(given) > 1:
        raise Wrong("one_time")
    chance = secrets.randbelow(3600)
    try:
        if wanted.at is not None:
            return when.from_at(wanted.at, chance), Asked("at", wanted.at)
        if wanted.cron is not None:
            when.from_cron(wanted.cron)
            nickname = when.NICKNAMES.get(wanted.cron.strip().lower())
            fields = nickname or " ".join(wanted.cron.split())
            return fields, Asked("cron", fields)
        every = wanted.every or "1h"
        return when.from_every(every, now, chance), Asked("every", every)
    except when.BadTime as error:
        spans = [f"{each}m" for each in when.EVERY_MINUTES]
        spans += [f"{each}h" for each in when.EVERY_HOURS]
        raise Wrong(
            "bad_time",
            at=wanted.at,
            every=wanted.every,
            cron=wanted.cron,
            spans=[*spans, "1d"],
            reason=str(error),
        ) from error


def _app(app: str | None) -> str | None:
    """A bundled id, or an absolute path: a scheduler starts diag from anywhere."""
    try:
        find_profile(app, load_config().app, source_of("app"))
    except (ConfigError, ProfileError) as error:
        raise click.UsageError(error.render(language_of(None, None, os.environ))) from error
    if app is None or app in bundled_ids():
        return app
    return str(Path(app).absolute())


def remove(name: str | None, *, everything: bool, dry_run: bool) -> None:
    host = real_host()
    schedules = _load()
    for schedule in _chosen(schedules, name, everything):
        try:
            if dry_run:
                plan = _scheduler(schedule, host, schedules).removing(schedule)
                click.echo(service.described(plan))
                continue
            _take_back(schedule, host, schedules)
        except NotPossible as error:
            raise Wrong("not_possible", reason=str(error)) from error
        schedules.pop(schedule.name)
        _save(schedules)
        click.echo(Words("schedule")("removed", {"name": schedule.name}))


def _chosen(schedules: dict[str, Schedule], name: str | None, everything: bool) -> list[Schedule]:
    if everything:
        return list(schedules.values())
    if name is not None:
        return [_named(schedules, name)]
    if len(schedules) == 1:
        return list(schedules.values())
    raise Wrong("which_schedule", names=list(schedules))


def _named(schedules: dict[str, Schedule], name: str) -> Schedule:
    if name not in schedules:
        raise Wrong("no_schedule", name=name, names=list(schedules))
    return schedules[name]


def _take_back(schedule: Schedule, host: RealHost, schedules: dict[str, Schedule]) -> None:
    service.carry_out(_scheduler(schedule, host, schedules).removing(schedule), host)


def _scheduler(
    schedule: Schedule, host: RealHost, schedules: dict[str, Schedule]
) -> service.Scheduler:
    installation = this_installation(host.family, host.is_root(), os.environ)
    return service.scheduler(schedule.scheduler, host, installation, schedules)


def _load() -> dict[str, Schedule]:
    try:
        return store.load(store.default_path())
    except store.BadStore as error:
        raise Wrong("not_possible", reason=str(error)) from error


def _save(schedules: dict[str, Schedule]) -> None:
    try:
        store.save(store.default_path(), schedules)
    except (OSError, NotWritten) as error:
        raise click.ClickException(f"the schedules were not saved: {error}") from error


# --- list and run -------------------------------------------------------------------------------


def listed(form: str) -> str:
    host = real_host()
    zone = ZoneInfo(host.zone())
    now = datetime.now(UTC)
    schedules = list(_load().values())
    rows = [
        Next(
            schedule.name,
            schedule.asked,
            schedule.cron,
            schedule.scheduler,
            schedule.app,
            _last_run(schedule),
            when.from_cron(schedule.cron).next_after(now, zone),
        )
        for schedule in schedules
    ]
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode()
    say = Words("schedule")
    if not rows:
        return say("none")
    return "\n".join(
        say("listed", _args(schedule, say, last=row.last_run, next=row.next_run))
        for schedule, row in zip(schedules, rows, strict=True)
    )


def _last_run(schedule: Schedule) -> datetime | None:
    try:
        return history.last_run_of(history.default_path(), schedule.name)
    except HistoryError:
        return None


def run(name: str) -> int:
    schedule, host = _named(_load(), name), real_host()
    by_hand = sys.stdin.isatty()
    if not by_hand and is_late(schedule, datetime.now(UTC), ZoneInfo(host.zone())):
        await_network(host)
    return _run(schedule)


def run_missed() -> int:
    """Run what was due since its last run, or since it was added; the worst of their codes."""
    zone = ZoneInfo(real_host().zone())
    now = datetime.now(UTC)
    codes = [ExitCode.NO_PROBLEM + 0]
    for schedule in _load().values():
        due = when.from_cron(schedule.cron).last_before(now, zone)
        since = max(filter(None, (_last_run(schedule), schedule.added_at)))
        if due is not None and since < due:
            codes.append(_run(schedule))
    return max(codes)


def _run(schedule: Schedule) -> int:
    from diag.cli.running import RunRequest
    from diag.cli.unattended import run_unattended

    with _settings_of(schedule):
        return run_unattended(RunRequest(app=schedule.app, quiet=True), schedule.name)


@contextlib.contextmanager
def _settings_of(schedule: Schedule) -> Iterator[None]:
    """The settings file that it was added with, for this one alone: another may follow."""
    before = os.environ.get(CONFIG_VARIABLE)
    if schedule.config is not None:
        os.environ[CONFIG_VARIABLE] = schedule.config
    try:
        yield
    finally:
        os.environ.pop(CONFIG_VARIABLE, None)
        if before is not None:
            os.environ[CONFIG_VARIABLE] = before
