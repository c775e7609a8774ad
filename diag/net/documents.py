"""Documents from the web: status pages and what stores say of an app, fetched with requests.

Bounded by a deadline outside the client (a watchdog shuts the connection), a cap on the decoded
body, and five redirects, each to http(s) and never from a public host to an internal address: the
very address that is connected to is looked at, not what the name might resolve to a moment later.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from diag.deadline import Deadline
from diag.host import Failed, Host
from diag.net import body as bodies
from diag.net.body import Body, Undecodable
from diag.net.dialler import Dialler, leads_inside
from diag.net.http import USER_AGENT, offset_of

if TYPE_CHECKING:
    import requests

REDIRECTS = 5


class Document(Struct, frozen=True, kw_only=True):
    """An HTTP answer, whatever its status. `url` is the last one, without its query.

    `body` is decoded; `complete` is False if it was cut at the cap.
    """

    url: str
    status: int
    content_type: str
    headers: dict[str, str]
    body: bytes
    complete: bool
    date_offset_s: float | None
    took_s: float


def get(
    host: Host,
    url: str,
    deadline: Deadline,
    *,
    proxy: str | None = None,
    headers: Mapping[str, str] | None = None,
    limit: int = bodies.LIMIT,
    accept: str = "application/json",
) -> Document:
    """Fetch one document. Raises Failed (timeout, refused, unreachable, denied, unparsable) if no
    HTTP answer came; `operation` says whether resolve, connect, proxy, tls, redirect or http broke
    (a time-out once connected is http's).
    """
    from diag.net.adapter import Adapter

    started = time.monotonic()
    fields = {
        "User-Agent": USER_AGENT,
        "Accept": accept,
        "Accept-Encoding": bodies.ENCODINGS,
        **(headers or {}),
    }
    dialler = Dialler(host, deadline, proxied=proxy is not None)
    adapter = Adapter(dialler)
    watchdog = threading.Timer(deadline.remaining(), dialler.hang_up)
    watchdog.daemon = True
    watchdog.start()
    try:
        for _ in range(REDIRECTS + 1):
            asked = time.monotonic()
            with adapter.get(_on_the_web(url), fields, proxy, deadline) as response:
                location = response.headers.get("Location")
                if not (response.is_redirect and location):
                    return _document(response, limit, deadline, asked, started)
            target = _target(url, location)
            if proxy is not None:
                _guard(host, url, target, deadline)
            url = target
        raise Failed("refused", "redirect", "too many redirects")
    finally:
        watchdog.cancel()
        adapter.close()
        dialler.hang_up()


def _target(url: str, location: str) -> str:
    """Where a redirect leads. Servers send UTF-8, which arrives as Latin-1 (RFC 9110, 5.5)."""
    try:
        return _on_the_web(urljoin(url, location.encode("latin-1").decode("utf-8", "replace")))
    except ValueError as error:
        raise Failed("unparsable", "redirect", str(error)) from error


def _on_the_web(url: str) -> str:
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:
        raise Failed("unparsable", "http", str(error)) from error
    if scheme not in ("http", "https"):
        raise Failed("refused", "redirect", "to something that is not the web")
    return url


def _guard(host: Host, url: str, target: str, deadline: Deadline) -> None:
    """Through a proxy it is the proxy that resolves; what this device makes of the names counts."""
    inside = leads_inside(host, urlsplit(target).hostname or "", deadline)
    if inside and not leads_inside(host, urlsplit(url).hostname or "", deadline):
        raise Failed("refused", "redirect", "a public host points to an internal address")


def _document(
    response: requests.Response, limit: int, deadline: Deadline, asked: float, started: float
) -> Document:
    answered_s = time.monotonic() - asked
    headers = {name.lower(): value for name, value in response.headers.items()}
    offset = offset_of(headers.get("date"), answered_s)
    body = _body(response, headers.get("content-encoding", ""), limit, deadline)
    return Document(
        url=(response.url or "").partition("?")[0],
        status=response.status_code,
        content_type=headers.get("content-type", ""),
        headers=headers,
        body=bytes(body.data),
        complete=not body.cut,
        date_offset_s=offset,
        took_s=time.monotonic() - started,
    )


def _body(response: requests.Response, encoding: str, limit: int, deadline: Deadline) -> Body:
    """The decoded body up to the cap. A body that breaks off or is late is no document."""
    from urllib3.exceptions import HTTPError

    try:
        body = Body(encoding, limit)
        while not body.cut and (piece := response.raw.read1(bodies.PIECE, decode_content=False)):
            body.add(piece)
    except (HTTPError, Undecodable, OSError) as error:
        if deadline.expired:
            raise Failed("timeout", "http", "the body did not end") from error
        raise Failed("unparsable", "http", f"the body broke off: {error}") from error
    if deadline.expired and not body.cut:
        raise Failed("timeout", "http", "the body did not end")
    if not (body.cut or body.whole):
        raise Failed("unparsable", "http", "the body broke off")
    return body
