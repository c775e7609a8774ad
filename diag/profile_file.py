"""Finds, reads and checks app profiles: the bundled ones, and TOML files of one's own.

The shape is `diag.app_profile`, described for authors in docs/app-profile.md.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from diag.app_profile import SCHEMA, AppProfile
from diag.file_error import Fault, FileError, Trouble, nearest
from diag.strict import faults_of
from diag.toml_file import read_toml

BUNDLED = Path(__file__).with_name("profiles")
FAULT_LIMIT = 100
"""No one reads more, and looking for what was meant takes time."""
VERSION_QUESTIONS = ("--version", "-version", "-V", "-v", "version")
GENERIC = "generic"
"""The profile used when no app is named: the device and the network only."""


class ProfileError(FileError):
    """A profile that cannot be found, read or used."""

    check_command = "diag apps check"


class LoadedProfile(Struct, frozen=True):
    """A profile, the SHA-256 of its file in hex, and where it came from: `bundled` or a path."""

    profile: AppProfile
    sha256: str
    source: str


def find_profile(
    app: str | None, configured: str | None, named_in: str = "config.toml"
) -> LoadedProfile:
    """The profile that `--app` names, else the one of the settings, else `generic`.

    A bundled id, or the path of a file. `named_in`: which file or variable the settings have it
    from. Raises ProfileError.
    """
    if app is not None:
        return _find(app, "")
    if configured is not None:
        return _find(configured, named_in)
    return load_bundled(GENERIC)


def _find(app: str, named_in: str) -> LoadedProfile:
    if app in bundled_ids():
        return load_bundled(app)
    if names_file(app):
        return load_file(Path(app))
    fault = Fault("unknown_app", {"value": app, "near": _nearest_app(app)})
    raise ProfileError(named_in, (Trouble("", fault),))


def names_file(app: str) -> bool:
    """Whether this is the path of a profile rather than an id; an empty one is the directory."""
    separators = [os.sep, "/", *([os.altsep] if os.altsep else [])]
    return (
        not app
        or any(separator in app for separator in separators)
        or app.lower().endswith(".toml")
        or os.path.lexists(app)
    )


def bundled_ids() -> tuple[str, ...]:
    """Ids of the profiles that come with diag, in alphabetical order."""
    return tuple(sorted(path.stem for path in BUNDLED.glob("*.toml")))


def load_bundled(app: str) -> LoadedProfile:
    return _load(BUNDLED / f"{app}.toml", f"{app}.toml", "bundled")


def load_file(path: Path) -> LoadedProfile:
    return _load(path, str(path), str(path))


def load_profile(path: Path) -> AppProfile:
    """Read and check a profile file. Raises ProfileError with all that is wrong with it."""
    return load_file(path).profile


def _load(path: Path, name: str, source: str) -> LoadedProfile:
    file = read_toml(path, name, ProfileError)
    troubles = tuple(islice(_troubles(file.tables), FAULT_LIMIT))
    if troubles:
        raise ProfileError(name, troubles)
    profile = msgspec.convert(file.tables, AppProfile)
    return LoadedProfile(profile, hashlib.sha256(file.data).hexdigest(), source)


def _troubles(tables: dict[str, Any]) -> Iterator[Trouble]:
    schema = tables.get("schema", SCHEMA)
    if type(schema) is int and schema != SCHEMA:
        # Another shape: what else differs is no fault of this file.
        yield Trouble("schema", Fault("other_schema", {"found": schema, "known": SCHEMA}))
        return
    yield from faults_of(tables, AppProfile)
    yield from _same_ids(tables)
    yield from _command(tables)


def _same_ids(tables: dict[str, Any]) -> Iterator[Trouble]:
    """Findings and texts name an endpoint by its id."""
    first: dict[str, int] = {}
    endpoints = tables.get("endpoint")
    for number, endpoint in enumerate(endpoints if isinstance(endpoints, list) else (), start=1):
        name = endpoint.get("id") if isinstance(endpoint, dict) else None
        if not isinstance(name, str):
            continue
        if name in first:
            args = {"value": name, "first": f"endpoint[{first[name]}]"}
            yield Trouble(f"endpoint[{number}].id", Fault("same_id", args))
        first.setdefault(name, number)


def _command(tables: dict[str, Any]) -> Iterator[Trouble]:
    """The one thing of a profile that runs: it can ask a program for its version, no more.

    A program is named or absolute: a path from the current directory could be anyone's.
    """
    try:
        command = tables["install"]["linux"]["command"]
    except (KeyError, TypeError):
        return
    if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        return
    program = command[0] if command else ""
    if "/" in program and not program.startswith("/"):
        fault = Fault("relative_command", {"near": program.rpartition("/")[2] or None})
        yield Trouble("install.linux.command[1]", fault)
    if len(command) != 2 or command[1] not in VERSION_QUESTIONS:
        fault = Fault("version_question", {"others": ", ".join(VERSION_QUESTIONS[1:])})
        yield Trouble("install.linux.command", fault)


def _nearest_app(app: str) -> str | None:
    """By id, or by the name of the app in any language."""
    ids = bundled_ids()
    by_id = nearest(app, ids)
    if by_id:
        return by_id
    names = {name: each for each in ids for name in load_bundled(each).profile.app.name.values()}
    by_name = nearest(app, names)
    return names[by_name] if by_name else None
