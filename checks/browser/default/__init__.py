"""Which browser opens links on this device, one file per operating system."""

from __future__ import annotations

from msgspec import Struct

from checks.browser.known import Product
from diag.host import Host
from diag.model import Failed


class Default(Struct, frozen=True, kw_only=True):
    """The default browser. flatpak, snap: what it comes in, by name, if in one of them."""

    product: Product
    flatpak: str = ""
    snap: str = ""


def default_browser(host: Host) -> Default | None:
    """None if this device has no browser. Raises Failed."""
    if host.family == "linux":
        from checks.browser.default.linux import find
    elif host.family == "windows":
        from checks.browser.default.windows import find
    elif host.family == "macos":
        from checks.browser.default.macos import find
    else:
        raise Failed("unsupported", "find the default browser")
    return find(host)
