"""Asks the sources that a profile names, each once, and says what was understood."""

from __future__ import annotations

import os

from diag import registry
from diag.app_profile import AppProfile
from diag.catalog import Template
from diag.cli import options
from diag.cli.words import catalog_of_here
from diag.config import language_of
from diag.host.real import real_host
from diag.model import Answers, Arg
from diag.pipeline import take_snapshot
from diag.render.safe import safe
from diag.selection import select

_INDENT = "  "


def understood(profile: AppProfile, lang: str | None) -> tuple[list[str], bool]:
    """A line for each thing that a source said, and whether all of them could be read."""
    installed = registry.load()
    asking = [check for check in installed.checks.values() if check.describe is not None]
    chosen = select(installed.checks, only=tuple(check.name for check in asking))
    answers = Answers(device="phone")  # so that the stores of phones are asked as well
    snapshot = take_snapshot(
        real_host(), installed, chosen, profile, answers, options.DEFAULT_DEADLINE_S
    ).snapshot
    packages = dict.fromkeys(("diag", *(check.texts for check in asking)))
    catalog = catalog_of_here(language_of(lang, None, os.environ), tuple(packages))
    now, zone = snapshot.taken_at, snapshot.zone

    def words(template: Template, **args: Arg) -> str:
        return safe(catalog.format(template, args, now=now, zone=zone))

    lines, well = [], True
    for check in asking:
        observation = snapshot.observations[check.name]
        if observation.failure is not None:
            if observation.failure.code == "not_configured":
                continue
            why = catalog.word("reason", observation.failure.code)
            title = catalog.check(check.name)
            lines.append(_INDENT + words(catalog.ui("form.and_colon"), what=title, why=why))
            well = False
            continue
        for each in check.describe(observation.fact) if check.describe else ():
            text = catalog.understood(check.name, each.key)
            lines.append(_INDENT + words(text, **each.args))
            well = well and each.well
    heading = words(catalog.ui("app.asked" if lines else "app.nothing_to_ask"))
    return [heading, *lines], well
