from __future__ import annotations

import gzip
import os
import socket
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import trustme

from diag.deadline import Deadline
from diag.host import Failed, Host, ResolvedAddress, real_host
from diag.net import documents, trust
from diag.net.gather import gather
from tests.net.packing import TEXT, each_framing, each_packing, packed
from tests.net.servers import (
    Reply,
    SignpostHost,
    answer,
    body_dripping,
    dripping,
    endless,
    farewell,
    hang_up,
    proxy_server,
    reset,
    silent,
    tcp_server,
    tls_with,
    wants_client_certificate,
    web_server,
)
from tests.net.test_tls import BAD

HOST = "status.app.test"
PAGE = answer(b'{"status": "ok"}', headers={"Content-Type": "application/json"})
PUBLIC = "192.0.2.10"
"""Stands for a public address; what goes there ends at loopback."""


def at(port: int) -> Host:
    """A device that finds HOST at a public address, which leads to the port."""
    return SignpostHost({HOST: [PUBLIC]}, elsewhere=port)


def got(
    port: int,
    url: str = f"http://{HOST}/",
    *,
    seconds: float = 5.0,
    limit: int = 2 << 20,
    host: Host | None = None,
    proxy: str | None = None,
) -> documents.Document:
    return documents.get(host or at(port), url, Deadline.after(seconds), limit=limit, proxy=proxy)


def failure(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Failed) as failed:
        act()
    return failed.value.failure.code, failed.value.failure.operation


# --- a document ---------------------------------------------------------------------------------


def test_a_document() -> None:
    with web_server(PAGE) as web:
        document = got(web.port, f"http://{HOST}/api?key=secret")
    assert (document.status, document.body) == (200, b'{"status": "ok"}')
    assert (document.content_type, document.complete) == ("application/json", True)
    assert document.url == f"http://{HOST}/api"
    head = web.heads[0].decode()
    assert head.startswith("GET /api?key=secret HTTP/1.1\r\n")
    assert f"Host: {HOST}\r\n" in head
    assert "User-Agent: diag/" in head
    assert "cookie" not in head.lower()


def test_over_tls(authority: trustme.CA) -> None:
    with web_server(PAGE, tls_with(authority.issue_cert(HOST))) as web:
        assert got(web.port, f"https://{HOST}/").status == 200


def test_any_status_is_an_answer() -> None:
    with web_server(answer(b"gone", "410 Gone")) as web:
        assert (got(web.port).status, got(web.port).body) == (410, b"gone")


def test_headers_of_the_caller() -> None:
    with web_server(PAGE) as web:
        documents.get(
            at(web.port),
            f"http://{HOST}/",
            Deadline.after(5.0),
            headers={"Snap-Device-Series": "16"},
            accept="application/xml",
        )
    assert b"Snap-Device-Series: 16\r\n" in web.heads[0]
    assert b"Accept: application/xml\r\n" in web.heads[0]


@pytest.mark.parametrize("literal", ["127.0.0.1", "[::1]"])
def test_an_address_instead_of_a_name(literal: str) -> None:
    with web_server(PAGE, address="127.0.0.1" if literal[0] != "[" else "::1") as web:
        assert got(0, f"http://{literal}:{web.port}/", host=real_host()).status == 200


def test_an_address_with_a_scope() -> None:
    with web_server(PAGE) as web:
        host = SignpostHost(elsewhere=web.port)
        assert got(0, "http://[fe80::1%25eth0]/", host=host).status == 200
        assert host.dialled == [("fe80::1%eth0", 80)]


@pytest.mark.parametrize("literal", ["127.0.0.1", "[::1]"])
def test_an_address_over_tls(literal: str, authority: trustme.CA) -> None:
    address = literal.strip("[]")
    with web_server(PAGE, tls_with(authority.issue_cert(address)), address) as web:
        assert got(0, f"https://{literal}:{web.port}/", host=real_host()).status == 200


def test_the_second_address_if_the_first_refuses() -> None:
    with web_server(PAGE) as web:
        host = SignpostHost(
            {HOST: ["192.0.2.1", "192.0.2.2"]}, {("192.0.2.1", 80): 1}, elsewhere=web.port
        )
        assert got(0, host=host).status == 200
        assert host.dialled == [("192.0.2.1", 80), ("192.0.2.2", 80)]


def test_ipv6_if_there_is_no_ipv4() -> None:
    with web_server(PAGE) as web:
        host = SignpostHost({HOST: ["2001:db8::1"]}, elsewhere=web.port)
        assert got(0, host=host).status == 200


@each_packing
@each_framing
def test_encodings(encoding: str, body: bytes, framing: str) -> None:
    with web_server(packed(encoding, body, framing)) as web:
        assert got(web.port).body == TEXT


def test_a_body_up_to_the_limit() -> None:
    with web_server(answer(b"x" * 100)) as web:
        assert got(web.port, limit=100).complete
        document = got(web.port, limit=99)
        assert (document.body, document.complete) == (b"x" * 99, False)


def test_the_servers_clock() -> None:
    server = datetime.now(UTC) + timedelta(hours=2)
    with web_server(answer(headers={"Date": format_datetime(server, usegmt=True)})) as web:
        assert got(web.port).date_offset_s == pytest.approx(-7200, abs=1.6)


# --- none ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        answer(b"half of it", length=100),
        answer(b"no gzip", headers={"Content-Encoding": "gzip"}),
        answer(
            gzip.compress(TEXT, mtime=0)[:-9], headers={"Content-Encoding": "gzip"}, length=None
        ),
        answer(b"\x0b\x02\x80hello\x03", headers={"Content-Encoding": "br"}),
        answer(b"5\r\nhel", headers={"Transfer-Encoding": "chunked"}, length=None),
        answer(b"zz\r\nhello\r\n", headers={"Transfer-Encoding": "chunked"}, length=None),
    ],
)
def test_a_body_that_is_no_document(said: bytes) -> None:
    with web_server(said) as web:
        assert failure(lambda: got(web.port)) == ("unparsable", "http")


def test_names_that_do_not_resolve() -> None:
    host = SignpostHost({HOST: []})
    assert failure(lambda: got(0, host=host)) == ("unreachable", "resolve")


def test_a_resolver_that_says_nothing() -> None:
    class Mute(SignpostHost):
        def resolve(self, *_: object) -> tuple[ResolvedAddress, ...]:
            raise Failed("timeout", "resolve")

    assert failure(lambda: got(0, host=Mute(), seconds=0.2)) == ("timeout", "resolve")


def test_nobody_listens() -> None:
    assert failure(lambda: got(1)) == ("refused", "connect")


@pytest.mark.parametrize("handler", [hang_up, reset])
def test_no_answer(handler: Callable[[socket.socket], None]) -> None:
    with tcp_server(handler) as server:
        assert failure(lambda: got(server.port)) == ("refused", "http")


def test_an_answer_that_is_no_http() -> None:
    with web_server(b"SSH-2.0-server\r\n") as web:
        assert failure(lambda: got(web.port)) == ("refused", "http")


def test_a_page_where_tls_should_be() -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(5)
        connection.sendall(answer(b"", "400 Bad Request"))
        farewell(connection)

    with tcp_server(refuse) as server:
        assert failure(lambda: got(server.port, f"https://{HOST}/")) == ("refused", "tls")


def test_a_client_certificate_is_wanted(authority: trustme.CA) -> None:
    context = wants_client_certificate(authority, ssl.TLSVersion.TLSv1_2, HOST)
    with web_server(PAGE, context) as web:
        assert failure(lambda: got(web.port, f"https://{HOST}/")) == ("refused", "tls")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://status.app.test/", "refused"),
        ("file:///etc/hostname", "refused"),
        ("status.app.test", "refused"),
        ("http://[::1/", "unparsable"),
        ("http://", "unparsable"),
        ("http://status.app.test:99999/", "unparsable"),
    ],
)
def test_what_is_no_address_on_the_web(url: str, code: str) -> None:
    host = SignpostHost()
    assert failure(lambda: got(0, url, host=host))[0] == code
    assert host.dialled == []


# --- verification cannot be switched off --------------------------------------------------------


@pytest.fixture(params=["", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def led_astray(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> trustme.CA:
    """An authority that only a variable of the environment vouches for."""
    other = trustme.CA(organization_name="Somebody Else")
    if request.param:
        bundle = tmp_path / "astray.pem"
        other.cert_pem.write_to_path(bundle)
        monkeypatch.setenv(request.param, str(bundle))
    return other


@pytest.mark.parametrize("way", ["direct", "proxy"])
@pytest.mark.parametrize("kind", BAD)
def test_six_bad_certificates(
    kind: str, way: str, authority: trustme.CA, led_astray: trustme.CA
) -> None:
    served = BAD[kind](authority)  # type: ignore[index]
    if kind == "unknown_issuer":
        served = tls_with(led_astray.issue_cert(HOST))
    with web_server(PAGE, served) as web, proxy_server({HOST: web.port}) as proxy:
        host = real_host() if way == "proxy" else at(web.port)
        url = f"https://{HOST}/"
        through = proxy.url if way == "proxy" else None
        assert failure(lambda: got(0, url, host=host, proxy=through)) == ("refused", "tls")
        assert (web.heads, web.connections) == ([], 1)


def test_nobody_else_is_trusted_because_of_requests(authority: trustme.CA) -> None:
    """It would load a bundle of its own into the device's."""
    with web_server(PAGE, tls_with(authority.issue_cert(HOST))) as web:
        got(web.port, f"https://{HOST}/")
    assert trust._over_openssl().cert_store_stats()["x509_ca"] == 1


def test_thirty_documents_side_by_side_read_the_authorities_once(authority: trustme.CA) -> None:
    with web_server(PAGE, tls_with(authority.issue_cert(HOST))) as web:
        url = f"https://{HOST}/"
        assert got(web.port, url).status == 200
        Path(os.environ["SSL_CERT_FILE"]).unlink()
        probes = dict.fromkeys(range(30), lambda: got(web.port, url).status)
        assert list(gather(probes, Deadline.after(10.0)).values()) == [200] * 30


def test_the_environments_proxy_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which proxy to use is decided, and reported, elsewhere."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with web_server(PAGE) as web:
        assert got(web.port).status == 200


# --- through a proxy ----------------------------------------------------------------------------


def test_a_tunnel(authority: trustme.CA) -> None:
    with (
        web_server(PAGE, tls_with(authority.issue_cert(HOST))) as web,
        proxy_server({HOST: web.port}) as proxy,
    ):
        host = SignpostHost()
        assert got(0, f"https://{HOST}/", host=host, proxy=proxy.url).status == 200
        assert proxy.asked == [f"{HOST}:443"]
        assert host.asked == []  # the name is the proxy's to resolve
        assert HOST.encode() in web.heads[0]


def test_without_a_tunnel() -> None:
    with proxy_server({}, plain=PAGE) as proxy:
        document = got(0, f"http://{HOST}/a", host=real_host(), proxy=proxy.url)
        assert document.status == 200
        assert proxy.asked == [f"http://{HOST}/a"]


def test_credentials_for_the_proxy(authority: trustme.CA) -> None:
    with (
        web_server(PAGE, tls_with(authority.issue_cert(HOST))) as web,
        proxy_server({HOST: web.port}) as proxy,
    ):
        named = proxy.url.replace("//", "//user:word@")
        assert got(0, f"https://{HOST}/", host=real_host(), proxy=named).status == 200
        assert proxy.credentials == ["Proxy-Authorization: Basic dXNlcjp3b3Jk"]
        assert b"roxy-" not in web.heads[0]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (answer(status="407 Proxy Authentication Required"), "denied"),
        (answer(status="403 Forbidden"), "refused"),
        (answer(status="502 Bad Gateway"), "refused"),
    ],
)
def test_a_proxy_that_refuses(said: bytes, code: str) -> None:
    with proxy_server({}, lambda _: (said,)) as proxy:
        act = lambda: got(0, f"https://{HOST}/", host=real_host(), proxy=proxy.url)  # noqa: E731
        assert failure(act) == (code, "proxy")


def test_a_proxy_that_is_not_there() -> None:
    act = lambda: got(0, host=real_host(), proxy="http://127.0.0.1:1")  # noqa: E731
    assert failure(act) == ("refused", "proxy")


# --- bounds -------------------------------------------------------------------------------------

DRIPS: dict[str, Reply] = {
    "headers": lambda _: dripping(answer(b"x" * 100)),
    "body": lambda _: body_dripping(),
    "body without a length": lambda _: body_dripping(None),
    "chunks": lambda _: dripping(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 99, 0.01
    ),
    "interim": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "silence": silent,
}


@pytest.mark.parametrize("over_tls", [False, True])
@pytest.mark.parametrize("drip", DRIPS)
def test_drips_end_by_the_deadline(drip: str, over_tls: bool, authority: trustme.CA) -> None:
    context = tls_with(authority.issue_cert(HOST)) if over_tls else None
    with web_server(DRIPS[drip], context) as web:
        started = time.monotonic()
        url = f"https://{HOST}/" if over_tls else f"http://{HOST}/"
        assert failure(lambda: got(web.port, url, seconds=0.5)) == ("timeout", "http")
        assert time.monotonic() - started < 1.0


def test_a_handshake_that_drips() -> None:
    def drip(connection: socket.socket) -> None:
        for piece in dripping(bytes.fromhex("160303002a 020000260303") + bytes(90)):
            connection.sendall(piece)

    with tcp_server(drip) as server:
        started = time.monotonic()
        act = lambda: got(server.port, f"https://{HOST}/", seconds=0.5)  # noqa: E731
        assert failure(act) == ("timeout", "http")
        assert time.monotonic() - started < 1.0


def test_a_proxy_that_drips() -> None:
    with proxy_server({}, lambda _: dripping(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 99)) as proxy:
        started = time.monotonic()
        act = lambda: got(  # noqa: E731
            0, f"https://{HOST}/", host=real_host(), proxy=proxy.url, seconds=0.5
        )
        assert failure(act)[0] == "timeout"
        assert time.monotonic() - started < 1.0
