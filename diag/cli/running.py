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
from diag.cli.words import catalog_of_here
from diag.cli.wrong import Wrong
from diag.config import Config, ConfigError, language_of, load_config, source_of
from diag.host.real import real_host
from diag.memory import FileMemory
from diag.memory import default_path as memory_path
from diag.model import NO_MEMORY, Answers, Language, TroubleOn
from diag.pipeline import Taken, new_report_id, report_on, take_snapshot
from diag.profile_file import LoadedProfile, ProfileError, find_profile
from diag.registry import Registry
from diag.report import Header
from diag.selection import NoSuchCheck, NothingLeft, Selection, select


class RunRequest(Struct, frozen=True, kw_only=True):
    """The options of one run, as given."""

    app: str | None = None
    symptom: str | None = None
    device: str = "this"
    error_text: str | None = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    form: str | None = None
    output: str | None = None
    lang: str | None = None
    deadline: float | None = None
    offline: bool = False
    save: bool = True
    keep_private: bool = False
    ticket: str | None = None
    fail_on: str = "problem"
    quiet: bool = False
    """Show nothing while it runs."""


class Prepared(Struct, frozen=True, kw_only=True):
    """A run with everything read that it depends on, before anything is sent."""

    request: RunRequest
    config: Config
    language: Language
    loaded: LoadedProfile
    installed: Registry
    selection: Selection


def run(request: RunRequest) -> int:
    """Observe, diagnose, save, hand over. Raises click's UsageError for what cannot be read."""
    target = target_of(request.form, request.output, request.keep_private)
    prepared = prepare(request)
    installed, language = prepared.installed, prepared.language
    taken = take(prepared)
    header = Header(
        report_id=new_report_id(),
        profile_sha256=prepared.loaded.sha256,
        ticket=request.ticket,
    )
    report = report_on(taken.snapshot, installed, language, header)
    saved = request.save and save(report, prepared.config) is not None
    worded = Worded(taken.snapshot, installed, language, header, saved=saved)
    code = deliver(worded, target, exit_code(report, request.fail_on))
    if request.save and not saved:
        code = ExitCode.NOT_WRITTEN
    return ExitCode.INTERRUPTED if taken.interrupted else code


def prepare(request: RunRequest) -> Prepared:
    """Raises click's UsageError for settings, a profile or patterns that cannot be used."""
    language = language_of(request.lang, None, os.environ)
    try:
        config = load_config()
        language = language_of(request.lang, config, os.environ)
        loaded = find_profile(request.app, config.app, source_of("app"))
    except (ConfigError, ProfileError) as error:
        raise click.UsageError(error.render(language)) from error
    installed = registry.load()
    try:
        on: TroubleOn = "phone" if request.device == "phone" else "this"
        selection = select(installed.checks, request.only, request.skip, request.offline, on)
    except NoSuchCheck as error:
        if broken := installed.left_out(error.pattern):
            raise Wrong("check_left_out", name=broken.name, reason=broken.reason) from error
        raise Wrong(
            "no_check",
            option=error.option,
            pattern=error.pattern,
            near=error.near,
            names=error.names,
        ) from error
    except NothingLeft as error:
        raise Wrong("nothing_left", on_phone=error.on_phone) from error
    return Prepared(
        request=request,
        config=config,
        language=language,
        loaded=loaded,
        installed=installed,
        selection=selection,
    )


def take(prepared: Prepared) -> Taken:
    """Observe, with the progress shown to whoever watches a terminal."""
    request, installed, selection = prepared.request, prepared.installed, prepared.selection
    answers = msgspec.convert(
        {
            "symptom": request.symptom,
            "device": request.device,
            "error_text": request.error_text,
        },
        Answers,
    )
    deadline_s = request.deadline or prepared.config.deadline or options.DEFAULT_DEADLINE_S
    memory = FileMemory(memory_path()) if request.save else NO_MEMORY
    observing = partial(
        take_snapshot,
        real_host(),
        installed,
        selection,
        prepared.loaded.profile,
        answers,
        deadline_s,
        ask_public_resolvers=prepared.config.public_resolvers,
    )
    if request.quiet or not sys.stderr.isatty():
        taken = observing(memory=memory)
    else:
        from diag.render.progress import Progress

        texts = [check.texts for check in installed.checks.values()]
        catalog = catalog_of_here(prepared.language, texts)
        with Progress(catalog, list(selection.chosen)) as progress:
            taken = observing(progress.on_event, memory)
    memory.save()
    return taken
