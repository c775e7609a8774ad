"""Firefox as it is: what the check reads is what the browser does with the login page."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from checks.browser.default import default_browser
from checks.browser.facts import OwnDns, OwnProxy, SiteSettings
from checks.browser.firefox.profile import last_used
from tests.checks.browser.desk import HOST, PATIENCE_S, Desk, needs

pytestmark = needs("firefox")

BARRED_PAGE_S = 5
"""Of a page that it may not open Firefox never makes the picture that it is started for."""
POLICY = "/usr/lib/firefox-esr/distribution/policies.json"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home directory with a profile that the browser made."""
    home = tmp_path_factory.mktemp("fresh")
    host = Desk(home)
    host.choose("firefox")
    seen = host.visit("firefox")
    assert seen == {"opened": True, "cookie": True, "script": True, "proxied": False}
    return home


@pytest.fixture
def desk(fresh: Path, tmp_path: Path) -> Desk:
    return Desk(shutil.copytree(fresh, tmp_path / "home", symlinks=True))


def profile(desk: Desk) -> Path:
    default = default_browser(desk)
    assert default is not None
    found = last_used(desk, default)
    assert found is not None
    return Path(found.directory)


def prefer(desk: Desk, **values: Any) -> None:
    """By a user.js, which Firefox copies into prefs.js when it starts."""
    lines = [
        f'user_pref("{name.replace("__", ".")}", {json.dumps(value)});'
        for name, value in values.items()
    ]
    (profile(desk) / "user.js").write_text("\n".join(lines))


def permit(desk: Desk, origin: str, permission: int) -> None:
    """As Firefox writes it when the user sets it for a site."""
    connection = sqlite3.connect(profile(desk) / "permissions.sqlite")
    connection.execute(
        "INSERT INTO moz_perms (origin, type, permission, expireType, expireTime,"
        " modificationTime) VALUES (?, 'cookie', ?, 0, 0, 0)",
        (origin, permission),
    )
    connection.commit()
    connection.close()


def site(desk: Desk) -> SiteSettings:
    settings = desk.look().settings
    assert settings is not None
    (found,) = settings.sites
    return found


def test_as_it_comes(desk: Desk) -> None:
    fact = desk.look()
    assert (fact.brand, fact.name, fact.esr, fact.origin) == (
        "firefox",
        "Firefox",
        True,
        "distribution",
    )
    assert fact.version is not None
    assert fact.settings is not None
    assert fact.settings.used
    assert fact.settings.proxy == OwnProxy()
    assert site(desk) == SiteSettings(
        endpoint="login", host=HOST, cookies="allowed", javascript=True
    )


def test_all_cookies_refused(desk: Desk) -> None:
    prefer(desk, network__cookie__cookieBehavior=2)
    assert not desk.visit("firefox")["cookie"]
    assert (site(desk).cookies, site(desk).cookies_by) == ("blocked", "user")


@pytest.mark.parametrize(
    ("origin", "permission", "said"),
    [
        (f"http://{HOST}", 2, "blocked"),
        ("http://app.test", 2, "blocked"),
        (f"https://{HOST}", 2, "allowed"),
        (f"http://{HOST}", 8, "session"),
    ],
)
def test_cookies_of_one_site(desk: Desk, origin: str, permission: int, said: str) -> None:
    permit(desk, origin, permission)
    assert desk.visit("firefox")["cookie"] is (said != "blocked")
    assert site(desk).cookies == said


def test_scripts_switched_off(desk: Desk) -> None:
    prefer(desk, javascript__enabled=False)
    assert not desk.visit("firefox")["script"]
    assert (site(desk).javascript, site(desk).javascript_by) == (False, "user")


def test_proxy_of_its_own(desk: Desk) -> None:
    prefer(
        desk,
        network__proxy__type=1,
        network__proxy__http="127.0.0.1",
        network__proxy__http_port=3128,
        network__proxy__share_proxy_settings=True,
    )
    assert desk.visit("firefox")["proxied"]
    settings = desk.look().settings
    assert settings is not None
    assert settings.proxy == OwnProxy(
        mode="fixed", by="user", server="127.0.0.1", port=3128, loopback=True
    )


def test_names_asked_of_its_own_server(desk: Desk) -> None:
    prefer(desk, network__trr__mode=2, network__trr__uri="https://dns.example/dns-query")
    assert desk.visit("firefox")["opened"], "it falls back to this device's own names"
    settings = desk.look().settings
    assert settings is not None
    assert settings.dns == OwnDns(mode="preferred", by="user", server="dns.example")


@pytest.mark.parametrize(
    ("policies", "opened", "cookie"),
    [
        ({"Cookies": {"Block": [f"http://{HOST}"]}}, True, False),
        ({"WebsiteFilter": {"Block": ["*://*.app.test/*"]}}, False, False),
        (
            {"WebsiteFilter": {"Block": ["<all_urls>"], "Exceptions": [f"http://{HOST}/*"]}},
            True,
            True,
        ),
        ({"Cookies": {"Behavior": "reject", "Locked": True}}, True, False),
        ({"Cookies": {"Default": False, "Locked": True}}, True, False),
    ],
)
def test_an_administrators_rules(
    desk: Desk, policies: dict[str, Any], opened: bool, cookie: bool
) -> None:
    desk.files[POLICY] = json.dumps({"policies": policies})
    seen = desk.visit("firefox", PATIENCE_S if opened else BARRED_PAGE_S)
    assert (seen["opened"], seen["cookie"]) == (opened, cookie)
    assert site(desk).barred is not opened
    if opened and not cookie:
        assert (site(desk).cookies, site(desk).cookies_by) == ("blocked", "policy")


def test_a_proxy_that_an_administrator_locked(desk: Desk) -> None:
    proxy = {"Mode": "manual", "HTTPProxy": "127.0.0.1:3128", "UseHTTPProxyForAllProtocols": True}
    desk.files[POLICY] = json.dumps({"policies": {"Proxy": {**proxy, "Locked": True}}})
    prefer(desk, network__proxy__type=0)
    assert desk.visit("firefox")["proxied"]
    settings = desk.look().settings
    assert settings is not None
    assert (settings.proxy.mode, settings.proxy.by) == ("fixed", "policy")
    assert settings.proxy.server == "127.0.0.1"
