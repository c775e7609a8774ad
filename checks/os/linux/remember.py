"""What a package manager said is true until one of the files that it answered from changes.

Asking takes most of a run's processor time, and between two scheduled runs nothing has changed as
a rule. A mark over the files' sizes and times says whether the answer still holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

import msgspec

from checks.os.patch import Patches
from diag.host import Host
from diag.model import NO_MEMORY, Failed, Memory

FORM = 1
"""Raised when an answer remembered by an earlier diag would be read wrongly."""
FILES_LIMIT = 2000
"""Files of one directory that are looked at; with more nothing is remembered."""


def remembered(
    host: Host,
    memory: Memory,
    manager: str,
    places: Iterable[str],
    ask: Callable[[], Patches],
    themselves: Iterable[str] = (),
) -> Patches:
    """What `ask` says, or said when everything in `places` was as it is now. Raises as it does.

    places: files, and directories with what lies directly in them; of `themselves` only they.
    """
    if memory is NO_MEMORY:
        return ask()
    key = f"os.updates {manager}"
    mark = state(host, places, themselves)
    if mark is not None and (said := memory.recall(key)) is not None:
        known, _, text = said.partition(" ")
        if known == mark:
            try:
                return msgspec.json.decode(text, type=Patches)
            except (msgspec.MsgspecError, ValueError):
                pass
    answer = ask()
    # What changed while it was being asked may or may not be in the answer.
    if mark is not None and mark == state(host, places, themselves):
        memory.keep(key, f"{mark} {msgspec.json.encode(answer).decode()}")
    return answer


def state(host: Host, places: Iterable[str], themselves: Iterable[str] = ()) -> str | None:
    """A mark that differs if anything there was changed, added or removed; None: cannot be told."""
    marks = hashlib.blake2b(f"{FORM} {host.is_root()}".encode(), digest_size=12)
    looked_at = [(place, True) for place in places] + [(place, False) for place in themselves]
    for place, inside in looked_at:
        try:
            status = host.stat(place)
            below = host.listdir(place) if inside and status is not None and status.is_dir else ()
            if len(below) > FILES_LIMIT:
                return None
            files = [(f"{place}/{name}", host.stat(f"{place}/{name}")) for name in below]
        except Failed as error:
            if error.failure.code != "denied":
                return None
            files = []
            status = None
        for path, seen in [(place, status), *files]:
            size, modified = (seen.size, seen.modified.timestamp()) if seen else (-1, 0.0)
            marks.update(f"{path}\0{size}\0{modified}\0".encode("utf-8", "replace"))
    return marks.hexdigest()
