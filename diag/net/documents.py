"""Documents from the web: status pages and what stores say of an app, fetched with requests.

Bounded by a deadline outside the client (a watchdog shuts the connection), a cap on the decoded
body, and five redirects, each to http(s) and never from a public host to an internal address: the
very address that is connected to is looked at, not what the name might resolve to a moment later.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from diag.deadline import Deadline
from diag.host import Failed, Host
from diag.model import FailureCode
from diag.net import tcp, tls
from diag.net.addresses import is_internal
from diag.net.http import BODY_LIMIT, USER_AGENT, offset_of
from diag.net.resolve import Family, lookup

if TYPE_CHECKING:
    import requests
    from urllib3.connectionpool import ConnectionPool

REDIRECTS = 5
CHUNK = 16 << 10
FAMILIES: tuple[Family, ...] = ("ipv4", "ipv6")


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
    limit: int = BODY_LIMIT,
    accept: str = "application/json",
) -> Document:
    """Fetch one document. Raises Failed (timeout, refused, unreachable, denied, unparsable) if no
    HTTP answer came; `operation` says whether resolve, connect, tls or http broke.
    """
    started = time.monotonic()
    dialler = _Dialler(host, deadline)
    session = _session(dialler)
    fields = {"User-Agent": USER_AGENT, "Accept": accept, **(headers or {})}
    proxies = {"http": proxy, "https": proxy} if proxy else {}
    watchdog = threading.Timer(deadline.remaining(), dialler.cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        for _ in range(REDIRECTS + 1):
            response = _ask(session, dialler, url, fields, proxies, deadline)
            with response:
                location = response.headers.get("Location")
                if not (response.is_redirect and location):
                    return _document(response, limit, started, deadline)
            url = _next(url, location)
        raise Failed("refused", "http", "too many redirects")
    finally:
        watchdog.cancel()
        session.close()
        dialler.cut()


class _Dialler:
    """Makes the connections of one fetch; knows whether it has been at a public host yet."""

    def __init__(self, host: Host, deadline: Deadline) -> None:
        self._host = host
        self._deadline = deadline
        self._sockets: list[socket.socket] = []
        self._been_public = False
        self.failed: Failed | None = None

    def dial(self, name: str, port: int) -> socket.socket:
        """A connection to the first address of a name that takes one. Raises Failed."""
        addresses: list[str] = []
        outcomes = []
        for family in FAMILIES:
            resolution = lookup(self._host, name, family, self._deadline)
            outcomes.append(resolution.outcome)
            addresses += resolution.addresses
        if not addresses:
            code: FailureCode = "timeout" if "timeout" in outcomes else "unreachable"
            raise Failed(code, "resolve", ", ".join(outcomes))
        if self._been_public and any(map(is_internal, addresses)):
            raise Failed("refused", "redirect", "a public host points to an internal address")
        self._been_public = self._been_public or not any(map(is_internal, addresses))
        return self._first(addresses, port)

    def _first(self, addresses: list[str], port: int) -> socket.socket:
        outcome: tcp.TcpOutcome = "timeout"
        for place, address in enumerate(addresses):
            share = self._deadline.remaining() / (len(addresses) - place)
            result = tcp.connect(self._host, address, port, self._deadline.within(share))
            if result.sock is not None:
                self._sockets.append(result.sock)
                return result.sock
            outcome = result.outcome
        raise Failed(_CODES.get(outcome, "unreachable"), "connect", outcome)

    def cut(self) -> None:
        """End every connection, under whoever reads from it."""
        for sock in self._sockets:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


_CODES: dict[str, FailureCode] = {
    "timeout": "timeout",
    "refused": "refused",
    "reset": "refused",
    "prohibited": "denied",
}


def _session(dialler: _Dialler) -> requests.Session:
    """A session that keeps out of the environment and of certifi's bundle.

    requests loads the bundle for every connection even if it is given a context (urllib3 #3623),
    hence the overrides; the connections it makes are the dialler's.
    """
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _dialled(dialler, self.host, self.port or 80)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _dialled(dialler, self.host, self.port or 443)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    pools: dict[str, type[ConnectionPool]] = {"http": PlainPool, "https": SecurePool}

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **kwargs)
            manager.pool_classes_by_scheme = pools
            return manager

        def build_connection_pool_key_attributes(
            self, request: Any, verify: Any, cert: Any = None
        ) -> Any:
            params, _ = super().build_connection_pool_key_attributes(request, verify, cert)
            return params, {"ssl_context": tls.context()}

        def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
            """The context verifies; requests must not load a bundle into it."""

    session = requests.Session()
    session.trust_env = False
    session.max_redirects = REDIRECTS
    session.mount("http://", Adapter())
    session.mount("https://", Adapter())
    return session


def _dialled(dialler: _Dialler, name: str, port: int) -> socket.socket:
    """urllib3 wants its own errors; what really happened is kept for the caller."""
    from urllib3.exceptions import NewConnectionError

    try:
        return dialler.dial(name.strip("[]"), port)
    except Failed as failed:
        dialler.failed = failed
        raise NewConnectionError(None, str(failed)) from failed  # type: ignore[arg-type]


def _ask(
    session: requests.Session,
    dialler: _Dialler,
    url: str,
    headers: Mapping[str, str],
    proxies: dict[str, str],
    deadline: Deadline,
) -> requests.Response:
    import requests

    try:
        return session.get(
            url,
            headers=dict(headers),
            proxies=proxies,
            stream=True,
            allow_redirects=False,
            timeout=max(deadline.remaining(), 0.001),
        )
    except requests.RequestException as error:
        raise _failed(error, dialler, deadline) from error


def _failed(error: Exception, dialler: _Dialler, deadline: Deadline) -> Failed:
    import requests

    if dialler.failed is not None:
        return dialler.failed
    if deadline.expired or isinstance(error, requests.Timeout):
        return Failed("timeout", "http")
    if isinstance(error, requests.exceptions.SSLError):
        return Failed("refused", "tls", str(error))
    if isinstance(error, requests.exceptions.ProxyError):
        return Failed("refused", "proxy", str(error))
    if isinstance(error, requests.exceptions.ConnectionError):
        return Failed("refused", "http", str(error))
    return Failed("unparsable", "http", str(error))


def _next(url: str, location: str) -> str:
    target = urljoin(url, location)
    if urlsplit(target).scheme not in ("http", "https"):
        raise Failed("refused", "redirect", "to something that is not the web")
    return target


def _document(
    response: requests.Response, limit: int, started: float, deadline: Deadline
) -> Document:
    answered_s = time.monotonic() - started
    body, complete = _body(response, limit, deadline)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Document(
        url=(response.url or "").partition("?")[0],
        status=response.status_code,
        content_type=headers.get("content-type", ""),
        headers=headers,
        body=body,
        complete=complete,
        date_offset_s=offset_of(headers.get("date"), answered_s),
        took_s=time.monotonic() - started,
    )


def _body(response: requests.Response, limit: int, deadline: Deadline) -> tuple[bytes, bool]:
    """The decoded body up to the cap. A body that breaks off or is late is no document."""
    import requests
    from urllib3.exceptions import HTTPError

    body = bytearray()
    read: Callable[[], bytes] = lambda: response.raw.read1(CHUNK, decode_content=True)  # noqa: E731
    try:
        while len(body) <= limit:
            chunk = read()
            if deadline.expired:
                raise Failed("timeout", "http", "the body did not end")
            if not chunk:
                return bytes(body), True
            body += chunk
    except (requests.RequestException, HTTPError, OSError) as error:
        if deadline.expired:
            raise Failed("timeout", "http", "the body did not end") from error
        raise Failed("unparsable", "http", f"the body broke off: {error}") from error
    return bytes(body[:limit]), False
