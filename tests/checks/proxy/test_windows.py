"""The proxy of Windows, as the registry holds it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from checks.proxy import CHECK, proxy_for
from checks.proxy.exceptions import bypasses_wildcards
from checks.proxy.servers import ProxyServer, Settings
from checks.proxy.settings import read_settings
from checks.proxy.windows import OF_DEVICE, OF_USER, POLICY
from diag.host.base import RegistryValue
from diag.model import Failed
from tests.support import PaperHost, context, findings, profile_from, replay

Values = Mapping[str, RegistryValue]


def settings(values: Values | None, machine: Values | None = None) -> Settings:
    """`machine`: the setting of the device, which a policy puts in force."""
    policy = None if machine is None else {"ProxySettingsPerUser": 0}
    host = replay(os="windows", registry={OF_USER: values, OF_DEVICE: machine, POLICY: policy})
    return read_settings(host)


def http(name: str, port: int) -> ProxyServer:
    return ProxyServer(scheme="http", host=name, port=port)


SOCKS = ProxyServer(scheme="socks", host="192.0.2.7", port=1080)


@pytest.mark.parametrize(
    ("written", "https", "plain"),
    [
        ("10.200.18.30:12345", http("10.200.18.30", 12345), http("10.200.18.30", 12345)),
        ("http://ProxyServername:80", http("proxyservername", 80), http("proxyservername", 80)),
        ("proxy.test", http("proxy.test", 80), http("proxy.test", 80)),
        (
            "http=a.test:8080;https=b.test:8443;ftp=c.test:21",
            http("b.test", 8443),
            http("a.test", 8080),
        ),
        ("http=a.test:8080", None, http("a.test", 8080)),
        ("HTTPS=b.test:8443 http=http://a.test:8080", http("b.test", 8443), http("a.test", 8080)),
        ("socks=192.0.2.7:1080", SOCKS, SOCKS),
        ("http=a.test:8080;socks=192.0.2.7:1080", SOCKS, http("a.test", 8080)),
    ],
)
def test_forms_of_the_server(
    written: str, https: ProxyServer | None, plain: ProxyServer | None
) -> None:
    found = settings({"ProxyEnable": 1, "ProxyServer": written})
    assert (found.source, found.https, found.http) == ("settings", https, plain)
    assert not found.unreadable


def test_what_names_no_proxy_is_not_taken_for_none() -> None:
    for written in ("proxy.test:99999", "https=ftp://proxy.test"):
        found = settings({"ProxyEnable": 1, "ProxyServer": written})
        assert (found.https, found.unreadable) == (None, True), written


@pytest.mark.parametrize(
    "values",
    [
        None,
        {"MigrateProxy": 1},
        {"ProxyEnable": 0, "ProxyServer": "left.test:8080", "ProxyOverride": "<local>"},
        {"ProxyEnable": 1},
        {"ProxyEnable": 1, "ProxyServer": ""},
    ],
)
def test_no_proxy(values: Values | None) -> None:
    assert settings(values) == Settings()


def test_exceptions() -> None:
    override = "localhost; 127.0.0.1;192.168.*;*.azure.com;portal.office.com;<local>"
    found = settings({"ProxyEnable": 1, "ProxyServer": "proxy.test:80", "ProxyOverride": override})
    for name, direct in {
        "portal.office.com": True,
        "x.portal.office.com": False,
        "a.b.AZURE.com": True,
        "azure.com": False,
        "192.168.1.9": True,
        "intranet": True,
        "app.test": False,
    }.items():
        assert (found.server_for(f"https://{name}/") is None) is direct, name


def test_script_is_seen() -> None:
    found = settings({"ProxyEnable": 0, "AutoConfigURL": "http://wpad.test/proxy.pac"})
    assert (found.source, found.pac, found.https) == ("pac", True, None)


def test_one_proxy_for_all_users_where_a_policy_says_so() -> None:
    left: Values = {"ProxyEnable": 1, "ProxyServer": "left.test:1"}
    found = settings(left, machine={"ProxyEnable": 1, "ProxyServer": "office.test:8080"})
    assert found.https == http("office.test", 8080)


def test_registry_that_may_not_be_read() -> None:
    host = replay(
        os="windows", registry={POLICY: None, OF_USER: Failed("denied", "read the registry")}
    )
    with pytest.raises(Failed, match="denied"):
        read_settings(host)


@pytest.mark.parametrize(
    ("host", "pattern", "direct"),
    [
        ("app.test", "*", True),
        ("app.test", "*.test", True),
        ("app.test", ".test", True),
        ("app.test", "https://app.test", True),
        ("app.test", "app.test:443", True),
        ("app.test", "app.tes", False),
        ("169.254.1.1", "169.254/16", True),
        ("169.255.1.1", "169.254/16", False),
        ("2001:db8::1", "[2001:db8::1]", True),
        ("2001:db8::1", "2001:db8::/32", True),
        ("::1", "<local>", False),
        ("app", "<-loopback>", False),
        ("", "<local>", False),
        ("app.test", "", False),
    ],
)
def test_exceptions_with_wildcards(host: str, pattern: str, direct: bool) -> None:
    assert bypasses_wildcards(host, (pattern,)) is direct


# --- a script -------------------------------------------------------------------------------------

SCRIPT = "http://wpad.test/proxy.pac"
LOGIN, API = "https://login.test/", "https://api.test/"
PROFILE = profile_from(
    {
        "endpoint": [
            {"id": "api", "url": API, "role": "api"},
            {"id": "login", "url": LOGIN, "role": "login"},
        ]
    }
)


def scripted(
    answers: Mapping[str, str | Failed], refusing: tuple[str, int] = ("192.0.2.8", 8080)
) -> PaperHost:
    return replay(
        os="windows",
        registry={POLICY: None, OF_USER: {"AutoConfigURL": SCRIPT}},
        scripts={(SCRIPT, url): said for url, said in answers.items()},
        connects={refusing: "ECONNREFUSED"},
    )


def test_windows_follows_its_script() -> None:
    host = scripted({LOGIN: "192.0.2.8:8080;192.0.2.9:8080", API: ""})
    ctx = context(PROFILE)
    fact = CHECK.collect(host, ctx)
    assert (fact.source, fact.pac) == ("pac", False)
    assert fact.https is not None
    assert (fact.https.host, fact.https.port) == ("192.0.2.8", 8080)
    [finding] = findings(CHECK, fact)
    assert (finding.code, finding.args["source"]) == ("proxy.unreachable", "pac")
    assert proxy_for(host, ctx, LOGIN) == http("192.0.2.8", 8080)
    assert proxy_for(host, ctx, API) is None


def test_script_that_sends_login_directly_may_still_name_a_proxy_for_others() -> None:
    host = scripted({LOGIN: "", API: "192.0.2.8:8080"})
    fact = CHECK.collect(host, context(PROFILE))
    assert (fact.source, fact.pac, fact.https) == ("pac", False, None)
    assert findings(CHECK, fact) == []
    assert proxy_for(host, context(PROFILE, fact), API) == http("192.0.2.8", 8080)


@pytest.mark.parametrize("said", [Failed("unreachable", "follow the proxy script"), "proxy.test:x"])
def test_script_that_nobody_could_follow(said: str | Failed) -> None:
    host = scripted({LOGIN: said})
    fact = CHECK.collect(host, context(PROFILE))
    assert (fact.source, fact.pac, fact.https) == ("pac", True, None)
    assert [each.code for each in findings(CHECK, fact)] == ["proxy.pac_unevaluated"]
    assert proxy_for(host, context(PROFILE, fact), API) is None
