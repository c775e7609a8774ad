"""What is mounted where on Linux: proc_pid_mountinfo(5)."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

MOUNTS = "/proc/self/mountinfo"


class Mount(Struct, frozen=True):
    """A mounted file system. device: `259:2`. options: of the mount."""

    device: str
    point: str
    options: tuple[str, ...]
    type: str
    source: str


def parse_mounts(text: str) -> list[Mount]:
    found = []
    for line in text.splitlines():
        first, _, last = line.partition(" - ")
        front, back = first.split(" "), last.split(" ")
        if len(front) >= 6 and len(back) >= 2:
            point, source = _unescaped(front[4]), _unescaped(back[1])
            options = tuple(front[5].split(","))
            found.append(Mount(front[2], point, options, back[0], source))
    return found


def mount_of(path: str, mounts: Iterable[Mount]) -> Mount | None:
    """The one that holds a path: of those above it the nearest, of these the last one mounted."""
    found: Mount | None = None
    for mount in mounts:
        inside = path == mount.point or path.startswith(f"{mount.point.rstrip('/')}/")
        if inside and (found is None or len(mount.point) >= len(found.point)):
            found = mount
    return found


def _unescaped(field: str) -> str:
    for code, sign in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, sign)
    return field
