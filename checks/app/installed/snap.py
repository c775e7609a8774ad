"""A snap, read from its mounted image: `meta/snap.yaml` of the revision that `current` names
(snapcraft.io/docs, "The snap format" and "System snap directory"). Which channel it follows stands
in a file that only root may read; `snap list` tells it to everybody."""

from __future__ import annotations

from typing import Any

from checks.app.installed import InstalledCopy, names_in, plain_name, text_of
from checks.app.installed.strings import first_line
from diag.app_profile import LinuxInstall
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

MOUNTS = ("/snap", "/var/lib/snapd/snap")
"""The second one where a distribution has no /snap of its own (Fedora, Arch)."""
YAML_LIMIT = 64 << 10
SOCKET = "/run/snapd.socket"
"""Without it `snap list` would go on trying for two minutes."""
LIST_TIMEOUT_S = 1.0
TRACKING = "Tracking"


def ask_snap(host: Host, install: LinuxInstall, deadline: Deadline) -> tuple[InstalledCopy, ...]:
    """Nothing without the snap, or if it is switched off (`current` is gone then)."""
    name = plain_name(install.snap)
    for mount in MOUNTS:
        home = f"{mount}/{name}"
        yaml = text_of(host, f"{home}/current/meta/snap.yaml", YAML_LIMIT)
        if yaml is not None:
            own = _is_local(names_in(host, home))
            version = version_of(yaml)
            return (
                InstalledCopy(
                    version=version,
                    maker_version=version,
                    path=f"{home}/current",
                    channel=None if own else "snapcraft",
                    follows=None if own else _followed(host, name, deadline),
                ),
            )
    return ()


def version_of(yaml: str) -> str | None:
    """Read as text: YAML would make the number 1.1 of the version 1.10. Raises Failed."""
    from yaml import BaseLoader, YAMLError, load

    try:
        described: Any = load(yaml, Loader=BaseLoader)  # noqa: S506 - it makes nothing but text
    except (YAMLError, RecursionError, ValueError) as error:
        raise Failed("unparsable", "read snap.yaml", type(error).__name__) from None
    return first_line(described.get("version")) if isinstance(described, dict) else None


def _followed(host: Host, name: str, deadline: Deadline) -> str | None:
    """None where snapd does not say."""
    if host.stat(SOCKET) is None:
        return None
    try:
        listed = host.run(
            "snap", "list", name, timeout_s=deadline.within(LIST_TIMEOUT_S).remaining()
        )
    except Failed:
        return None
    return channel_of(listed.text(), name) if listed.returncode == 0 else None


def channel_of(table: str, name: str) -> str | None:
    """What `snap list` says that a snap follows: `latest/stable`; of a branch (`latest/stable/...`,
    which snapd cuts short) the channel that it belongs to. Nothing (`-`) follows none."""
    lines = [line.split() for line in table.splitlines()]
    if not lines or TRACKING not in lines[0]:
        return None
    column = lines[0].index(TRACKING)
    for words in lines[1:]:
        if words[0:1] == [name] and len(words) > column:
            track, slash, risk = words[column].partition("/")
            return f"{track}/{risk.partition('/')[0]}" if slash else None
    return None


def _is_local(revisions: tuple[str, ...]) -> bool:
    """Revisions that the store did not give are counted x1, x2."""
    numbers = [name for name in revisions if name != "current"]
    return bool(numbers) and all(name.startswith("x") for name in numbers)
