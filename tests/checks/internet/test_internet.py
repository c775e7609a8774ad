"""The internet check against real web servers on loopback that stand in for vendors and portals."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from checks.internet import CHECK, InternetFact
from diag.model import Answers, Crossed, Failed, Finding, Layer, Unmeasured
from tests.checks.proxy.test_proxy import proxy, says
from tests.checks.proxy.test_settings import LIST
from tests.support import context, findings, replay, view

APPLE = "captive.apple.com"
GOOGLE = "connectivitycheck.gstatic.com"
SUCCESS = b"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"
# Documentation addresses that the device takes for the vendors'.
ADDRESSES = {APPLE: "192.0.2.1", GOOGLE: "192.0.2.2"}
LANDMARKS = (("1.1.1.1", 443), ("8.8.8.8", 53), ("2606:4700:4700::1111", 443))

MANAGER = "org.freedesktop.NetworkManager"


def nm_property(path: str, interface: str, name: str) -> tuple[Any, ...]:
    """The call that reads one property of NetworkManager's."""
    properties = "org.freedesktop.DBus.Properties"
    return ("system", MANAGER, path, properties, "Get", "ss", (interface, name))


LINE = nm_property("/org/freedesktop/NetworkManager", MANAGER, "PrimaryConnection")
NO_LEASE: dict[str, Any] = {
    "dbus": {LINE: Failed("tool_missing", "dbus")},
    "dirs": {"/run/systemd/netif/links": None, "/var/lib/dhcp": None, "/var/lib/dhclient": None},
}
"""Nobody on this device keeps a lease."""

Page = tuple[int, dict[str, str], bytes]
PORTAL: Page = (
    302,
    {"Location": "http://portal.cafe.test/welcome?mac=02-00-5e-00-53-01&ip=192.0.2.77"},
    b"",
)
SIGN_IN: Page = (200, {"Content-Type": "text/html"}, b"<title>Cafe Wi-Fi</title>")
APPLE_PAGE: Page = (200, {}, SUCCESS)
GOOGLE_PAGE: Page = (204, {}, b"")
DROPPED = "ETIMEDOUT"


@contextmanager
def web(page: Page) -> Iterator[tuple[int, list[str]]]:
    """A web server on loopback that gives this page for any path: its port, and what it was
    asked."""
    status, headers, body = page
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.headers['Host']} {self.path} {self.headers.get('Cookie')}")
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1], asked
        server.shutdown()
        thread.join(5.0)


def seen(
    apple: Page | str = APPLE_PAGE,
    google: Page | str = GOOGLE_PAGE,
    *,
    landmarks: Mapping[str, str | None] | None = None,
    env: dict[str, str] | None = None,
    detours: Mapping[tuple[str, int], int] | None = None,
    lease: dict[str, Any] | None = None,
) -> InternetFact:
    """What the check learns; for a vendor a page, the errno of the connection or an EAI_* name."""
    outcomes = {address: DROPPED for address, _ in LANDMARKS} | dict(landmarks or {})
    resolves: dict[tuple[str, str], list[str] | str] = {}
    connects: dict[tuple[str, int], str | None] = {
        (address, port): outcomes[address] for address, port in LANDMARKS
    }
    near = dict(detours or {})
    with ExitStack() as stack:
        for name, answer in ((APPLE, apple), (GOOGLE, google)):
            address = ADDRESSES[name]
            resolves[name, "ipv4"] = [address]
            resolves[name, "ipv6"] = "EAI_NODATA"
            if not isinstance(answer, str):
                near[address, 80] = stack.enter_context(web(answer))[0]
            elif answer.startswith("EAI"):
                resolves[name, "ipv4"] = resolves[name, "ipv6"] = answer
            else:
                connects[address, 80] = answer
        host = replay(
            env=env,
            commands={LIST: Failed("tool_missing", "run gsettings")},
            resolves=resolves,
            connects=connects,
            detours=near,
            **(lease or NO_LEASE),
        )
        return CHECK.collect(host, context())


def judged(fact: InternetFact) -> list[tuple[Any, ...]]:
    """The judgements in brief."""
    brief: list[tuple[Any, ...]] = []
    for item in CHECK.judge(fact, view(fact, answers=Answers())):
        if isinstance(item, Finding):
            brief.append((item.code, item.confidence))
        elif isinstance(item, Unmeasured):
            brief.append((item.code, "unknown"))
        elif isinstance(item, Crossed):
            brief.append(("crossed", item.layer))
    return brief


def outcomes(fact: InternetFact) -> dict[str, str]:
    return {probe.vendor: probe.outcome for probe in fact.probes if probe.family == "ipv4"}


# --- all well ---


def test_all_well() -> None:
    fact = seen()
    assert outcomes(fact) == {"apple": "expected", "google": "expected"}
    assert all(
        abs(probe.date_offset_s) < 3
        for probe in fact.probes
        if probe.outcome == "expected" and probe.date_offset_s is not None
    )
    assert judged(fact) == [("crossed", Layer.HOSTS_FILE)]


def test_what_is_asked() -> None:
    with web(APPLE_PAGE) as (port, asked):
        seen("ECONNREFUSED", detours={(ADDRESSES[APPLE], 80): port})
    assert asked == [f"{APPLE} /hotspot-detect.html None"]


@pytest.mark.parametrize("apple", [PORTAL, SIGN_IN, (403, {}, b""), "ECONNREFUSED", "EAI_NONAME"])
def test_one_vendor_is_enough(apple: Page | str) -> None:
    assert judged(seen(apple)) == [("crossed", Layer.HOSTS_FILE)]


def test_an_empty_200_counts_as_an_empty_204() -> None:
    assert outcomes(seen(google=(200, {}, b"")))["google"] == "expected"


# --- a portal ---


@pytest.mark.parametrize("page", [PORTAL, SIGN_IN, (511, {}, b"<p>Sign in</p>")])
def test_a_portal(page: Page) -> None:
    landmarks = {"1.1.1.1": None}  # some portals' routers accept any connection
    fact = seen(page, page, landmarks=landmarks)
    assert judged(fact) == [
        ("crossed", Layer.GATEWAY),
        ("captive_portal.signin", "certain"),
    ]


def test_where_the_portal_is_without_what_it_knows_of_the_device() -> None:
    fact = seen(PORTAL, PORTAL)
    [finding] = findings(CHECK, fact)
    assert finding.args["portal_url"] == "http://portal.cafe.test/welcome"
    assert finding.args["answers"] == ["redirected"]
    assert "02-00-5e" not in repr(fact)


def test_one_portal_page_and_one_silence_make_it_likely() -> None:
    assert judged(seen(PORTAL, DROPPED))[1:] == [("captive_portal.signin", "likely")]


def test_two_refusals_may_be_a_filter_so_they_are_only_likely() -> None:
    blocked: Page = (403, {}, b"Forbidden")
    assert judged(seen(blocked, blocked))[1:] == [("captive_portal.signin", "likely")]


def test_a_redirect_to_the_same_host_is_no_portal() -> None:
    page: Page = (301, {"Location": f"https://{APPLE}/hotspot-detect.html"}, b"")
    fact = seen(page, DROPPED)
    assert outcomes(fact)["apple"] == "other_status"
    assert "captive_portal.signin" not in [
        code for code, how in judged(fact) if how in ("likely", "certain")
    ]


def test_a_broken_cache_on_the_way_is_neither_a_portal_nor_a_dead_line() -> None:
    page: Page = (503, {}, b"")
    assert judged(seen(page, page)) == [
        ("crossed", Layer.GATEWAY),
        ("captive_portal.signin", "unknown"),
        ("internet.down", "unknown"),
    ]


# --- the line is shut off ---

UNPAID: Page = (
    200,
    {"Content-Type": "text/html; charset=utf-8"},
    "<title>お知らせ</title>料金のお支払いが確認できないため、ご利用を停止しております。".encode(),
)
USED_UP: Page = (403, {}, b"<title>Guest</title>Your data allowance has been used up.")
SHUT_ELSEWHERE: Page = (302, {"Location": "http://notice.isp.test/suspended?customer=4711"}, b"")


@pytest.mark.parametrize(
    ("page", "confidence"),
    [(UNPAID, "certain"), (USED_UP, "certain"), (SHUT_ELSEWHERE, "likely")],
)
def test_a_line_that_is_shut_off(page: Page, confidence: str) -> None:
    assert judged(seen(page, page))[1:] == [("internet.access_suspended", confidence)]


def test_one_vendor_alone_makes_it_likely() -> None:
    assert judged(seen(UNPAID, DROPPED))[1:] == [("internet.access_suspended", "likely")]


def test_why_it_is_shut_off() -> None:
    [unpaid] = findings(CHECK, seen(UNPAID, UNPAID))
    assert (unpaid.args["unpaid"], unpaid.args["used_up"]) == (True, None)
    assert unpaid.args["page_title"] == "お知らせ"
    [used_up] = findings(CHECK, seen(USED_UP, USED_UP))
    assert (used_up.args["unpaid"], used_up.args["used_up"]) == (None, True)


def test_where_the_notice_is_without_who_the_customer_is() -> None:
    fact = seen(SHUT_ELSEWHERE, SHUT_ELSEWHERE)
    [finding] = findings(CHECK, fact)
    assert finding.args["portal_url"] == "http://notice.isp.test/suspended"
    assert "4711" not in repr(fact)


def test_a_vendor_that_answers_outweighs_a_notice() -> None:
    assert judged(seen(APPLE_PAGE, UNPAID)) == [("crossed", Layer.HOSTS_FILE)]


def test_a_filters_page_is_no_portal() -> None:
    """The check of filters names it."""
    page: Page = (200, {}, b"<h1>Access blocked</h1> by your administrator. FortiGuard")
    fact = seen(page, page)
    assert {probe.filter for probe in fact.probes if probe.status} == {"FortiGuard"}
    assert judged(fact) == [
        ("crossed", Layer.GATEWAY),
        ("captive_portal.signin", "unknown"),
        ("internet.down", "unknown"),
    ]


# --- nothing answers ---


@pytest.mark.parametrize("error", [DROPPED, "ENETUNREACH", "ECONNREFUSED", "EAI_AGAIN"])
def test_nothing_beyond_answers(error: str) -> None:
    fact = seen(error, error)
    assert judged(fact) == [
        ("captive_portal.signin", "unknown"),
        ("internet.down", "certain"),
    ]


@pytest.mark.parametrize("address", [address for address, _ in LANDMARKS])
def test_names_fail_but_the_internet_is_there(address: str) -> None:
    fact = seen("EAI_AGAIN", "EAI_AGAIN", landmarks={address: None})
    assert {(probe.layer, probe.error) for probe in fact.probes} == {("resolve", "failed")}
    assert judged(fact) == [
        ("crossed", Layer.GATEWAY),
        ("captive_portal.signin", "unknown"),
        ("crossed", Layer.INTERNET),
    ]


def test_a_server_that_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        Thread(target=_talk_nonsense, args=(server,), daemon=True).start()
        fact = seen("EAI_AGAIN", "ECONNREFUSED", detours={(ADDRESSES[GOOGLE], 80): port})
    google = next(p for p in fact.probes if p.vendor == "google" and p.family == "ipv4")
    assert (google.layer, google.error) == ("http", "malformed")


def _talk_nonsense(server: socket.socket) -> None:
    sock, _ = server.accept()
    with sock:
        sock.recv(4096)
        sock.sendall(b"SSH-2.0-OpenSSH\r\n")


# --- through a proxy ---


def through_proxy(page: Page | None) -> InternetFact:
    """No direct way; a proxy on the LAN that gives this page, or none that answers."""
    with ExitStack() as stack:
        if page:
            port = stack.enter_context(web(page))[0]
        else:
            with proxy(says("200 OK")) as (port, _):
                pass
        return seen(
            DROPPED,
            DROPPED,
            env={"http_proxy": f"http://192.168.77.8:{port}"},
            detours={("192.168.77.8", port): port},
        )


def test_behind_a_proxy_the_shut_direct_way_is_no_fault() -> None:
    assert judged(through_proxy(APPLE_PAGE)) == [("crossed", Layer.HOSTS_FILE)]


def test_a_dead_proxy_leaves_the_internet_unknown() -> None:
    assert judged(through_proxy(None)) == [
        ("captive_portal.signin", "unknown"),
        ("internet.down", "unknown"),
    ]


def test_a_proxy_that_asks_for_a_password_is_no_portal() -> None:
    assert "captive_portal.signin" not in [
        code for code, how in judged(through_proxy((407, {}, b""))) if how != "unknown"
    ]
