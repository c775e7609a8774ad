"""Firefox's preferences that concern a page's way: from prefs.js, which it writes itself.

Each line is `user_pref("NAME", VALUE);` with a string, a number or a boolean, as JSON has them.
What is not there has its default (modules/libpref/init/StaticPrefList.yaml).
"""

from __future__ import annotations

import json
import re

from checks.browser.files import whole
from diag.host import Host

Value = str | int | bool
Preferences = dict[str, Value]

WANTED = frozenset(
    {
        "browser.ipProtection.userEnabled",
        "doh-rollout.mode",
        "doh-rollout.uri",
        "javascript.enabled",
        "network.cookie.cookieBehavior",
        "network.proxy.http",
        "network.proxy.http_port",
        "network.proxy.share_proxy_settings",
        "network.proxy.socks",
        "network.proxy.socks_port",
        "network.proxy.ssl",
        "network.proxy.ssl_port",
        "network.proxy.type",
        "network.trr.mode",
        "network.trr.uri",
        "network.trr.custom_uri",
    }
)

LINE = re.compile(rb'^user_pref\("([A-Za-z0-9_.-]+)", (.+)\);\s*$', re.MULTILINE)


def read(host: Host, directory: str) -> Preferences:
    """Raises Failed where they cannot be read."""
    data = whole(host, f"{directory}/prefs.js") or b""
    held: Preferences = {}
    for match in LINE.finditer(data):
        name = match[1].decode()
        if name in WANTED:
            try:
                value = json.loads(match[2])
            except (ValueError, RecursionError):
                continue
            if isinstance(value, str | int | bool):
                held[name] = value
    return held
