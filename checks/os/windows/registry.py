"""The registry as the checks of Windows read it: what is not there is empty."""

from __future__ import annotations

from diag.host import Host, RegistryKey
from diag.model import Failed

NOTHING = RegistryKey()


def key(host: Host, path: str) -> RegistryKey | None:
    """None if there is no such key. Raises Failed if it cannot be read."""
    try:
        return host.registry(path)
    except Failed as failed:
        if failed.failure.code == "tool_missing":
            return None
        raise


def values(host: Host, path: str) -> RegistryKey:
    """Empty if there is no such key or it cannot be read."""
    try:
        return key(host, path) or NOTHING
    except Failed:
        return NOTHING
