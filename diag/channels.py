"""The ways in which word of a change goes out. Each is bounded, and says why if it failed."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from diag.config import WordSettings
from diag.host import Host
from diag.host.bounded import bounded
from diag.model import Failed
from diag.notify import notify

COMMAND_TIMEOUT_S = 20.0
APPRISE_TIMEOUT_S = 20.0
SECRET_LIMIT = 65_536
KEYRING_SERVICE = "diag"


class NotSaid(Exception):
    """The word did not go out; the message says why in plain words, and holds no secret."""


class Word(Struct, frozen=True, kw_only=True):
    """What is said: a heading, its lines, and for programs the codes behind them."""

    title: str
    lines: tuple[str, ...]
    more: str
    report_id: str
    changes: tuple[dict[str, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


Channel = Callable[[Word], None]


def channels(settings: WordSettings, host: Host) -> dict[str, Channel]:
    """The channels that the settings ask for, by name; stderr is always one, for cron's mail."""
    found: dict[str, Channel] = {"stderr": _to_stderr}
    if settings.desktop:
        found["desktop"] = lambda word: _to_desktop(word, host)
    if settings.command:
        found["command"] = lambda word: _to_command(word, settings.command, host)
    if settings.apprise:
        found["apprise"] = lambda word: _to_apprise(word, settings.apprise)
    return found


def _to_stderr(word: Word) -> None:
    try:
        print(*word.lines, word.more, sep="\n", file=sys.stderr, flush=True)  # noqa: T201
    except OSError as error:
        raise NotSaid("stderr is closed") from error


def _to_desktop(word: Word, host: Host) -> None:
    try:
        notify(host, word.title, word.text)
    except Failed as failed:
        raise NotSaid(f"no desktop takes notices ({failed.failure.code})") from failed


def _to_command(word: Word, command: Sequence[str], host: Host) -> None:
    program = host.which(command[0])
    if program is None:
        raise NotSaid("the program is not there, or not root's own; name it by its whole path")
    try:
        process = subprocess.Popen(
            [program, *command[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows only
        )
    except OSError as error:
        raise NotSaid(f"the program cannot be started ({error.strerror})") from error
    try:
        process.communicate(msgspec.json.encode(word) + b"\n", timeout=COMMAND_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        _kill(process)
        raise NotSaid(f"the program did not end within {COMMAND_TIMEOUT_S:g} s") from None
    if process.returncode != 0:
        raise NotSaid(f"the program ended with {process.returncode}")


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _to_apprise(word: Word, sources: Sequence[str]) -> None:
    try:
        import apprise
    except ImportError:
        raise NotSaid("Apprise is not installed; add it with: pip install 'diag[word]'") from None
    courier = apprise.Apprise()
    for source in sources:
        for address in secret(source).split():
            if not courier.add(address):
                raise NotSaid(f"{source} holds an address that Apprise does not know")
    try:
        done = bounded(
            lambda: courier.notify(body=word.text, title=word.title), APPRISE_TIMEOUT_S, "apprise"
        )
    except TimeoutError:
        raise NotSaid(f"it was not sent within {APPRISE_TIMEOUT_S:g} s") from None
    if not done:
        raise NotSaid("it was not accepted, or nothing could be reached")


def secret(source: str) -> str:
    """What `keyring:NAME` or `file:PATH` holds. The file may be its owner's only.

    Raises NotSaid, whose message never holds the secret.
    """
    kind, _, name = source.partition(":")
    if kind == "keyring":
        return _from_keyring(name)
    if kind == "file":
        return _from_file(Path(name).expanduser())
    raise NotSaid("word.apprise says where addresses are: keyring:NAME or file:PATH")


def _from_keyring(name: str) -> str:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise NotSaid("keyring is not installed; add it with: pip install 'diag[word]'") from None
    try:
        found = bounded(
            lambda: keyring.get_password(KEYRING_SERVICE, name), APPRISE_TIMEOUT_S, "keyring"
        )
    except (TimeoutError, keyring.errors.KeyringError) as error:
        raise NotSaid(f"the keyring did not answer ({type(error).__name__})") from None
    if not found:
        raise NotSaid(f"the keyring holds no {name}; add it with: keyring set diag {name}")
    return str(found)


def _from_file(path: Path) -> str:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise NotSaid(f"{path}: {(error.strerror or 'cannot be read').lower()}") from error
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotSaid(f"{path}: is not a regular file")
        if os.name == "posix" and (
            status.st_mode & 0o077 or status.st_uid not in (0, os.geteuid())
        ):
            raise NotSaid(f"{path}: others may read it; make it yours alone: chmod 600 {path}")
        return stream.read(SECRET_LIMIT).decode(errors="replace")
