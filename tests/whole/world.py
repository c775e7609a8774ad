"""The internet that whole devices meet: real servers on loopback, for as long as it is played."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import trustme
from msgspec import Struct
from msgspec.structs import replace

from diag.net import trust
from tests.net.name_servers import Zone, name_server
from tests.net.servers import answer, path_of, proxy_server, tls_with, web_server
from tests.net.time_servers import time_server
from tests.support import NOW
from tests.whole.machine import Net

RECORDED = Path(__file__).parents[1] / "recorded"
SUCCESS = b"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"
LOGIN_PAGE = (
    "<html><head><title>ログイン - 例</title></head><body>会員番号でログイン"
    "<form><input type=text name=id><input type=password name=pin></form></body></html>"
).encode()
PROXY = "192.0.2.80"
"""Where the office's proxy is; 3128 leads to it."""


def _statuspage() -> bytes:
    at = "2026-11-22T03:00:00.000Z"
    page = {"id": "p", "name": "Example", "url": "https://status.app.test", "updated_at": at}
    component = {
        "id": "c1",
        "name": "Login",
        "status": "operational",
        "created_at": at,
        "updated_at": at,
        "group": False,
    }
    return json.dumps(
        {
            "page": page,
            "components": [component],
            "incidents": [],
            "scheduled_maintenances": [],
            "status": {"indicator": "none", "description": "All Systems Operational"},
        }
    ).encode()


Page = tuple[str, str, bytes]
"""Status, content type, body."""


def _json(body: bytes) -> Page:
    return ("200 OK", "application/json", body)


PAGES: Mapping[tuple[str, str], Page] = {
    ("captive.apple.com", "/hotspot-detect.html"): (
        "200 OK",
        "text/html",
        SUCCESS,
    ),
    ("connectivitycheck.gstatic.com", "/generate_204"): (
        "204 No Content",
        "text/html",
        b"",
    ),
    ("login.app.test", "/"): ("200 OK", "text/html; charset=utf-8", LOGIN_PAGE),
    ("status.app.test", "/api/v2/summary.json"): _json(_statuspage()),
    ("store.app.test", "/version.json"): _json(b'{"version": "2.3.1"}'),
    ("sofafeed.macadmins.io", "/v2/macos_data_feed.json"): _json(
        (RECORDED / "os" / "sofa-v2.json").read_bytes()
    ),
    ("edgeupdates.microsoft.com", "/api/products"): _json(
        (RECORDED / "browser" / "edge-products.json").read_bytes()
    ),
    ("product-details.mozilla.org", "/1.0/firefox_versions.json"): _json(
        (RECORDED / "browser" / "firefox-versions.json").read_bytes()
    ),
}
CHROME = _json((RECORDED / "browser" / "chrome-win64-stable.json").read_bytes())
NOT_FOUND: Page = ("404 Not Found", "text/plain", b"nothing here")
ADDRESSES: Mapping[str, tuple[str, ...]] = {
    name: (f"93.184.215.{number}",)
    for number, name in enumerate(
        (
            "example.com",
            "captive.apple.com",
            "connectivitycheck.gstatic.com",
            "login.app.test",
            "status.app.test",
            "store.app.test",
            "time.apple.com",
            "sofafeed.macadmins.io",
            "gdmf.apple.com",
            "endoflife.date",
            "versionhistory.googleapis.com",
            "edgeupdates.microsoft.com",
            "product-details.mozilla.org",
            "pac.office.test",
        ),
        start=10,
    )
}


def _page(head: bytes) -> list[bytes]:
    host = ""
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"host:"):
            host = line.partition(b":")[2].strip().decode().partition(":")[0]
    path = path_of(head)
    if path.startswith("http://"):  # as a proxy is asked
        host, _, rest = path.removeprefix("http://").partition("/")
        path = f"/{rest}"
    known = CHROME if host == "versionhistory.googleapis.com" else NOT_FOUND
    status, kind, body = PAGES.get((host, path.partition("?")[0]), known)
    date = format_datetime(datetime.now(UTC), usegmt=True)
    return [answer(body, status, {"Content-Type": kind, "Date": date})]


class World(Struct, frozen=True):
    """fine: everything answers. office: only the proxy and the name server within do. kept_off: as
    fine, but for the local network, which macOS keeps programs off (TN3179).
    """

    fine: Net
    office: Net
    kept_off: Net


@contextmanager
def world(directory: Path) -> Iterator[World]:
    """Its authority is trusted meanwhile, through SSL_CERT_FILE."""
    authority = trustme.CA(organization_name="Test Trust")
    bundle = directory / "authorities.pem"
    authority.cert_pem.write_to_path(bundle)
    kept = {name: os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")}
    os.environ["SSL_CERT_FILE"], os.environ["SSL_CERT_DIR"] = str(bundle), str(directory / "none")
    trust._over_openssl.cache_clear()
    zone = Zone(records={(name, "A"): held for name, held in ADDRESSES.items()})
    leaf = authority.issue_cert(*ADDRESSES)
    try:
        with ExitStack() as stack:
            plain = stack.enter_context(web_server(_page)).port
            secure = stack.enter_context(web_server(_page, tls=tls_with(leaf))).port
            names = stack.enter_context(name_server(zone))
            clock = stack.enter_context(time_server(NOW))
            tunnels = dict.fromkeys(ADDRESSES, secure)
            proxy = stack.enter_context(_forwarding(tunnels))
            fine = Net(
                names=ADDRESSES,
                doors={("8.8.8.8", 53): plain},
                public={80: plain, 443: secure},
                public_datagrams={53: names, 123: clock},
            )
            office = Net(
                names={"pac.office.test": ("192.0.2.81",), "proxy.office.test": (PROXY,)},
                doors={(PROXY, 3128): proxy},
                datagrams={("192.0.2.53", 53): names},
            )
            shut = {("192.168.0.1", 53): "EHOSTUNREACH"}
            kept_off = replace(fine, doors={**fine.doors, **shut})
            yield World(fine, office, kept_off)
    finally:
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        trust._over_openssl.cache_clear()


@contextmanager
def _forwarding(tunnels: Mapping[str, int]) -> Iterator[int]:
    """A proxy that tunnels, and answers plain requests as the web would."""
    with proxy_server(tunnels, plain=_page) as proxy:
        yield proxy.server.port
