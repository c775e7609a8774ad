r"""What an administrator set for Firefox (mozilla.github.io/policy-templates).

Linux: /etc/firefox/policies/policies.json, else policies.json in the program's own directory.
Windows: HKLM\SOFTWARE\Policies\Mozilla\Firefox before HKCU. macOS: a managed property list, whose
names may be written flat (`Cookies__Block`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from checks.browser import managed
from checks.browser.files import json_of
from checks.browser.known import Product
from diag.host import Host, RegistryKey
from diag.model import Failed

WANTED = ("Cookies", "DNSOverHTTPS", "Preferences", "Proxy", "WebsiteFilter")
DEEPEST = 3

Policies = dict[str, Any]


def read(host: Host, product: Product, program: str) -> Policies:
    """Those of `WANTED` that are set. Raises Failed where they cannot be read."""
    if host.family == "windows":
        held = _of_windows(host, product.policy_windows)
    elif host.family == "macos":
        held = _of_macos(host, product.policy_macos)
    else:
        held = {}
    if not held:
        held = _of_files(host, product, program)
    return {name: held[name] for name in WANTED if isinstance(held.get(name), Mapping)}


def _of_files(host: Host, product: Product, program: str) -> Policies:
    places = [f"{program}/distribution/policies.json"] if program else []
    if host.family == "linux":
        places = [*product.policy_linux, *places]
    for place in places:
        found = json_of(host, place, dict[str, Any])
        if found is not None:
            policies = found.get("policies")
            return dict(policies) if isinstance(policies, Mapping) else {}
    return {}


def _of_macos(host: Host, domain: str) -> Policies:
    held = managed.preferences(host, domain)
    if not held.get("EnterprisePoliciesEnabled"):
        return {}
    nested: Policies = {}
    for name, value in held.items():
        first, _, second = name.partition("__")
        if second:
            nested.setdefault(first, {})[second] = value
        else:
            nested[name] = value
    return nested


def _of_windows(host: Host, key: str) -> Policies:
    held: Policies = {}
    for hive in ("HKCU", "HKLM"):
        held |= _tree(host, rf"{hive}\{key}", WANTED, DEEPEST)
    return held


def _tree(host: Host, path: str, wanted: tuple[str, ...] | None, depth: int) -> Policies:
    """A registry key as nested dictionaries; one whose values are numbered is a list."""
    try:
        key = host.registry(path)
    except Failed as failed:
        if failed.failure.code == "tool_missing":
            return {}
        raise
    held: Policies = {name: _value(key, name) for name in key.values}
    names = [name for name in key.subkeys if wanted is None or name in wanted]
    for name in names if depth else ():
        below = _tree(host, rf"{path}\{name}", None, depth - 1)
        numbered = bool(below) and all(each.isdigit() for each in below)
        held[name] = list(below.values()) if numbered else below
    return held


def _value(key: RegistryKey, name: str) -> Any:
    """Preferences and filters may be given as JSON."""
    value = key.values[name]
    if isinstance(value, tuple):
        value = "".join(value)
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
