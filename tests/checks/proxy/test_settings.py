"""Which proxy programs are told to use, as environments and desktops say it."""

from __future__ import annotations

import pytest

from checks.proxy.exceptions import bypasses
from checks.proxy.gnome import parse_gsettings
from checks.proxy.servers import ProxyServer
from checks.proxy.settings import read_settings
from diag.model import Failed
from tests.support import CommandAnswer, replay

# `gsettings list-recursively org.gnome.system.proxy` of GNOME 43, its defaults.
DEFAULTS = """\
org.gnome.system.proxy autoconfig-url ''
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '::1']
org.gnome.system.proxy mode 'none'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.ftp host ''
org.gnome.system.proxy.ftp port 0
org.gnome.system.proxy.http authentication-password ''
org.gnome.system.proxy.http authentication-user ''
org.gnome.system.proxy.http enabled false
org.gnome.system.proxy.http host ''
org.gnome.system.proxy.http port 8080
org.gnome.system.proxy.http use-authentication false
org.gnome.system.proxy.https host ''
org.gnome.system.proxy.https port 0
org.gnome.system.proxy.socks host ''
org.gnome.system.proxy.socks port 0
"""
LIST = ("gsettings", "list-recursively", "org.gnome.system.proxy")


def desktop(**changes: str) -> str:
    """The defaults with some values changed: `https_host="'proxy'"` is the key `https host`."""
    text = DEFAULTS
    for key, value in changes.items():
        group, _, name = key.rpartition("_")
        start = f"org.gnome.system.proxy{'.' + group if group else ''} {name} "
        lines = text.splitlines()
        assert any(line.startswith(start) for line in lines), start
        text = "\n".join(start + value if line.startswith(start) else line for line in lines)
    return text


def from_env(**env: str) -> tuple[ProxyServer | None, ProxyServer | None]:
    host = replay(env=env, commands={LIST: Failed("tool_missing", "run gsettings")})
    settings = read_settings(host)
    return settings.https, settings.http


HTTP_8080 = ProxyServer(scheme="http", host="proxy.test", port=8080)


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_variables_for_https(name: str) -> None:
    assert from_env(**{name: "http://proxy.test:8080"})[0] == HTTP_8080


def test_http_proxy_counts_in_lower_case_alone() -> None:
    assert from_env(http_proxy="http://proxy.test:8080") == (None, HTTP_8080)
    assert from_env(HTTP_PROXY="http://proxy.test:8080") == (None, None)


@pytest.mark.parametrize(
    ("value", "server"),
    [
        ("proxy.test:8080", HTTP_8080),
        ("http://proxy.test:8080/", HTTP_8080),
        ("proxy.test", ProxyServer(scheme="http", host="proxy.test", port=80)),
        ("https://proxy.test", ProxyServer(scheme="https", host="proxy.test", port=443)),
        ("socks5h://proxy.test", ProxyServer(scheme="socks", host="proxy.test", port=1080)),
        ("http://[2001:db8::1]:3128", ProxyServer(scheme="http", host="2001:db8::1", port=3128)),
        (
            "http://us%40er:p%3Aw@proxy.test:8080",
            ProxyServer(scheme="http", host="proxy.test", port=8080, user="us@er", password="p:w"),
        ),
    ],
)
def test_forms_of_a_proxy(value: str, server: ProxyServer) -> None:
    assert from_env(https_proxy=value)[0] == server
    assert from_env(https_proxy=server.url)[0] == server


@pytest.mark.parametrize("value", ["http://", "ftp://proxy.test", "proxy.test:99999", "a b:80"])
def test_what_cannot_be_read_is_not_taken_for_no_proxy(value: str) -> None:
    settings = read_settings(
        replay(env={"https_proxy": value}, commands={LIST: Failed("tool_missing", "gsettings")})
    )
    assert settings.unreadable
    assert settings.https is None


def test_defaults_of_the_desktop_mean_no_proxy() -> None:
    settings = parse_gsettings(DEFAULTS)
    assert (settings.source, settings.https, settings.pac) == ("none", None, False)


def test_a_manual_setting_of_the_desktop() -> None:
    settings = parse_gsettings(
        desktop(_mode="'manual'", https_host="'proxy.test'", https_port="8080")
    )
    assert settings.source == "settings"
    assert settings.https == HTTP_8080
    assert settings.http is None
    assert settings.server_for("https://app.test/") == HTTP_8080
    assert settings.server_for("https://127.0.0.9/") is None


def test_socks_of_the_desktop_serves_what_has_no_proxy_of_its_own() -> None:
    text = desktop(_mode="'manual'", socks_host="'proxy.test'", socks_port="1080")
    settings = parse_gsettings(text)
    assert settings.https == settings.http
    assert settings.https == ProxyServer(scheme="socks", host="proxy.test", port=1080)


def test_a_pac_file_is_seen() -> None:
    settings = parse_gsettings(desktop(_mode="'auto'"))
    assert (settings.source, settings.pac, settings.https) == ("pac", True, None)


def test_the_environment_counts_before_the_desktop_but_hides_no_pac_file() -> None:
    host = replay(env={"https_proxy": "proxy.test:8080"}, commands={LIST: desktop(_mode="'auto'")})
    settings = read_settings(host)
    assert (settings.source, settings.https, settings.pac) == ("env", HTTP_8080, True)


def test_a_desktop_without_the_schema_has_no_setting() -> None:
    host = replay(commands={LIST: (1, "", "No such schema")})
    assert read_settings(host).source == "none"


def test_elsewhere_the_environment_counts_where_the_system_cannot_be_asked() -> None:
    silent: dict[tuple[str, ...], CommandAnswer] = {
        ("scutil", "--proxy"): Failed("timeout", "run scutil")
    }
    with pytest.raises(Failed, match="timeout"):
        read_settings(replay(os="macos", commands=silent))
    host = replay(os="macos", commands=silent, env={"https_proxy": "p.test:1"})
    assert read_settings(host).source == "env"


@pytest.mark.parametrize(
    ("host", "patterns", "direct"),
    [
        ("app.test", "*", True),
        ("app.test", "app.test", True),
        ("www.app.test", "app.test", True),
        ("www.app.test", ".app.test", True),
        ("www.app.test", "*.app.test", True),
        ("APP.test", "app.TEST", True),
        ("app.test", "app.test:443", True),
        ("myapp.test", "app.test", False),
        ("app.test.evil", "app.test", False),
        ("192.0.2.7", "192.0.2.0/24", True),
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "2.7", False),
        ("2001:db8::1", "2001:db8::/32", True),
        ("app.test", "192.0.2.0/24", False),
        ("app.test", "", False),
    ],
)
def test_exceptions(host: str, patterns: str, direct: bool) -> None:
    assert bypasses(host, (patterns,)) is direct


def test_exceptions_of_the_environment() -> None:
    host = replay(
        env={"https_proxy": "proxy.test:8080", "no_proxy": "a.test, b.test ,.c.test"},
        commands={LIST: Failed("tool_missing", "gsettings")},
    )
    settings = read_settings(host)
    assert settings.no_proxy == ("a.test", "b.test", ".c.test")
    assert settings.server_for("https://b.test/") is None
    assert settings.server_for("https://d.test/") == HTTP_8080


def test_as_root_the_desktops_setting_is_not_known() -> None:
    """A system service would see root's own setting, which no browser of a user follows."""
    answers: dict[tuple[str, ...], CommandAnswer] = {LIST: DEFAULTS}
    with pytest.raises(Failed) as caught:
        read_settings(replay(commands=answers, root=True))
    assert caught.value.failure.code == "needs_user"
    environment = {"https_proxy": "http://proxy.test:8080"}
    assert read_settings(replay(env=environment, commands=answers, root=True)).source == "env"
    assert read_settings(replay(commands=answers)).source == "none"
