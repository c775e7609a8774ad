r"""The list of installed programs of Windows: a key for each below `...\CurrentVersion\Uninstall`.

Three of them: all users' programs of 64 and of 32 bits, and this user's own. Values as
learn.microsoft.com has them ("Uninstall Registry Key"), and which entries the list of the settings
leaves out (SystemComponent, ParentKeyName, ReleaseType). `WOW6432Node` is where a 64-bit Windows
keeps the view of programs of 32 bits ("Registry Redirector"); this user's own key has one view.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from msgspec.structs import replace

from checks.app.installed import InstalledCopy
from checks.app.installed.pe import file_version
from checks.app.installed.strings import first_line
from diag.app_profile import WindowsInstall
from diag.deadline import Deadline
from diag.host import Host, RegistryKey
from diag.model import Failed

BELOW = r"Microsoft\Windows\CurrentVersion\Uninstall"
KEYS = (
    rf"HKCU\Software\{BELOW}",
    rf"HKLM\SOFTWARE\{BELOW}",
    rf"HKLM\SOFTWARE\WOW6432Node\{BELOW}",
)
APP_PATHS = r"Software\Microsoft\Windows\CurrentVersion\App Paths"

UPDATES = frozenset({"security update", "update", "update rollup", "hotfix", "service pack"})
"""What ReleaseType says of entries that are no program."""

MOST_COPIES = 8
LONGEST_NAME = 260

_TAIL_WORD = (
    r"(?:(?:version|ver\.?|v)\s?)?\d+(?:[.,]\d+)+"
    r"|version|x64|x86|x86[_-]64|amd64|arm64|64[- ]?bit|32[- ]?bit"
    r"|\((?![^)]*(?:beta|preview|canary|nightly|insider|dev\b))[^()]{1,60}\)"
)
TAIL = re.compile(rf"(?:(?: - |, | |-)(?:{_TAIL_WORD}))+")
"""What makers write behind the name in `DisplayName`: version, architecture, language, scope."""

DRIVE = re.compile(r"[A-Za-z]:\\")
ICON = re.compile(r'"?(?P<path>[^"]+?\.exe)"?(?:,-?\d+)?', re.IGNORECASE)
VARIABLE = re.compile(r"%(\w+(?:\(x86\))?)%")


class Entry(NamedTuple):
    key: str
    values: RegistryKey


def ask_uninstall(
    host: Host, install: WindowsInstall, deadline: Deadline
) -> tuple[InstalledCopy, ...]:
    """Every entry of this name. One hidden from the list counts only if no other is there: it is
    the inner package of what is shown. Raises Failed if none of the keys can be read."""
    wanted = plain(install.uninstall_name or "")
    entries: list[Entry] = []
    failures: list[Failed] = []
    for key in KEYS:
        try:
            names = host.registry(key).subkeys
        except Failed as error:
            if error.failure.code != "tool_missing":
                failures.append(error)
            continue
        for name in names:
            if deadline.expired:
                raise Failed("timeout", "read the list of programs")
            entry = _entry(host, f"{key}\\{name}")
            if entry is not None and is_named(entry.values.text("DisplayName"), wanted):
                entries.append(entry)
    shown = [entry for entry in entries if entry.values.number("SystemComponent") != 1]
    found = (shown or entries)[:MOST_COPIES]
    if not found and failures:
        raise failures[0]
    return _which_starts(host, [_copy(host, entry, wanted) for entry in found], found)


def _entry(host: Host, key: str) -> Entry | None:
    """None for one that may not be read or is no program; half an entry is none either."""
    try:
        values = host.registry(key)
    except Failed:
        return None
    if values.text("ParentKeyName") or values.text("ReleaseType").casefold() in UPDATES:
        return None
    return Entry(key, values)


def plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_named(display_name: str, wanted: str) -> bool:
    """Whether this is the name, alone or with no more behind it than its version and the like."""
    if not wanted or len(display_name) > LONGEST_NAME:
        return False
    name = plain(display_name)
    if not name.startswith(wanted):
        return False
    return name == wanted or TAIL.fullmatch(name[len(wanted) :]) is not None


def _copy(host: Host, entry: Entry, wanted: str) -> InstalledCopy:
    values = entry.values
    program = _program(host, values)
    version = first_line(values.text("DisplayVersion"))
    folder = _local(host, values.text("InstallLocation"))
    if version is None:
        if program is None and folder is not None:
            program = _in_folder(host, folder, wanted)
        version = _file_version(host, program) if program is not None else None
    return InstalledCopy(version=version, maker_version=version, path=program or folder)


def _program(host: Host, values: RegistryKey) -> str | None:
    """The program's own file, as its icon names it."""
    match = ICON.fullmatch(values.text("DisplayIcon"))
    path = _local(host, match["path"]) if match else None
    return None if path is None or _installs(path) else path


def _in_folder(host: Host, folder: str, wanted: str) -> str | None:
    """The program in the app's folder that bears its name, or that is the only one."""
    base = folder.rstrip("\\")
    try:
        names = host.listdir(folder)
    except Failed:
        return None
    programs = [each for each in names if each.casefold().endswith(".exe") and not _installs(each)]
    named = [each for each in programs if _letters(plain(each[:-4])) == _letters(wanted)]
    chosen = named or (programs if len(programs) == 1 else [])
    return f"{base}\\{chosen[0]}" if chosen else None


def _letters(name: str) -> str:
    return "".join(sign for sign in name if sign.isalnum())


def _installs(path: str) -> bool:
    """The icon is often that of the program that removes the app; its version is another."""
    name = path.rpartition("\\")[2].casefold()
    return name.startswith(("unins", "setup", "msiexec", "update.exe", "install"))


def _local(host: Host, path: str) -> str | None:
    """An absolute path on a drive of this device: to open one elsewhere would send the user's name
    over the network."""

    def value(match: re.Match[str]) -> str:
        return host.getenv(match[1]) or match[0]

    plain_path = VARIABLE.sub(value, path.strip().strip('"'))
    return plain_path if DRIVE.match(plain_path) and "\0" not in plain_path else None


def _file_version(host: Host, program: str) -> str | None:
    try:
        return file_version(host, program)
    except Failed:
        return None


def _which_starts(
    host: Host, copies: list[InstalledCopy], entries: list[Entry]
) -> tuple[InstalledCopy, ...]:
    """Of several, the one that `App Paths` names for the program: the user's own counts first
    (learn.microsoft.com, "Application Registration")."""
    if len(copies) < 2:
        return tuple(copies)
    for entry in entries:
        program = _program(host, entry.values)
        registered = _registered(host, program.rpartition("\\")[2]) if program else None
        if registered is None:
            continue
        starting = [each for each in copies if (each.path or "").casefold() == registered]
        if starting:
            return tuple(replace(each, starts=each is starting[0]) for each in copies)
    return tuple(copies)


def _registered(host: Host, program: str) -> str | None:
    """The whole path, in small letters, of a program that is named alone."""
    for hive in ("HKCU", "HKLM"):
        try:
            value = host.registry(f"{hive}\\{APP_PATHS}\\{program}").text("")
        except Failed:
            continue
        path = _local(host, value)
        if path is not None:
            return path.casefold()
    return None
