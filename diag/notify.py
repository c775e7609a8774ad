"""A notification on the desktop, where there is one that takes them.

Linux: org.freedesktop.Notifications (Desktop Notifications Specification 1.2) on the session bus.
Elsewhere none: the terminal has the same words.
"""

from __future__ import annotations

from html import escape

from diag.host import Host
from diag.model import Failed

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_SERVER_DECIDES = -1
"""How long it is shown."""


def notify(host: Host, title: str, body: str) -> bool:
    """Show a notification; whether somebody took it. `body` may hold no markup of ours."""
    if host.family != "linux":
        return False
    empty: list[str] = []
    hints: dict[str, object] = {}
    message = ("diag", 0, "", title, escape(body, quote=False), empty, hints, _SERVER_DECIDES)
    try:
        host.dbus("session", _NAME, _PATH, _NAME, "Notify", "susssasa{sv}i", message)
    except Failed:
        return False
    return True
