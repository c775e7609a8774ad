"""The user's settings (`config.toml` in the configuration directory) and the language to speak."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from diag.file_error import FileError
from diag.model import Language
from diag.profile_file import bundled_ids, names_file
from diag.strict import faults_of
from diag.toml_file import read_toml

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which POSIX (XBD 8.2) lets one go before another."""

_WINDOWS_JAPANESE = 0x11
"""LANG_JAPANESE, the low ten bits of a Windows language identifier."""


class ConfigError(FileError):
    """A config.toml that cannot be read or used."""


class Config(Struct, frozen=True, kw_only=True):
    """Defaults for the options of the same names. `app` is a bundled id or an absolute path."""

    app: str | None = None
    lang: Language | None = None
    deadline: Annotated[float, Meta(extra={"range": (1, 300)})] | None = None


def config_path() -> Path:
    from platformdirs import user_config_dir

    return Path(user_config_dir("diag", appauthor=False)) / "config.toml"


def load_config(path: Path | None = None) -> Config:
    """The settings; the defaults if there is no file. Raises ConfigError."""
    path = path or config_path()
    if not os.path.lexists(path):
        return Config()
    file = read_toml(path, str(path), ConfigError)
    troubles = tuple(faults_of(file.tables, Config))
    if troubles:
        raise ConfigError(str(path), troubles)
    config = msgspec.convert(file.tables, Config)
    return msgspec.structs.replace(config, app=_absolute(config.app, path.parent))


def _absolute(app: str | None, directory: Path) -> str | None:
    """A path in config.toml counts from where config.toml is, or from home (`~`)."""
    if app is None or app in bundled_ids():
        return app
    beside = directory / Path(app).expanduser()
    return str(beside) if names_file(app) or beside.exists() else app


def language_of(option: str | None, config: Config | None, environ: Mapping[str, str]) -> Language:
    """`--lang`, else config.toml, else the locale, else what the desktop speaks, else English."""
    chosen = option or (config.lang if config else None)
    if chosen is None:
        locale = next((environ[name] for name in LOCALE_VARIABLES if environ.get(name)), None)
        chosen = _desktop_language() if locale is None else locale
    return "ja" if chosen.lower().startswith("ja") else "en"


def _desktop_language() -> str:
    """The user's language where programs are not told it by the environment."""
    if sys.platform == "win32":
        import ctypes

        language = ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF
        return "ja" if language == _WINDOWS_JAPANESE else "en"
    if sys.platform == "darwin":
        return _macos_language(Path.home() / "Library/Preferences/.GlobalPreferences.plist")
    return "en"


def _macos_language(preferences: Path) -> str:
    """The first of the languages chosen in System Settings."""
    import plistlib

    try:
        languages = plistlib.loads(preferences.read_bytes())["AppleLanguages"]
        return str(languages[0])
    except Exception:  # whatever is wrong with it: it only decides the language
        return "en"
