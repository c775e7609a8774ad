"""Connections through an HTTP proxy: CONNECT (RFC 9110, section 9.3.6)."""

from __future__ import annotations

import base64
import re
import socket
from typing import Literal

from msgspec import Struct

from checks.proxy.servers import ProxyServer
from diag.deadline import Deadline
from diag.net.stream import before

HEAD_LIMIT = 16 * 1024
"""Most bytes read of a proxy's answer before its end is given up on."""

OWN_SIGN_IN = re.compile(rb"(?im)^proxy-authenticate:[ \t]*(?:negotiate|ntlm|kerberos)\b")
"""Schemes with which the system signs the user in by itself (RFC 4559; Microsoft's MS-NTHT)."""

STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})(?: |\r|\n)")

TunnelOutcome = Literal[
    "open", "auth_required", "refuses_target", "target_failed", "timeout", "closed", "not_http"
]


class TunnelAnswer(Struct, frozen=True, kw_only=True):
    """What a proxy said to CONNECT.

    open: the socket now leads to the target. auth_required: 407, or 401, which tinyproxy says when
    it does not accept a password. refuses_target: any other 4xx.
    target_failed: 5xx, the proxy itself is fine. closed, timeout, not_http: it gave no answer.
    own_sign_in: whether it takes a sign-in that the system does by itself.
    """

    outcome: TunnelOutcome
    status: int | None = None
    own_sign_in: bool = False


def open_tunnel(
    sock: socket.socket, proxy: ProxyServer, host: str, port: int, deadline: Deadline
) -> TunnelAnswer:
    """Ask the proxy at the other end of `sock` for a way to a host. The socket stays the caller's.

    Nothing past the answer's head is read, so that TLS can start on the same socket.
    """
    try:
        before(deadline, sock, lambda: sock.sendall(request_head(proxy, host, port)))
        head = _read_head(sock, deadline)
    except TimeoutError:
        return TunnelAnswer(outcome="timeout")
    except OSError:
        return TunnelAnswer(outcome="closed")
    if not head:
        return TunnelAnswer(outcome="closed")
    line = STATUS_LINE.match(head)
    if line is None or not head.endswith((b"\r\n\r\n", b"\n\n")):
        return TunnelAnswer(outcome="not_http")
    status = int(line[1])
    return TunnelAnswer(
        outcome=_outcome(status), status=status, own_sign_in=bool(OWN_SIGN_IN.search(head))
    )


def request_head(proxy: ProxyServer, host: str, port: int) -> bytes:
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    fields = {"Host": target, **authorization(proxy)}
    named = (f"{name}: {value}" for name, value in fields.items())
    lines = (f"CONNECT {target} HTTP/1.1", *named, "", "")
    return "\r\n".join(lines).encode("latin-1", errors="replace")


def authorization(proxy: ProxyServer) -> dict[str, str]:
    """The header that logs in to the proxy, if its setting says how (RFC 7617)."""
    if proxy.user is None:
        return {}
    pair = f"{proxy.user}:{proxy.password or ''}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}


def _read_head(sock: socket.socket, deadline: Deadline) -> bytes:
    head = bytearray()
    while len(head) < HEAD_LIMIT and not head.endswith((b"\r\n\r\n", b"\n\n")):
        byte = before(deadline, sock, lambda: sock.recv(1))
        if not byte:
            break
        head += byte
    return bytes(head)


def _outcome(status: int) -> TunnelOutcome:
    if 200 <= status < 300:
        return "open"
    if status in (401, 407):
        return "auth_required"
    return "target_failed" if status >= 500 else "refuses_target"
