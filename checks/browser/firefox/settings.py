"""How Firefox is set: its profile used last, under what an administrator set.

What an administrator locked comes before the user's own, what is not locked after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from checks.browser.addresses import loopback, own_server
from checks.browser.facts import (
    BrowserSettings,
    Cookies,
    DnsMode,
    OwnDns,
    OwnProxy,
    ProxyMode,
    SetBy,
    SiteSettings,
)
from checks.browser.files import json_of
from checks.browser.firefox import permissions, policies, preferences
from checks.browser.firefox.preferences import Preferences, Value
from checks.browser.firefox.profile import FirefoxProfile
from checks.browser.known import Product
from checks.browser.site import Site
from diag.host import Host
from diag.model import Failed

DNS_MODES: dict[Value, DnsMode] = {2: "preferred", 3: "only"}
"""network.trr.mode; 0 and 5 are off."""

PROXY_MODES: dict[Value, ProxyMode] = {0: "direct", 1: "fixed", 2: "script", 4: "detect"}
"""network.proxy.type; 5, the default, is the system's."""
POLICY_PROXY: dict[str, Value] = {
    "none": 0,
    "manual": 1,
    "autoConfig": 2,
    "autoDetect": 4,
    "system": 5,
}

REJECT_ALL = 2
FOREIGN_REJECTED = (1, 3)
"""network.cookie.cookieBehavior. The default, 5, keeps other sites' cookies apart by page."""
BEHAVIOURS: dict[str, int] = {
    "accept": 0,
    "reject-foreign": 1,
    "reject": 2,
    "limit-foreign": 3,
    "reject-tracker": 4,
    "reject-tracker-and-partition-foreign": 5,
    "partition-foreign": 5,
}
COOKIES: dict[int, Cookies] = {
    permissions.ALLOW: "allowed",
    permissions.DENY: "blocked",
    permissions.SESSION: "session",
}
OWNED = "extension-settings.json"
"""Which preferences extensions hold (toolkit/components/extensions/ExtensionSettingsStore)."""


class _Settings:
    """Preferences and what an administrator made of them: value and who set it."""

    def __init__(self, own: Preferences, managed: policies.Policies) -> None:
        self._own = own
        self._locked: Preferences = {}
        self._defaults: Preferences = {}
        for name, value, locked in _managed(managed):
            (self._locked if locked else self._defaults)[name] = value

    def get(self, name: str) -> tuple[Value | None, SetBy]:
        if name in self._locked:
            return self._locked[name], "policy"
        if name in self._own:
            return self._own[name], "user"
        if name in self._defaults:
            return self._defaults[name], "policy"
        return None, "default"

    def text(self, name: str) -> str:
        value = self.get(name)[0]
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        value = self.get(name)[0]
        return value if isinstance(value, int) else None


def _managed(held: policies.Policies) -> list[tuple[str, Value, bool]]:
    """Policies as the preferences that they set (browser/components/enterprisepolicies)."""
    found: list[tuple[str, Value, bool]] = []
    for name, entry in held.get("Preferences", {}).items():
        value = entry.get("Value") if isinstance(entry, Mapping) else entry
        status = entry.get("Status", "default") if isinstance(entry, Mapping) else "locked"
        if isinstance(value, str | int | bool):
            found.append((str(name), value, status == "locked"))
    dns = held.get("DNSOverHTTPS", {})
    locked = bool(dns.get("Locked"))
    if "Enabled" in dns:
        strict = dns.get("Fallback") in (False, 0)
        found.append(("network.trr.mode", (3 if strict else 2) if dns["Enabled"] else 5, locked))
    if isinstance(dns.get("ProviderURL"), str):
        found.append(("network.trr.uri", dns["ProviderURL"], locked))
    found += _managed_proxy(held.get("Proxy", {}))
    cookies = held.get("Cookies", {})
    behaviour = BEHAVIOURS.get(str(cookies.get("Behavior")))
    if behaviour is None and cookies.get("Default") in (False, 0):
        behaviour = REJECT_ALL
    if behaviour is not None:
        found.append(("network.cookie.cookieBehavior", behaviour, bool(cookies.get("Locked"))))
    return found


def _managed_proxy(proxy: Mapping[str, Any]) -> list[tuple[str, Value, bool]]:
    kind = POLICY_PROXY.get(str(proxy.get("Mode")))
    if kind is None:
        return []
    locked = bool(proxy.get("Locked"))
    found: list[tuple[str, Value, bool]] = [("network.proxy.type", kind, locked)]
    for name, pref in (("HTTPProxy", "http"), ("SSLProxy", "ssl"), ("SOCKSProxy", "socks")):
        server, _, port = str(proxy.get(name) or "").rpartition(":")
        if server and port.isdigit():
            found.append((f"network.proxy.{pref}", server, locked))
            found.append((f"network.proxy.{pref}_port", int(port), locked))
    if proxy.get("UseHTTPProxyForAllProtocols"):
        found.append(("network.proxy.share_proxy_settings", True, locked))
    return found


def read(
    host: Host,
    product: Product,
    profile: FirefoxProfile | None,
    program: str,
    sites: tuple[Site, ...],
) -> BrowserSettings:
    """`program`: the directory of the installed Firefox. Raises Failed."""
    managed = policies.read(host, product, program)
    own = preferences.read(host, profile.directory) if profile else {}
    settings = _Settings(own, managed)
    return BrowserSettings(
        used=profile is not None,
        dns=_dns(settings),
        proxy=_proxy(settings, _owned_by_extension(host, profile, "proxy.settings")),
        third_party_blocked=settings.number("network.cookie.cookieBehavior") in FOREIGN_REJECTED,
        sites=tuple(_site(host, profile, site, settings, managed) for site in sites),
    )


def vpn_on(host: Host, profile: FirefoxProfile | None) -> bool:
    """Whether Firefox's own VPN is switched on."""
    own = preferences.read(host, profile.directory) if profile else {}
    return own.get("browser.ipProtection.userEnabled") is True


def _dns(settings: _Settings) -> OwnDns:
    mode, by = settings.get("network.trr.mode")
    if mode is None:
        mode, by = settings.get("doh-rollout.mode")[0], "default"
    known = DNS_MODES.get(mode, "system") if mode is not None else "system"
    if known == "system":
        return OwnDns(by=by)
    urls = (settings.text(f"network.trr.{name}") for name in ("uri", "custom_uri"))
    url = next(filter(None, (*urls, settings.text("doh-rollout.uri"))), "")
    return OwnDns(mode=known, by=by, server=own_server(url))


def _proxy(settings: _Settings, by_extension: bool) -> OwnProxy:
    kind, by = settings.get("network.proxy.type")
    mode = PROXY_MODES.get(kind, "system") if kind is not None else "system"
    if by == "user" and by_extension:
        by = "extension"
    if mode != "fixed":
        return OwnProxy(mode=mode, by=by)
    shared = settings.get("network.proxy.share_proxy_settings")[0] is True
    for name in ("http", "ssl", "socks") if shared else ("ssl", "socks", "http"):
        server = settings.text(f"network.proxy.{name}")
        port = settings.number(f"network.proxy.{name}_port")
        if server and port:
            return OwnProxy(
                mode="fixed", by=by, server=server, port=port, loopback=loopback(server)
            )
    return OwnProxy(by=by)


def _owned_by_extension(host: Host, profile: FirefoxProfile | None, name: str) -> bool:
    """Whether an extension holds this setting, by the name that the API for extensions has."""
    if profile is None:
        return False
    try:
        held = json_of(host, f"{profile.directory}/{OWNED}", dict[str, Any]) or {}
    except Failed:
        return False
    prefs = held.get("prefs")
    entry = prefs.get(name) if isinstance(prefs, Mapping) else None
    listed = entry.get("precedenceList") if isinstance(entry, Mapping) else None
    return isinstance(listed, list) and any(
        isinstance(each, Mapping) and each.get("enabled") is True for each in listed
    )


# --- pages ---


def _site(
    host: Host,
    profile: FirefoxProfile | None,
    site: Site,
    settings: _Settings,
    managed: policies.Policies,
) -> SiteSettings:
    cookies, cookies_by = _cookies(host, profile, site, settings, managed.get("Cookies", {}))
    javascript, javascript_by = settings.get("javascript.enabled")
    filtered = managed.get("WebsiteFilter", {})
    return SiteSettings(
        endpoint=site.endpoint,
        host=site.host,
        cookies=cookies,
        cookies_by=cookies_by,
        javascript=javascript is not False,
        javascript_by=javascript_by,
        barred=_listed(filtered.get("Block"), site)
        and not _listed(filtered.get("Exceptions"), site),
    )


def _cookies(
    host: Host,
    profile: FirefoxProfile | None,
    site: Site,
    settings: _Settings,
    managed: Mapping[str, Any],
) -> tuple[Cookies | None, SetBy]:
    """What was set for the site before what holds for all."""
    names = permissions.origins(site)
    for name in names:
        for key, said in (("Block", "blocked"), ("Allow", "allowed"), ("AllowSession", "session")):
            if any(each.rstrip("/").casefold() == name for each in _strings(managed.get(key))):
                return said, "policy"  # type: ignore[return-value]
    try:
        own = permissions.cookie_permission(host, profile.directory, site) if profile else None
    except Failed:
        return None, "default"
    if own in COOKIES:
        return COOKIES[own], "user"
    behaviour, by = settings.get("network.cookie.cookieBehavior")
    if behaviour != REJECT_ALL:
        return "allowed", by
    owned = by == "user" and _owned_by_extension(host, profile, "websites.cookieConfig")
    return "blocked", "extension" if owned else by


def _strings(held: object) -> list[str]:
    return [each for each in held if isinstance(each, str)] if isinstance(held, list) else []


def _listed(held: object, site: Site) -> bool:
    return any(_matches(each, site) for each in _strings(held))


def _matches(pattern: str, site: Site) -> bool:
    """A match pattern of WebExtensions (developer.mozilla.org, "Match patterns")."""
    if pattern == "<all_urls>":
        return True
    scheme, separator, rest = pattern.casefold().partition("://")
    name, slash, path = rest.partition("/")
    if not separator or not slash or scheme not in ("*", site.scheme):
        return False
    bare = name.removeprefix("*.")
    below = name.startswith("*.") and site.host.endswith(f".{bare}")
    return (name == "*" or site.host == bare or below) and fnmatchcase(site.path, f"/{path}")
