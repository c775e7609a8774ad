"""What `diag run` does once its options are read."""

from __future__ import annotations

import os
import sys
from functools import partial

import click
import msgspec
from msgspec import Struct

from diag import registry
from diag.cli import options
from diag.cli.exit_codes import ExitCode
from diag.cli.output import Worded, deliver, exit_code, target_of
from diag.cli.saving import save
from diag.config import ConfigError, language_of, load_config
from diag.host.real import real_host
from diag.memory import FileMemory
from diag.memory import default_path as memory_path
from diag.model import NO_MEMORY, Answers, Language
from diag.pipeline import Taken, new_report_id, report_on, take_snapshot
from diag.profile_file import LoadedProfile, ProfileError, find_profile
from diag.registry import Registry
from diag.report import Header
from diag.selection import NoSuchCheck, Selection, select


class RunRequest(Struct, frozen=True, kw_only=True):
    """The options of one run, as given."""

    app: str | None
    symptom: str | None
    device: str
    error_text: str | None
    only: tuple[str, ...]
    skip: tuple[str, ...]
    form: str | None
    output: str | None
    lang: str | None
    deadline: float | None
    offline: bool
    save: bool
    keep_private: bool
    ticket: str | None
    fail_on: str


def run(request: RunRequest) -> int:
    """Observe, diagnose, save, hand over. Raises click's UsageError for what cannot be read."""
    target = target_of(request.form, request.output, request.keep_private)
    language = language_of(request.lang, None, os.environ)
    try:
        config = load_config()
        language = language_of(request.lang, config, os.environ)
        loaded = find_profile(request.app, config.app)
    except (ConfigError, ProfileError) as error:
        raise click.UsageError(error.render(language)) from error
    installed = registry.load()
    try:
        selection = select(installed.checks, request.only, request.skip, request.offline)
    except NoSuchCheck as error:
        raise click.UsageError(str(error)) from error
    deadline_s = request.deadline or config.deadline or options.DEFAULT_DEADLINE_S
    taken = _take(request, installed, selection, loaded, deadline_s, language)
    header = Header(report_id=new_report_id(), profile_sha256=loaded.sha256, ticket=request.ticket)
    report = report_on(taken.snapshot, installed, language, header)
    saved = request.save and save(report, config) is not None
    worded = Worded(taken.snapshot, installed, language, header, saved=saved)
    code = deliver(worded, target, exit_code(report, request.fail_on))
    if request.save and not saved:
        code = ExitCode.NOT_WRITTEN
    return ExitCode.INTERRUPTED if taken.interrupted else code


def _take(
    request: RunRequest,
    installed: Registry,
    selection: Selection,
    loaded: LoadedProfile,
    deadline_s: float,
    language: Language,
) -> Taken:
    answers = msgspec.convert(
        {
            "symptom": request.symptom,
            "device": request.device,
            "error_text": request.error_text,
        },
        Answers,
    )
    memory = FileMemory(memory_path()) if request.save else NO_MEMORY
    take = partial(
        take_snapshot, real_host(), installed, selection, loaded.profile, answers, deadline_s
    )
    if not sys.stderr.isatty():
        taken = take(memory=memory)
    else:
        from diag.render.progress import Progress

        texts = [check.texts for check in installed.checks.values()]
        with Progress(language, list(selection.chosen), texts) as progress:
            taken = take(progress.on_event, memory)
    memory.save()
    return taken
