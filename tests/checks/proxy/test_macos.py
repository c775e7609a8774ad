"""The proxy of macOS, as `scutil` prints it."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.proxy import CHECK, ProxyFact
from checks.proxy.servers import ProxyServer, Settings
from checks.proxy.settings import read_settings
from diag.model import Failed
from tests.support import context, profile_from, replay

RECORDED = Path(__file__).parents[2] / "recorded" / "proxy"
ASK = ("scutil", "--proxy")


def said(name: str) -> str:
    return (RECORDED / f"scutil-{name}.txt").read_text(encoding="utf-8")


def settings(text: str) -> Settings:
    return read_settings(replay(os="macos", commands={ASK: text}))


def test_proxy_for_both_schemes_with_its_exceptions() -> None:
    found = settings(said("manual"))
    proxy = ProxyServer(scheme="http", host="127.0.0.1", port=7890)
    assert (found.source, found.https, found.http) == ("settings", proxy, proxy)
    assert found.server_for("https://app.test/") == proxy
    for direct in ("printer.local", "169.254.7.1", "10.1.2.3", "intranet"):
        assert found.server_for(f"http://{direct}/") is None, direct


def test_one_interface_s_own_proxy_does_not_count() -> None:
    text = said("manual")
    without = text.replace("  HTTPEnable : 1\n  HTTPPort : 7890", "  HTTPEnable : 0", 1)
    found = settings(without)
    assert found.http == ProxyServer(scheme="socks", host="127.0.0.1", port=7891)


def test_socks_alone() -> None:
    proxy = ProxyServer(scheme="socks", host="127.0.0.1", port=1080)
    found = settings(said("socks"))
    assert (found.https, found.http) == (proxy, proxy)


def test_script_is_seen() -> None:
    found = settings(said("pac"))
    assert (found.source, found.pac, found.https) == ("pac", True, None)


def test_macos_follows_its_script() -> None:
    script, login = "http://wpad/wpad.dat", "https://login.test/"
    profile = profile_from({"endpoint": [{"id": "login", "url": login, "role": "login"}]})

    def collected(answer: str | Failed) -> ProxyFact:
        host = replay(
            os="macos",
            commands={ASK: said("pac")},
            scripts={(script, login): answer},
            connects={("192.0.2.8", 1080): "ECONNREFUSED"},
        )
        fact = CHECK.collect(host, context(profile))
        assert isinstance(fact, ProxyFact)
        return fact

    followed = collected("socks=192.0.2.8:1080").https
    assert followed is not None
    assert (followed.scheme, followed.host, followed.port) == ("socks", "192.0.2.8", 1080)
    assert collected("").may_be_used
    assert collected(Failed("timeout", "follow the proxy script")).pac


@pytest.mark.parametrize("text", [said("none"), "<dictionary> {\n}\n"])
def test_no_proxy(text: str) -> None:
    assert settings(text) == Settings()


def test_switched_off_proxy_whose_address_stays() -> None:
    text = said("socks").replace("SOCKSEnable : 1", "SOCKSEnable : 0")
    assert settings(text) == Settings()


@pytest.mark.parametrize("port", ["0", "x", "99999", ""])
def test_port_that_is_none(port: str) -> None:
    assert settings(said("socks").replace("1080", port)).https is None


def test_anything_else_is_not_taken_for_no_proxy() -> None:
    with pytest.raises(Failed, match="unparsable"):
        settings("scutil: command failed\n")


def test_environment_does_not_steer_apps_there() -> None:
    host = replay(os="macos", commands={ASK: said("none")}, env={"https_proxy": "old.test:1"})
    assert read_settings(host).source == "none"
