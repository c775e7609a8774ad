"""The hosts file (hosts(5)): what it says goes before every name server."""

from __future__ import annotations

from diag.host import Host
from diag.model import Failed
from diag.net.addresses import is_address

PATHS = {
    "linux": "/etc/hosts",
    "macos": "/etc/hosts",
    "windows": r"C:\Windows\System32\drivers\etc\hosts",
}
LIMIT = 4 << 20
"""Lists that block advertisements run to tens of thousands of lines."""


def entries(host: Host, names: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The addresses that the file gives to these names (in lower case).

    Empty if there is no such file. Raises Failed: unsupported, denied.
    """
    path = PATHS.get(host.family)
    if path is None:
        raise Failed("unsupported", "read the hosts file")
    try:
        text = host.read(path, LIMIT).decode("utf-8", errors="replace")
    except Failed as failed:
        if failed.failure.code == "tool_missing":
            return {}
        raise
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) < 2 or not is_address(words[0]):
            continue
        for word in words[1:]:
            name = word.casefold().rstrip(".")
            if name in names:
                found.setdefault(name, []).append(words[0])
    return {name: tuple(dict.fromkeys(addresses)) for name, addresses in found.items()}
