"""The schedules of this user, in a file that nobody else may read."""

from __future__ import annotations

from pathlib import Path

import msgspec

from diag.files import write_whole
from diag.schedule.model import Schedule

FILE = "schedules.json"
LIMIT = 1 << 20


class BadStore(Exception):
    """The file cannot be read; the message says why in plain words."""


def default_path() -> Path:
    from platformdirs import user_state_path

    return user_state_path("diag", appauthor=False) / FILE


def load(path: Path) -> dict[str, Schedule]:
    """The schedules by name, in the order they were added. Raises BadStore."""
    try:
        with path.open("rb") as stream:
            found = msgspec.json.decode(stream.read(LIMIT), type=list[Schedule])
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadStore(f"{path}: {(error.strerror or str(error)).lower()}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadStore(f"{path}: this is no list of schedules ({error})") from error
    return {schedule.name: schedule for schedule in found}


def save(path: Path, schedules: dict[str, Schedule]) -> None:
    """Raises NotWritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    data = msgspec.json.format(msgspec.json.encode(list(schedules.values())), indent=2)
    write_whole(path, data + b"\n")
