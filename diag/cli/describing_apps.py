"""What `diag apps` says: profiles in words, or as JSON."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from diag.app_profile import AppProfile
from diag.cli.words import catalog_of_here
from diag.config import ConfigError, language_of, load_config
from diag.file_error import Fault, Trouble, nearest
from diag.model import Language
from diag.profile_file import (
    LoadedProfile,
    ProfileError,
    bundled_ids,
    find_profile,
    load_bundled,
    load_file,
)
from diag.render.profile import profile_lines, profile_source, profile_title
from diag.render.safe import safe


def listed(lang: str | None) -> str:
    """One line for each bundled profile: its id and the app's name."""
    catalog = catalog_of_here(_language(lang))
    profiles = [load_bundled(app).profile for app in bundled_ids()]
    width = max(len(profile.app.id) for profile in profiles)
    return "\n".join(
        f"{profile.app.id:<{width}}  {catalog.local(profile.app.name)}" for profile in profiles
    )


def shown(app: str, lang: str | None) -> str:
    """Title, where the profile comes from, and what it makes diag do."""
    language = _language(lang)
    loaded = _found(app, language)
    catalog = catalog_of_here(language)
    return "\n".join(
        [
            profile_title(loaded.profile, catalog),
            profile_source(loaded.source, catalog),
            "",
            *profile_lines(loaded.profile, catalog),
        ]
    )


def shown_as_json(app: str, lang: str | None) -> bytes:
    """The profile as a report carries it, with the hash and the origin of its file."""
    return msgspec.json.format(msgspec.json.encode(_found(app, _language(lang))), indent=2)


def checked(file: str, lang: str | None) -> tuple[str, AppProfile | None]:
    """What the profile makes diag do, and the profile; or every fault in it, and None."""
    language = _language(lang)
    try:
        loaded = load_file(Path(file))
        unknown = tuple(_unknown_causes(loaded.profile))
        if unknown:
            raise ProfileError(loaded.source, unknown)
    except ProfileError as error:
        return "\n".join(error.lines(language)), None
    catalog = catalog_of_here(language)
    title = f"OK: {safe(file)}: {profile_title(loaded.profile, catalog)}"
    return "\n".join([title, *profile_lines(loaded.profile, catalog)]), loaded.profile


def _unknown_causes(profile: AppProfile) -> Iterator[Trouble]:
    """Causes that no installed check declares; which there are is known to the registry only."""
    if not profile.known_error:
        return
    from diag import registry

    checks = registry.load().checks.values()
    codes = {problem.code for check in checks for problem in check.problems}
    for number, known in enumerate(profile.known_error, start=1):
        if known.cause not in codes:
            near = nearest(known.cause, sorted(codes))
            fault = Fault("unknown_cause", {"value": known.cause, "near": near})
            yield Trouble(f"known_error[{number}].cause", fault)


def _found(app: str, language: Language) -> LoadedProfile:
    try:
        return find_profile(app, None)
    except ProfileError as error:
        raise click.UsageError(error.render(language)) from error


def _language(lang: str | None) -> Language:
    try:
        config = load_config()
    except ConfigError as error:
        raise click.UsageError(error.render(language_of(lang, None, os.environ))) from error
    return language_of(lang, config, os.environ)
