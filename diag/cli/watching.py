"""What `diag watch` does once its options are read."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterable
from contextlib import suppress

import click
from msgspec import Struct

from diag import registry
from diag.cli import options
from diag.cli.exit_codes import ExitCode
from diag.cli.output import Worded, deliver, exit_code, target_of
from diag.cli.words import catalog_of_here
from diag.config import Config, ConfigError, language_of, load_config, source_of
from diag.deadline import Deadline
from diag.explain import diagnose
from diag.host import Host
from diag.host.real import real_host
from diag.memory import FileMemory, default_path
from diag.model import Answers, Arg, Failed, Language, Layer, Snapshot
from diag.notify import notify
from diag.pipeline import Taken, new_report_id, report_on, take_snapshot
from diag.profile_file import LoadedProfile, ProfileError, find_profile
from diag.registry import Registry
from diag.render.safe import safe
from diag.report import Header, Report
from diag.selection import select

GROWTH = 1.5
"""How much longer each wait is than the one before."""
LONGEST_PAUSE_S = 300.0
JITTER = 0.2
"""Waits differ by up to this share, so that many watchers do not come at once."""
LONGEST_RETRY_AFTER_S = 3600.0
"""What a server asks for is honoured up to here."""
NAP_S = 0.5
"""On Windows a wait is deaf to Ctrl-C, so no single one is long."""


class WatchRequest(Struct, frozen=True, kw_only=True):
    """The options of one watch, as given."""

    app: str | None
    longest_s: float
    every_s: float
    lang: str | None
    deadline: float | None


def pauses(every_s: float, rng: random.Random) -> Iterable[float]:
    """How long to wait between looks: longer each time, and never quite the same."""
    pause = every_s
    while True:
        yield pause * (1 + JITTER * (2 * rng.random() - 1))
        pause = min(pause * GROWTH, max(LONGEST_PAUSE_S, every_s))


def watch(request: WatchRequest) -> int:
    """Look until all is well, the longest wait is over, or Ctrl-C. Raises click's UsageError."""
    language = language_of(request.lang, None, os.environ)
    try:
        config = load_config()
        language = language_of(request.lang, config, os.environ)
        loaded = find_profile(request.app, config.app, source_of("app"))
    except (ConfigError, ProfileError) as error:
        raise click.UsageError(error.render(language)) from error
    return _Watch(request, registry.load(), loaded, language, config, real_host()).run()


class _Look(Struct, frozen=True):
    """One look: what was seen, and what it came to."""

    taken: Taken
    header: Header
    report: Report
    code: int
    retry_after_s: float


class _Watch:
    def __init__(
        self,
        request: WatchRequest,
        installed: Registry,
        loaded: LoadedProfile,
        language: Language,
        config: Config,
        host: Host,
    ) -> None:
        self._request = request
        self._installed = installed
        self._loaded = loaded
        self._language = language
        self._config = config
        self._deadline_s = request.deadline or config.deadline or options.DEFAULT_DEADLINE_S
        self._host = host
        self._catalog = catalog_of_here(language)
        self._memory = FileMemory(default_path())
        self._last: _Look | None = None

    def run(self) -> int:
        try:
            code = self._until_healthy()
        except KeyboardInterrupt:
            code = self._stopped()
        except BrokenPipeError:  # nobody reads any more: it ends with what it last saw
            code = self._last.code if self._last is not None else ExitCode.COULD_NOT_TELL
        self._memory.save()
        return code

    def _until_healthy(self) -> int:
        over = Deadline.after(self._request.longest_s)
        longest = self._request.longest_s
        self._say("start", app=self._loaded.profile.app.name, longest=longest)
        first = self._look(())
        if first.code == ExitCode.NO_PROBLEM:
            self._say("well", app=self._loaded.profile.app.name)
            return first.code
        if self._stays(first.report.verdict.cause):
            self._say("no_use", headline=first.report.verdict.headline)
            return self._show(first, first.code)
        look = first
        for pause in pauses(self._request.every_s, random.Random()):  # noqa: S311  (no secret)
            if over.expired or look.retry_after_s > over.remaining():
                break
            wait = min(max(pause, look.retry_after_s), over.remaining())
            self._say("still", headline=look.report.verdict.headline, wait=wait)
            self._sleep(wait)
            look = self._look(self._what_may_pass())
            if look.code == ExitCode.NO_PROBLEM:
                return self._healthy()
        self._say("gave_up", headline=look.report.verdict.headline, longest=longest)
        return self._show(look, look.code)

    def _healthy(self) -> int:
        name = self._loaded.profile.app.name
        self._say("healthy", app=name)
        with suppress(Failed):  # the terminal has the same words
            notify(self._host, self._text("notice_title", app=name), self._text("notice_body"))
        return ExitCode.NO_PROBLEM

    def _stopped(self) -> int:
        """Ctrl-C: the last whole look is what is known."""
        if self._last is not None:
            self._say("stopped")
            self._show(self._last, ExitCode.INTERRUPTED)
        return ExitCode.INTERRUPTED

    def _stays(self, cause: str | None) -> bool:
        """Whether this is about the app, the device or the account: it does not pass by itself."""
        problems = (each for check in self._installed.checks.values() for each in check.problems)
        return any(each.code == cause and each.layer >= Layer.APP for each in problems)

    def _what_may_pass(self) -> tuple[str, ...]:
        """Checks of what comes back by itself: the way to the service, and the service."""
        return tuple(
            check.name
            for check in self._installed.checks.values()
            if any(problem.layer < Layer.APP for problem in check.problems)
        )

    def _look(self, only: tuple[str, ...]) -> _Look:
        selection = select(self._installed.checks, only, (), False)
        taken = take_snapshot(
            self._host,
            self._installed,
            selection,
            self._loaded.profile,
            Answers(),
            self._deadline_s,
            memory=self._memory,
            ask_public_resolvers=self._config.public_resolvers,
        )
        header = Header(report_id=new_report_id(), profile_sha256=self._loaded.sha256)
        report = report_on(taken.snapshot, self._installed, self._language, header)
        look = _Look(
            taken,
            header,
            report,
            exit_code(report, "problem"),
            retry_after(taken.snapshot, self._installed),
        )
        if not taken.interrupted or self._last is None:
            self._last = look
        if taken.interrupted:
            raise KeyboardInterrupt
        return look

    def _show(self, look: _Look, code: int) -> int:
        worded = Worded(look.taken.snapshot, self._installed, self._language, look.header)
        click.echo()
        return deliver(worded, target_of("text", None, False), code)

    def _say(self, key: str, **args: Arg) -> None:
        now = self._host.now()
        click.echo(self._text(key, at=now.isoformat(), **args))

    def _text(self, key: str, **args: Arg) -> str:
        template = self._catalog.ui(f"watch.{key}")
        now, zone = self._host.now(), self._host.zone()
        return safe(self._catalog.format(template, args, now=now, zone=zone))

    @staticmethod
    def _sleep(seconds: float) -> None:
        until = Deadline.after(seconds)
        while not until.expired:
            time.sleep(min(NAP_S, until.remaining()))


def retry_after(snapshot: Snapshot, installed: Registry) -> float:
    """The longest wait that a server asked for in this look, in seconds; 0 if none did."""
    asked = [
        value
        for result in diagnose(snapshot, installed.checks).results
        for finding in result.findings
        if isinstance(value := finding.args.get("retry_after_s"), (int, float))
    ]
    return min(max(asked, default=0.0), LONGEST_RETRY_AFTER_S)
