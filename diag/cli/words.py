"""A command's own texts, in the language of whoever calls it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime

from diag.catalog import Catalog, Template
from diag.config import ConfigError, language_of, load_config
from diag.files import NotWritten
from diag.host.system import current_system, known_zone
from diag.model import Arg, Args, Language


def chosen_language(lang: str | None) -> Language:
    """The option's, else that of the settings, else the locale's."""
    try:
        config = load_config()
    except ConfigError:
        config = None
    return language_of(lang, config, os.environ)


def catalog_of_here(language: Language, packages: Iterable[str] = ()) -> Catalog:
    """The texts, speaking of the device that diag runs on."""
    return Catalog.load(language, packages, current_system().family)


class Words:
    """The texts of `[ui.GROUP]`, and instants in this device's zone."""

    def __init__(self, group: str, lang: str | None = None) -> None:
        self._group = group
        self._catalog = catalog_of_here(chosen_language(lang))
        self._now = datetime.now(UTC)
        name = current_system().zone()
        self._zone = name if known_zone(name) else "UTC"

    def __call__(self, key: str, args: Args | None = None) -> str:
        return self._format(self._catalog.ui(f"{self._group}.{key}"), args or {})

    def instant(self, at: datetime) -> str:
        return self._format("{at:time}", {"at": at.isoformat()})

    def os_error(self, why: str) -> str:
        """What the system says, in words where there are some."""
        return self._catalog.word("os_error", why)

    def where(self, verdict: str) -> str:
        return self._catalog.word("where", verdict)

    def _format(self, template: Template, args: Args) -> str:
        return self._catalog.format(template, args, now=self._now, zone=self._zone)


def complain(key: str, lang: str | None = None, **args: Arg) -> None:
    """A line on stderr about something beside the report, by a key of `[ui.trouble]`."""
    import click

    click.echo(f"diag: {Words('trouble', lang)(key, args)}", err=True)


def not_written(error: NotWritten, lang: str | None = None) -> str:
    """The file, and why it could not be written."""
    return f"{error.path}: {Words('trouble', lang).os_error(error.why)}"
