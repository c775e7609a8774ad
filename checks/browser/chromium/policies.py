r"""What an administrator set for a Chromium browser (chromeenterprise.google/policies).

Linux: JSON files in a directory, of which the last one wins. Windows: HKLM before HKCU, lists as
keys of their own. macOS: a managed property list. Recommended policies, which a user may change,
and those from the cloud are not looked at: the browser shows all of them at chrome://policy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from checks.browser import managed
from checks.browser.files import json_of
from checks.browser.known import Product
from diag.host import Host
from diag.model import Failed

LISTS = (
    "CookiesAllowedForUrls",
    "CookiesBlockedForUrls",
    "CookiesSessionOnlyForUrls",
    "JavaScriptAllowedForUrls",
    "JavaScriptBlockedForUrls",
    "URLAllowlist",
    "URLBlocklist",
)
VALUES = (
    "BlockThirdPartyCookies",
    "DefaultCookiesSetting",
    "DefaultJavaScriptSetting",
    "DnsOverHttpsMode",
    "DnsOverHttpsTemplates",
    "ProxyMode",
    "ProxyPacUrl",
    "ProxyServer",
    "ProxySettings",
)
MOST_FILES = 32

Policies = Mapping[str, Any]


def read(host: Host, product: Product) -> Policies:
    """Those of `LISTS` and `VALUES` that are set. Raises Failed where they cannot be read."""
    if host.family == "linux":
        held = _of_linux(host, product.policy_linux)
    elif host.family == "windows":
        held = _of_windows(host, product.policy_windows) if product.policy_windows else {}
    else:
        held = managed.preferences(host, product.policy_macos) if product.policy_macos else {}
    return {name: value for name, value in held.items() if name in (*LISTS, *VALUES)}


def _of_linux(host: Host, directories: tuple[str, ...]) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for directory in directories:
        for name in _names(host, directory)[:MOST_FILES]:
            if name.endswith(".json"):
                held |= json_of(host, f"{directory}/{name}", dict[str, Any]) or {}
    return held


def _names(host: Host, directory: str) -> list[str]:
    try:
        return sorted(host.listdir(directory))
    except Failed as failed:
        if failed.failure.code == "tool_missing":
            return []
        raise


def _of_windows(host: Host, key: str) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for hive in ("HKCU", "HKLM"):
        try:
            found = host.registry(rf"{hive}\{key}")
        except Failed as failed:
            if failed.failure.code == "tool_missing":
                continue
            raise
        held |= found.values
        for name in LISTS:
            if name in found.subkeys:
                values = host.registry(rf"{hive}\{key}\{name}").values
                held[name] = [each for each in values.values() if isinstance(each, str)]
    settings = held.get("ProxySettings")
    if isinstance(settings, str):
        try:
            held["ProxySettings"] = json.loads(settings)
        except (ValueError, RecursionError):
            del held["ProxySettings"]
    return held
