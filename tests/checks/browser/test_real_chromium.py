"""Chromium as it is: what the check reads is what the browser does with the login page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Literal

import pytest

from checks.browser.facts import OwnDns, OwnProxy
from tests.checks.browser.desk import Desk, needs

pytestmark = needs("chromium")

POLICY = "/etc/chromium/policies/managed/rules.json"


def desk(
    home: Path,
    preferences: dict[str, Any] | None = None,
    policy: dict[str, Any] | None = None,
    state: dict[str, Any] | None = None,
) -> Desk:
    """With settings as they stood when the browser was started."""
    place = home / ".config/chromium"
    (place / "Default").mkdir(parents=True)
    (place / "Default/Preferences").write_text(json.dumps(preferences or {}))
    (place / "Local State").write_text(json.dumps(state or {}))
    host = Desk(home, {POLICY: json.dumps(policy)} if policy else None)
    host.choose("chromium")
    return host


def exceptions(kind: str, *rules: tuple[str, int]) -> dict[str, Any]:
    held = {f"{pattern},*": {"setting": setting} for pattern, setting in rules}
    return {"profile": {"content_settings": {"exceptions": {kind: held}}}}


def defaults(**values: int) -> dict[str, Any]:
    return {"profile": {"default_content_setting_values": values}}


COOKIES = [
    ({}, {}, True, "default"),
    (exceptions("cookies", ("[*.]app.test", 2)), {}, False, "user"),
    (exceptions("cookies", ("[*.]app.test", 2), ("login.app.test", 1)), {}, True, "user"),
    (exceptions("cookies", ("app.test", 2)), {}, True, "default"),
    (exceptions("cookies", ("http://login.app.test:80", 2)), {}, False, "user"),
    (exceptions("cookies", ("https://login.app.test:443", 2)), {}, True, "default"),
    (defaults(cookies=2), {}, False, "user"),
    (exceptions("cookies", ("[*.]app.test", 1)), {"DefaultCookiesSetting": 2}, False, "policy"),
    ({}, {"CookiesBlockedForUrls": ["[*.]app.test"]}, False, "policy"),
]


@pytest.mark.parametrize(("preferences", "policy", "kept", "by"), COOKIES)
def test_cookies(
    tmp_path: Path, preferences: dict[str, Any], policy: dict[str, Any], kept: bool, by: str
) -> None:
    host = desk(tmp_path, preferences, policy)
    seen = host.visit("chromium")
    assert seen["opened"]
    settings = host.look().settings
    assert settings is not None
    (site,) = settings.sites
    assert seen["cookie"] is kept
    assert (site.cookies == "allowed", site.cookies_by) == (kept, by)


@pytest.mark.parametrize(
    ("preferences", "policy", "runs", "by"),
    [
        (exceptions("javascript", ("[*.]app.test", 2)), {}, False, "user"),
        (
            exceptions("javascript", ("[*.]app.test", 2)),
            {"DefaultJavaScriptSetting": 1},
            True,
            "policy",
        ),
        ({}, {"JavaScriptBlockedForUrls": ["http://login.app.test"]}, False, "policy"),
    ],
)
def test_javascript(
    tmp_path: Path, preferences: dict[str, Any], policy: dict[str, Any], runs: bool, by: str
) -> None:
    host = desk(tmp_path, preferences, policy)
    seen = host.visit("chromium")
    settings = host.look().settings
    assert settings is not None
    (site,) = settings.sites
    assert seen["script"] is runs
    assert (site.javascript, site.javascript_by) == (runs, by)


@pytest.mark.parametrize(
    ("policy", "opens"),
    [
        ({"URLBlocklist": ["app.test"]}, False),
        ({"URLBlocklist": [".app.test"]}, True),
        ({"URLBlocklist": ["*"], "URLAllowlist": ["login.app.test"]}, True),
        ({"URLBlocklist": ["http://*:80"]}, False),
        ({"URLBlocklist": ["login.app.test/elsewhere"]}, True),
    ],
)
def test_addresses_that_an_administrator_bars(
    tmp_path: Path, policy: dict[str, Any], opens: bool
) -> None:
    host = desk(tmp_path, policy=policy)
    seen = host.visit("chromium")
    settings = host.look().settings
    assert settings is not None
    assert (seen["opened"], not settings.sites[0].barred) == (opens, opens)


@pytest.mark.parametrize("by", ["user", "policy"])
def test_proxy_of_its_own(tmp_path: Path, by: Literal["user", "policy"]) -> None:
    own = {"proxy": {"mode": "fixed_servers", "server": "127.0.0.1:3128"}}
    managed = {"ProxyMode": "fixed_servers", "ProxyServer": "127.0.0.1:3128"}
    host = desk(tmp_path, own if by == "user" else {}, managed if by == "policy" else None)
    assert host.visit("chromium")["proxied"]
    settings = host.look().settings
    assert settings is not None
    assert settings.proxy == OwnProxy(
        mode="fixed", by=by, server="127.0.0.1", port=3128, loopback=True
    )


def test_the_browser_keeps_what_the_check_reads(tmp_path: Path) -> None:
    """The names and the version stand in the files that the browser itself wrote."""
    dns = {"mode": "secure", "templates": "https://dns.example/dns-query{?dns}"}
    host = desk(tmp_path, state={"dns_over_https": dns})
    host.visit("chromium")
    fact = host.look()
    assert (fact.brand, fact.origin) == ("chromium", "distribution")
    assert fact.version is not None
    assert fact.version.count(".") == 3
    assert fact.settings is not None
    assert fact.settings.used
    assert fact.settings.dns == OwnDns(mode="only", by="user", server="dns.example")


@pytest.mark.skipif(
    shutil.which("xdg-mime") is None and "CI" not in os.environ, reason="xdg-utils are missing"
)
@pytest.mark.parametrize(
    ("entry", "brand"), [("chromium.desktop", "chromium"), ("firefox-esr.desktop", "firefox")]
)
def test_the_browser_that_the_desktop_was_told(tmp_path: Path, entry: str, brand: str) -> None:
    """As the desktop's own tool writes it."""
    subprocess.run(
        ["xdg-mime", "default", entry, "x-scheme-handler/https"],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        check=True,
    )
    assert Desk(tmp_path).look().brand == brand
