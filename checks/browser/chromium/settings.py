"""How a Chromium browser is set: its profile used last, under what an administrator set.

`Local State` names the profile used last and holds what is common to all (secure DNS), each
profile's `Preferences` the rest (chrome/common/pref_names.h, docs/user_data_dir.md). On Windows
and macOS `Secure Preferences` holds the extensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, field

from checks.browser.addresses import loopback, own_server
from checks.browser.chromium import policies
from checks.browser.chromium.patterns import (
    ALLOW,
    BLOCK,
    SESSION,
    barred,
    listed_rules,
    own_rules,
    setting_for,
)
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
from checks.browser.known import Product
from checks.browser.site import Site
from checks.places import exists
from diag.host import Host

COOKIES: dict[int | None, Cookies] = {ALLOW: "allowed", BLOCK: "blocked", SESSION: "session"}

DNS_MODES: dict[str, DnsMode] = {"off": "system", "automatic": "automatic", "secure": "only"}

PROXY_MODES: dict[str, ProxyMode] = {
    "direct": "direct",
    "fixed_servers": "fixed",
    "pac_script": "script",
    "auto_detect": "detect",
    "system": "system",
}
"""components/proxy_config/proxy_prefs.cc; for policies also as ProxyMode has them."""

THIRD_PARTY_BLOCKED = 1
"""`profile.cookie_controls_mode` for "block third-party cookies" (0: off, 2: incognito only)."""


class LastProfile(Struct):
    last_used: Any = None


class LocalState(Struct):
    dns_over_https: Any = None
    profile: LastProfile = field(default_factory=LastProfile)


class Exceptions(Struct):
    cookies: Any = None
    javascript: Any = None


class ContentSettings(Struct):
    exceptions: Exceptions = field(default_factory=Exceptions)


class DefaultValues(Struct):
    cookies: Any = None
    javascript: Any = None


class UserProfile(Struct):
    content_settings: ContentSettings = field(default_factory=ContentSettings)
    default_content_setting_values: DefaultValues = field(default_factory=DefaultValues)
    cookie_controls_mode: Any = None
    block_third_party_cookies: Any = None


class Extension(Struct):
    state: Any = None
    disable_reasons: Any = None
    preferences: Any = None

    @property
    def enabled(self) -> bool:
        """By state in older profiles (1: enabled), by reasons against it in newer ones."""
        return self.state in (None, 1) and not self.disable_reasons


class Extensions(Struct):
    settings: dict[str, msgspec.Raw] = {}


class Preferences(Struct):
    profile: UserProfile = field(default_factory=UserProfile)
    proxy: Any = None
    extensions: Extensions = field(default_factory=Extensions)


def read(host: Host, product: Product, directory: str, sites: tuple[Site, ...]) -> BrowserSettings:
    """`directory` holds the profiles. Raises Failed where they cannot be read."""
    set_by_admin = policies.read(host, product)
    state = json_of(host, f"{directory}/Local State", LocalState)
    place = _profile(host, directory, state.profile.last_used if state else None)
    own = json_of(host, f"{place}/Preferences", Preferences)
    used = own is not None
    own = own or Preferences()
    secure = json_of(host, f"{place}/Secure Preferences", Preferences)
    extensions = {**own.extensions.settings, **(secure.extensions.settings if secure else {})}
    return BrowserSettings(
        used=used,
        dns=_dns(state.dns_over_https if state else None, set_by_admin),
        proxy=_proxy(own.proxy, extensions, set_by_admin),
        third_party_blocked=_third_party(own.profile, set_by_admin),
        sites=tuple(_site(site, own.profile, set_by_admin) for site in sites),
    )


def _profile(host: Host, directory: str, last_used: object) -> str:
    """Opera keeps its only profile in the directory itself."""
    name = last_used if isinstance(last_used, str) else ""
    plain = name if name and not set(name) & set("/\\") and name not in (".", "..") else "Default"
    place = f"{directory}/{plain}"
    if not exists(host, f"{place}/Preferences") and exists(host, f"{directory}/Preferences"):
        return directory
    return place


# --- names and proxies ---


def _dns(own: object, set_by_admin: policies.Policies) -> OwnDns:
    by: SetBy
    if "DnsOverHttpsMode" in set_by_admin:
        mode, templates = (
            set_by_admin["DnsOverHttpsMode"],
            set_by_admin.get("DnsOverHttpsTemplates"),
        )
        by = "policy"
    elif isinstance(own, Mapping) and "mode" in own:
        mode, templates, by = own["mode"], own.get("templates"), "user"
    else:
        return OwnDns(mode="automatic")
    first = templates.split()[0] if isinstance(templates, str) and templates.split() else ""
    return OwnDns(mode=DNS_MODES.get(str(mode), "automatic"), by=by, server=own_server(first))


def _proxy(
    own: object, extensions: dict[str, msgspec.Raw], set_by_admin: policies.Policies
) -> OwnProxy:
    """A policy before an extension before what the profile itself says."""
    settings = set_by_admin.get("ProxySettings")
    held: object = settings if isinstance(settings, Mapping) else set_by_admin
    if isinstance(held, Mapping) and "ProxyMode" in held:
        return _one_proxy(held["ProxyMode"], held.get("ProxyServer"), "policy")
    for raw in extensions.values():
        found = _of_extension(raw)
        if found is not None:
            return found
    if isinstance(own, Mapping):
        return _one_proxy(own.get("mode"), own.get("server"), "user")
    return OwnProxy()


def _of_extension(raw: msgspec.Raw) -> OwnProxy | None:
    """What an extension that is switched on makes of the proxy, if it has a say in it."""
    try:
        extension = msgspec.json.decode(raw, type=Extension)
    except msgspec.MsgspecError:
        return None
    wanted = (
        extension.preferences.get("proxy") if isinstance(extension.preferences, Mapping) else None
    )
    if not extension.enabled or not isinstance(wanted, Mapping):
        return None
    return _one_proxy(wanted.get("mode"), wanted.get("server"), "extension")


def _one_proxy(mode: object, server: object, by: SetBy) -> OwnProxy:
    """`server` is `[scheme=]host:port` or several of them; the first one that serves https."""
    known = PROXY_MODES.get(str(mode), "system")
    if known != "fixed":
        return OwnProxy(mode=known, by=by)
    entries = [each.strip() for each in str(server or "").split(";") if each.strip()]
    chosen = next((each for each in entries if each.startswith("https=")), None)
    first = (chosen or (entries[0] if entries else "")).rpartition("=")[2].split(",")[0]
    try:
        parts = urlsplit(first if "://" in first else f"http://{first}")
        name, port = parts.hostname, parts.port
    except ValueError:
        name, port = None, None
    return OwnProxy(mode="fixed", by=by, server=name, port=port, loopback=loopback(name))


# --- pages ---


def _third_party(own: UserProfile, set_by_admin: policies.Policies) -> bool:
    managed = set_by_admin.get("BlockThirdPartyCookies")
    if isinstance(managed, bool | int):
        return bool(managed)
    if isinstance(own.cookie_controls_mode, int):
        return own.cookie_controls_mode == THIRD_PARTY_BLOCKED
    return own.block_third_party_cookies is True


def _site(site: Site, own: UserProfile, set_by_admin: policies.Policies) -> SiteSettings:
    exceptions, defaults = own.content_settings.exceptions, own.default_content_setting_values
    cookies, cookies_by = _chosen(
        site,
        {
            ALLOW: set_by_admin.get("CookiesAllowedForUrls"),
            BLOCK: set_by_admin.get("CookiesBlockedForUrls"),
            SESSION: set_by_admin.get("CookiesSessionOnlyForUrls"),
        },
        set_by_admin.get("DefaultCookiesSetting"),
        exceptions.cookies,
        defaults.cookies,
    )
    javascript, javascript_by = _chosen(
        site,
        {
            ALLOW: set_by_admin.get("JavaScriptAllowedForUrls"),
            BLOCK: set_by_admin.get("JavaScriptBlockedForUrls"),
        },
        set_by_admin.get("DefaultJavaScriptSetting"),
        exceptions.javascript,
        defaults.javascript,
    )
    return SiteSettings(
        endpoint=site.endpoint,
        host=site.host,
        cookies=COOKIES.get(cookies, "allowed"),
        cookies_by=cookies_by,
        javascript=javascript != BLOCK,
        javascript_by=javascript_by,
        barred=barred(set_by_admin.get("URLBlocklist"), set_by_admin.get("URLAllowlist"), site),
    )


def _chosen(
    site: Site,
    lists: Mapping[int, object],
    managed_default: object,
    exceptions: object,
    default: object,
) -> tuple[int, SetBy]:
    """The administrator's rules and default come before any of the user's."""
    for rules, fallback, by in (
        (listed_rules(lists), managed_default, "policy"),
        (own_rules(exceptions), default, "user"),
    ):
        found = setting_for(rules, site)
        if found is None and isinstance(fallback, int):
            found = fallback
        if found is not None:
            return found, "policy" if by == "policy" else "user"
    return ALLOW, "default"
