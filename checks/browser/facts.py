"""What `app.browser` learns: the default browser, and how it is set for the app's login page."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from checks.browser.known import Brand, Engine
from diag.model import Fact, Failure, PrivateHost, Public

SetBy = Literal["default", "user", "extension", "policy"]
"""Who made a setting: nobody, the user, one of the browser's extensions, an administrator."""

Origin = Literal["vendor", "distribution", "system"]
"""Who brings the browser's updates: its maker, the Linux distribution, the operating system."""

DnsMode = Literal["system", "automatic", "preferred", "only"]
"""automatic: the system's own name servers, encrypted where they can be. preferred: servers of its
own first, then the system's. only: servers of its own alone."""

ProxyMode = Literal["system", "direct", "fixed", "script", "detect"]
"""detect: whatever the network announces (WPAD), usually nothing."""

Cookies = Literal["allowed", "session", "blocked"]
Tunnel = Literal["none", "private_relay", "browser_vpn", "paused"]
"""What the browser sends its pages through besides a proxy; paused: private relay is switched on,
but not in use for now."""


class OwnDns(Struct, frozen=True, kw_only=True):
    """How the browser finds addresses. server: the first of its own servers, if it has some."""

    mode: DnsMode = "system"
    by: SetBy = "default"
    server: PrivateHost | None = None


class OwnProxy(Struct, frozen=True, kw_only=True):
    """server: where `fixed` leads; loopback: a program on this device."""

    mode: ProxyMode = "system"
    by: SetBy = "default"
    server: PrivateHost | None = None
    port: int | None = None
    loopback: bool = False


class SiteSettings(Struct, frozen=True, kw_only=True):
    """What the browser does with one endpoint of the profile. None: cannot be told."""

    endpoint: Public
    host: Public
    cookies: Cookies | None = None
    cookies_by: SetBy = "default"
    javascript: bool | None = None
    javascript_by: SetBy = "default"
    barred: bool = False
    """An administrator's list of addresses keeps the browser from opening it."""


class BrowserSettings(Struct, frozen=True, kw_only=True):
    """The settings of the profile used last. used: whether the browser has ever been started."""

    used: bool
    dns: OwnDns = OwnDns()
    proxy: OwnProxy = OwnProxy()
    third_party_blocked: bool | None = None
    sites: tuple[SiteSettings, ...] = ()


class BrowserFact(Fact, frozen=True, kw_only=True):
    """The browser that opens links on this device.

    version: as last known to run or to be installed. esr: Firefox's slow channel. settings_failure:
    why there are no settings, or none but an administrator's. tunnel: None where it cannot be told.
    """

    brand: Brand
    engine: Engine
    name: Public
    version: Public | None = None
    esr: bool = False
    origin: Origin = "vendor"
    settings: BrowserSettings | None = None
    settings_failure: Failure | None = None
    tunnel: Tunnel | None = "none"
