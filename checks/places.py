"""Where the user's files lie, by operating system."""

from __future__ import annotations

from diag.host import Host
from diag.model import Failed


def home(host: Host) -> str:
    """Raises Failed(needs_missing) where the environment does not say."""
    name = "USERPROFILE" if host.family == "windows" else "HOME"
    place = host.getenv(name)
    if not place:
        raise Failed("needs_missing", "find the user's directory", name)
    return place.rstrip("/\\")


def config_dir(host: Host) -> str:
    """Of the XDG base directory specification."""
    return host.getenv("XDG_CONFIG_HOME") or f"{home(host)}/.config"


def app_data(host: Host, roaming: bool = False) -> str:
    """Of Windows, where programs keep what is the user's."""
    known = host.getenv("APPDATA" if roaming else "LOCALAPPDATA")
    return known or home(host) + r"\AppData" + ("\\Roaming" if roaming else "\\Local")


def exists(host: Host, path: str) -> bool:
    """Whether it is there for us."""
    try:
        return host.stat(path) is not None
    except Failed:
        return False
