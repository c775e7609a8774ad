"""A notification on the desktop, where there is one that takes them.

Linux: org.freedesktop.Notifications (Desktop Notifications Specification 1.2) on the session bus.
macOS: AppleScript's `display notification` (Mac Automation Scripting Guide). Windows: a toast
(Windows.UI.Notifications) under PowerShell's name, since only programs with an entry in the Start
menu may show one. The terminal has the same words in any case.
"""

from __future__ import annotations

from html import escape

from diag.host import Host
from diag.host.powershell import ARGS
from diag.model import Failed

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_SERVER_DECIDES = -1
"""How long it is shown."""

TOOL_TIMEOUT_S = 5.0

_APPLESCRIPT = (
    "on run argv",
    "display notification (item 2 of argv) with title (item 1 of argv)",
    "end run",
)

_TOAST = "; ".join(
    (
        "$ErrorActionPreference = 'Stop'",
        "$null = [Windows.UI.Notifications.ToastNotificationManager,"
        "Windows.UI.Notifications,ContentType=WindowsRuntime]",
        "$toast = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent(1)",
        "$texts = $toast.GetElementsByTagName('text')",
        "$null = $texts.Item(0).AppendChild($toast.CreateTextNode($env:DIAG_TITLE))",
        "$null = $texts.Item(1).AppendChild($toast.CreateTextNode($env:DIAG_BODY))",
        "[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier("
        "'{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe').Show("
        "[Windows.UI.Notifications.ToastNotification]::new($toast))",
    )
)
"""ToastText02 (1) has a title and a text; they travel in the environment, where nothing in them can
be taken for a command."""


def notify(host: Host, title: str, body: str) -> None:
    """Show a notification. `body` may hold no markup of ours. Raises Failed if nobody took it."""
    if host.family == "linux":
        _by_bus(host, title, body)
        return
    if host.family == "macos":
        script = [word for line in _APPLESCRIPT for word in ("-e", line)]
        done = host.run("osascript", *script, "--", title, body, timeout_s=TOOL_TIMEOUT_S)
    else:
        texts = {"DIAG_TITLE": title, "DIAG_BODY": body}
        done = host.run("powershell", *ARGS, _TOAST, timeout_s=TOOL_TIMEOUT_S, env=texts)
    if done.returncode != 0:
        raise Failed("refused", "show a notification", done.text()[:200])


def _by_bus(host: Host, title: str, body: str) -> None:
    empty: list[str] = []
    hints: dict[str, object] = {}
    message = ("diag", 0, "", title, escape(body, quote=False), empty, hints, _SERVER_DECIDES)
    host.dbus("session", _NAME, _PATH, _NAME, "Notify", "susssasa{sv}i", message)
