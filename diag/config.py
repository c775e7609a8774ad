"""The settings and the language to speak.

They come in layers, key by key: the system's config.toml, the user's, and DIAG_* variables.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from diag.file_error import Fault, FileError, Trouble, nearest
from diag.model import Language
from diag.profile_file import bundled_ids, names_file
from diag.strict import faults_of
from diag.toml_file import read_toml

FILE = "config.toml"
CONFIG_VARIABLE = "DIAG_CONFIG"

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which POSIX (XBD 8.2) lets one go before another."""

_WINDOWS_JAPANESE = 0x11
"""LANG_JAPANESE, the low ten bits of a Windows language identifier."""


class ConfigError(FileError):
    """A config.toml that cannot be read or used."""


class HistorySettings(Struct, frozen=True, kw_only=True):
    """How much of the past is kept."""

    keep_days: Annotated[int, Meta(extra={"range": (1, 36500)})] = 90
    keep_mb: Annotated[int, Meta(extra={"range": (1, 100_000)})] = 64


class WordSettings(Struct, frozen=True, kw_only=True):
    """Who is told when an unattended run finds that something changed, and when."""

    desktop: bool = False
    command: tuple[str, ...] = ()
    """A program and its arguments; it gets the word as JSON on its standard input."""
    apprise: tuple[str, ...] = ()
    """Where the addresses are: `keyring:NAME` or `file:PATH`."""
    about: Literal["problem", "warning"] = "warning"
    quiet_from: Annotated[str, Meta(extra={"form": "start_time"})] | None = None
    quiet_to: Annotated[str, Meta(extra={"form": "end_time"})] | None = None
    repeat_minutes: Annotated[int, Meta(extra={"range": (0, 525_600)})] = 60


class UnattendedSettings(Struct, frozen=True, kw_only=True):
    """What a run that nobody watches leaves behind, and what it spares."""

    write: tuple[str, ...] = ()
    """Files to write: .prom, .json, .txt anew, .jsonl one line more."""
    heavy: tuple[str, ...] = ("app", "app.*", "os", "os.*")
    """Checks left out on battery and on metered networks, as patterns."""


class Config(Struct, frozen=True, kw_only=True):
    """Defaults for the options of the same names. `app` is a bundled id or an absolute path."""

    app: str | None = None
    lang: Language | None = None
    deadline: Annotated[float, Meta(extra={"range": (1, 300)})] | None = None
    name_app: bool = False
    """Whether what others may see - notices, metrics - names the app."""
    public_resolvers: bool = True
    """Whether public resolvers are asked about the app's names that fail here."""
    history: HistorySettings = HistorySettings()
    word: WordSettings = WordSettings()
    unattended: UnattendedSettings = UnattendedSettings()


class Setting(Struct, frozen=True):
    """One value and where it is from: a file, a variable; None for the default."""

    key: str
    value: Any
    source: str | None


def config_path() -> Path:
    """The user's file, or the one that `--config` or DIAG_CONFIG puts in its place."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_config_dir

    return Path(user_config_dir("diag", appauthor=False)) / FILE


def system_config_path() -> Path:
    """The file for everybody on this device; the user's goes before it, key by key."""
    if sys.platform == "linux":
        return Path("/etc/diag") / FILE
    from platformdirs import site_config_dir

    return Path(site_config_dir("diag", appauthor=False)) / FILE


def load_config(path: Path | None = None) -> Config:
    """The settings of all layers; with `path`, of that file alone. Raises ConfigError."""
    values = {setting.key: setting.value for setting in settings(path) if setting.source}
    tables: dict[str, Any] = {}
    for key, value in values.items():
        section, _, name = key.rpartition(".")
        (tables.setdefault(section, {}) if section else tables)[name] = value
    return msgspec.convert(tables, Config)


def settings(path: Path | None = None) -> list[Setting]:
    """Every setting with where it is from: the system's file, then the user's, then DIAG_*.

    Raises ConfigError. With `path`, that file alone counts.
    """
    if path is not None:
        layers = [_file_layer(path)]
    else:
        own = config_path()
        if CONFIG_VARIABLE in os.environ and not os.path.lexists(own):
            raise ConfigError.whole(str(own), "no_file")
        layers = [_file_layer(system_config_path()), _file_layer(own), _environment(os.environ)]
    merged = {key: setting for layer in layers for key, setting in layer.items()}
    return [merged.get(key, Setting(key, default, None)) for key, default in _keys()]


def source_of(key: str) -> str:
    """Where a setting is from, for messages about its value."""
    named = next((each.source for each in settings() if each.key == key), None)
    return named or FILE


def variable_of(key: str) -> str:
    """`word.quiet_from` is DIAG_WORD_QUIET_FROM in the environment."""
    return f"DIAG_{key.replace('.', '_').upper()}"


def _keys() -> Iterator[tuple[str, Any]]:
    """Every key, dotted, and its default."""
    default = Config()
    for name in default.__struct_fields__:
        value = getattr(default, name)
        if isinstance(value, Struct):
            for inner in value.__struct_fields__:
                yield f"{name}.{inner}", getattr(value, inner)
        else:
            yield name, value


def _file_layer(path: Path) -> dict[str, Setting]:
    if not os.path.lexists(path):
        return {}
    file = read_toml(path, str(path), ConfigError)
    troubles = tuple(faults_of(file.tables, Config))
    if troubles:
        raise ConfigError(str(path), troubles)
    layer: dict[str, Setting] = {}
    for key, _ in _keys():
        section, _, name = key.rpartition(".")
        table = file.tables.get(section, {}) if section else file.tables
        if name in table:
            value = _from(key, table[name], path.parent)
            layer[key] = Setting(key, value, str(path))
    return layer


def _environment(environ: Mapping[str, str]) -> dict[str, Setting]:
    """DIAG_* variables. What is not text is written as in TOML: `5`, `true`, `["a", "b"]`."""
    layer = {}
    for key, _ in _keys():
        name = variable_of(key)
        if not environ.get(name):
            continue
        value: Any = environ[name]
        if _faults(key, value):
            value = _toml_value(value)
        if troubles := _faults(key, value):
            raise ConfigError(
                name, [Trouble("", _of_a_variable(each.fault, value)) for each in troubles]
            )
        layer[key] = Setting(key, _from(key, value, Path.cwd()), name)
    return layer


def _faults(key: str, value: Any) -> list[Trouble]:
    section, _, name = key.rpartition(".")
    return list(faults_of({section: {name: value}} if section else {name: value}, Config))


def _of_a_variable(fault: Fault, value: Any) -> Fault:
    """Every variable is text and nobody quotes one, so that it is text tells nobody anything."""
    if fault.code != "wrong_type" or not isinstance(value, str):
        return fault
    return Fault(fault.code, {"wanted": fault.args["wanted"]})


def no_settings(environ: Mapping[str, str]) -> dict[str, str | None]:
    """The DIAG_* variables that set nothing, and the one that was probably meant."""
    known = {variable_of(key) for key, _ in _keys()} | {CONFIG_VARIABLE}
    return {
        name: nearest(name, known, cutoff=0.75)
        for name in sorted(environ)
        if name.startswith("DIAG_") and name not in known
    }


def _toml_value(raw: str) -> Any:
    try:
        return tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        return raw


def _from(key: str, value: Any, directory: Path) -> Any:
    """Paths count from the directory of the file that names them, or from home (`~`)."""
    if key == "app":
        return _absolute(value, directory)
    if key == "unattended.write":
        return tuple(str(directory / Path(each).expanduser()) for each in value)
    return value


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
