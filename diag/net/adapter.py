"""requests, kept away from the environment, from bundles of its own and from DNS.

Its transport alone: a Session would read a redirect's body whole, and keep cookies. requests loads
certifi's bundle for every connection even if it is given a context (urllib3 #3623), hence the
overrides; the connections are the dialler's.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from diag.deadline import Deadline
from diag.host import Failed
from diag.net import trust
from diag.net.dialler import Dialler

if TYPE_CHECKING:
    from urllib3.connectionpool import ConnectionPool


class Adapter(HTTPAdapter):
    """Sends requests over one dialler's connections, verified against the device's trust store."""

    def __init__(self, dialler: Dialler) -> None:
        self._dialler = dialler
        self._pools = _pools(dialler)
        super().__init__()

    def get(
        self, url: str, headers: Mapping[str, str], proxy: str | None, deadline: Deadline
    ) -> requests.Response:
        """One answer, its body still to be read; nothing is followed. Raises Failed."""
        try:
            request = requests.Request("GET", url, headers=dict(headers)).prepare()
            return self.send(
                request,
                stream=True,
                timeout=max(deadline.remaining(), 0.001),
                proxies={"http": proxy, "https": proxy} if proxy else {},
            )
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise self._failed(error, deadline) from error

    def _failed(self, error: Exception, deadline: Deadline) -> Failed:
        if self._dialler.failed is not None:
            return self._dialler.failed
        if deadline.expired or isinstance(error, requests.Timeout):
            return Failed("timeout", "http")
        if isinstance(error, requests.exceptions.SSLError):
            return Failed("refused", "tls", str(error))
        if isinstance(error, requests.exceptions.ProxyError):
            return Failed("denied" if " 407 " in str(error) else "refused", "proxy", str(error))
        if isinstance(error, requests.ConnectionError):
            return Failed("refused", "http", str(error))
        return Failed("unparsable", "http", str(error))

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> Any:
        where, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return where, {"ssl_context": trust.verifying()}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """The context verifies; requests must not load a bundle into it."""


def _pools(dialler: Dialler) -> dict[str, type[ConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _dialled(dialler, self, self.host, self.port or 80)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _dialled(dialler, self, self.host, self.port or 443)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _dialled(dialler: Dialler, asker: HTTPConnection, name: str, port: int) -> socket.socket:
    """urllib3 wants its own errors; the dialler keeps what really happened. An address stands in
    brackets, and its scope id is encoded (RFC 6874).
    """
    try:
        return dialler.dial(name.strip("[]").replace("%25", "%"), port)
    except Failed as failed:
        raise NewConnectionError(asker, str(failed)) from failed
