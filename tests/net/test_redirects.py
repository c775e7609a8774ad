"""Documents that are somewhere else: few steps, and none from a public host to an internal one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import trustme

from tests.net.servers import (
    SignpostHost,
    answer,
    endless,
    path_of,
    proxy_server,
    tls_with,
    web_server,
)
from tests.net.test_documents import HOST, PAGE, PUBLIC, failure, got


def test_redirects_are_followed(authority: trustme.CA) -> None:
    """From http to https, to another host, to a path with signs of its own."""

    def plain(head: bytes) -> tuple[bytes]:
        return (redirect_to("https://www.app.test/ページ?a=b", head),)

    with (
        web_server(PAGE, tls_with(authority.issue_cert("www.app.test"))) as secure,
        web_server(plain) as web,
    ):
        names = {HOST: [PUBLIC], "www.app.test": ["192.0.2.11"]}
        host = SignpostHost(names, {(PUBLIC, 80): web.port}, elsewhere=secure.port)
        document = got(0, host=host)
    assert document.url == "https://www.app.test/%E3%83%9A%E3%83%BC%E3%82%B8"
    assert document.status == 200


def redirect_to(location: str, _: bytes = b"") -> bytes:
    return answer(status="302 Found", headers={"Location": location, "Set-Cookie": "id=1"})


def test_a_relative_redirect_brings_no_cookie_along() -> None:
    def reply(head: bytes) -> tuple[bytes]:
        return (PAGE if path_of(head) == "/there" else redirect_to("there"),)

    with web_server(reply) as web:
        assert got(web.port, f"http://{HOST}/here").url == f"http://{HOST}/there"
    assert b"cookie" not in web.heads[1].lower()


def test_the_body_of_a_redirect_is_not_read() -> None:
    def reply(head: bytes) -> Iterator[bytes]:
        if path_of(head) == "/there":
            yield PAGE
        else:
            start = redirect_to("/there").replace(
                b"Content-Length: 0", b"Content-Length: 999999999"
            )
            yield from endless(start, bytes(65536))(head)

    with web_server(reply) as web:
        assert got(web.port).status == 200


def test_a_redirect_without_a_target_is_an_answer() -> None:
    with web_server(answer(status="302 Found")) as web:
        assert got(web.port).status == 302


def test_at_most_five_redirects() -> None:
    def countdown(head: bytes) -> tuple[bytes]:
        left = int(path_of(head)[1:])
        return (redirect_to(f"/{left - 1}") if left else PAGE,)

    with web_server(countdown) as web:
        assert got(web.port, f"http://{HOST}/5").status == 200
        act = lambda: got(web.port, f"http://{HOST}/6")  # noqa: E731
        assert failure(act) == ("refused", "redirect")


INTERNAL = [
    "http://127.0.0.1/",
    "http://127.0.0.2:8080/",
    "http://localhost/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::10.0.0.1]/",
    "http://[fe80::1%25lo]/",
    "http://[fd00::1]/",
    "http://intranet.test/",
    "http://rebound.test/",
    "//10.0.0.1/",
    "http://user@10.0.0.1/",
]
ELSEWHERE = [
    "ftp://www.app.test/",
    "file:///etc/hostname",
    "gopher://www.app.test/",
    "javascript:alert(1)",
    "data:text/plain,hello",
    "http://[::1",
]
NAMES = {
    HOST: [PUBLIC],
    "www.app.test": ["192.0.2.11"],
    "intranet.test": ["10.0.0.5"],
    "rebound.test": ["192.0.2.12", "127.0.0.1"],
}


@pytest.mark.parametrize("location", INTERNAL + ELSEWHERE)
@pytest.mark.parametrize("way", ["direct", "proxy"])
def test_where_a_public_host_must_not_send_us(location: str, way: str) -> None:
    with (
        web_server(PAGE) as trap,
        web_server(redirect_to(location)) as web,
        proxy_server({}, lambda _: (redirect_to(location),)) as proxy,
    ):
        routes = {(PUBLIC, 80): web.port, ("127.0.0.1", proxy.server.port): proxy.server.port}
        host = SignpostHost(NAMES, routes, elsewhere=trap.port)
        through = proxy.url if way == "proxy" else None
        code, operation = failure(lambda: got(0, host=host, proxy=through))
        assert (code, operation) in {("refused", "redirect"), ("unparsable", "redirect")}
        assert len(host.dialled) == 1
        assert (trap.connections, len(proxy.asked)) == (0, int(way == "proxy"))


@pytest.mark.parametrize("location", ["/", f"http://{HOST}/", "//status.app.test/?again"])
def test_circles(location: str) -> None:
    with web_server(redirect_to(location)) as web:
        assert failure(lambda: got(web.port)) == ("refused", "redirect")
        assert len(web.heads) == 6


def test_a_public_host_with_an_internal_address_is_still_public() -> None:
    """Once it was met at its public address, its other one does not open the door."""
    with web_server(PAGE) as trap, web_server(redirect_to("http://10.0.0.1/")) as web:
        names = {HOST: [PUBLIC, "127.0.0.1"]}
        host = SignpostHost(names, {(PUBLIC, 80): web.port}, elsewhere=trap.port)
        assert failure(lambda: got(0, host=host)) == ("refused", "redirect")
        assert trap.connections == 0


def test_by_way_of_an_internal_host() -> None:
    """internal -> public -> internal: the public one in between has no say over the last."""

    def reply(head: bytes) -> tuple[bytes]:
        hosts = {b"10.0.0.5": f"http://{HOST}/", HOST.encode(): "http://10.0.0.6/"}
        return (next(redirect_to(to) for name, to in hosts.items() if b"Host: " + name in head),)

    with web_server(PAGE) as trap, web_server(reply) as web:
        routes = {(PUBLIC, 80): web.port, ("10.0.0.5", 80): web.port}
        host = SignpostHost(NAMES, routes, elsewhere=trap.port)
        assert failure(lambda: got(0, "http://10.0.0.5/", host=host)) == ("refused", "redirect")
        assert trap.connections == 0


def test_an_internal_host_may_send_us_to_another() -> None:
    with web_server(PAGE) as there, web_server(redirect_to("http://10.0.0.6/")) as web:
        host = SignpostHost(NAMES, {("10.0.0.5", 80): web.port}, elsewhere=there.port)
        assert got(0, "http://intranet.test/", host=host).url == "http://10.0.0.6/"
