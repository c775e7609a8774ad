"""TLS (RFC 8446, RFC 5246) with one server: does its certificate chain hold, and if not, why.

A refused certificate may be read over a second, unverified connection; nothing is ever sent over
that.
"""

from __future__ import annotations

import errno
import socket
import ssl
import time
from typing import Literal

from diag.deadline import Deadline
from diag.net import certificates, trust
from diag.net.certificates import Certificate, RefusedChain
from diag.net.stream import before

TlsOutcome = Literal[
    "ok",
    "expired",
    "not_yet_valid",
    "wrong_host",
    "unknown_issuer",
    "chain_incomplete",
    "self_signed",
    "untrusted",
    "too_old",
    "client_certificate_required",
    "not_tls",
    "reset",
    "timeout",
    "failed",
]
"""untrusted: the chain did not hold for another reason (revoked, a weak key, not for servers).
too_old: no version or algorithm that is still safe. failed: the server broke off with an alert that
says no more than that, or spoke TLS badly.
"""

REFUSED: frozenset[TlsOutcome] = frozenset(
    {"expired", "not_yet_valid", "wrong_host", "unknown_issuer", "self_signed", "untrusted"}
)
"""The chain did not hold: there is a certificate to be read."""

_VERIFY_OUTCOMES: dict[int, TlsOutcome] = {
    # X509_V_ERR_* of OpenSSL's x509_vfy.h
    2: "unknown_issuer",
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    19: "unknown_issuer",
    20: "unknown_issuer",
    21: "unknown_issuer",
    62: "wrong_host",
    64: "wrong_host",
    # CERT_E_* of Windows' winerror.h; "expired" there also stands for "not yet valid"
    0x800B0101: "expired",
    0x800B0109: "unknown_issuer",
    0x800B010A: "unknown_issuer",
    0x800B010F: "wrong_host",
    # errSec* of macOS' SecBase.h
    -67818: "expired",
    -67819: "not_yet_valid",
    -67602: "wrong_host",
    -67843: "unknown_issuer",
    -25318: "unknown_issuer",
}

_REASONS: dict[str, TlsOutcome] = {
    "WRONG_VERSION_NUMBER": "not_tls",
    "PACKET_LENGTH_TOO_LONG": "not_tls",
    "RECORD_LAYER_FAILURE": "not_tls",  # OpenSSL 3.2 and later, where older ones say the above
    "HTTP_REQUEST": "not_tls",
    "UNSUPPORTED_PROTOCOL": "too_old",
    "TLSV1_ALERT_PROTOCOL_VERSION": "too_old",
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": "too_old",
    "DH_KEY_TOO_SMALL": "too_old",
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED": "too_old",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "client_certificate_required",
    "SSLV3_ALERT_BAD_CERTIFICATE": "client_certificate_required",  # so Go, with TLS 1.2
}
"""Reasons of ssl.SSLError: what OpenSSL minded, or which alert came."""

_GONE = frozenset({errno.ENOTCONN, errno.EPIPE, errno.ESHUTDOWN, errno.ECONNABORTED, 10053, 10057})


class TlsResult:
    """How a handshake ended; `sock` is the caller's to close if the outcome is ok.

    chain: the issuers' organisations (or names) from the server's certificate up to the root, and
    last that root (DER): both as far as they are known.
    """

    def __init__(
        self,
        outcome: TlsOutcome,
        took_s: float,
        sock: ssl.SSLSocket | None = None,
        version: str = "",
        certificate: Certificate | None = None,
        chain: tuple[str, ...] = (),
        last: bytes = b"",
    ) -> None:
        self.outcome = outcome
        self.took_s = took_s
        self.sock = sock
        self.version = version
        self.certificate = certificate
        self.chain = chain
        self.last = last


def handshake(sock: socket.socket, server_name: str, deadline: Deadline) -> TlsResult:
    """Verify the server over a connected socket, which this takes over and closes if it fails."""
    started = time.monotonic()
    open_socket = sock
    try:
        open_socket = wrapped = trust.verifying().wrap_socket(
            sock, server_hostname=_sni(server_name), do_handshake_on_connect=False
        )
        before(deadline, wrapped, wrapped.do_handshake)
    except (OSError, ValueError) as error:
        outcome = outcome_of(error)
        if _refused_our_answer(error, open_socket):
            outcome = "client_certificate_required"
        open_socket.close()
        return TlsResult(outcome, time.monotonic() - started)
    chain, last = certificates.verified_chain(wrapped)
    return TlsResult(
        "ok",
        time.monotonic() - started,
        wrapped,
        version=wrapped.version() or "",
        certificate=certificates.verified(wrapped),
        chain=chain,
        last=last,
    )


def _sni(server_name: str) -> str:
    """An address has no scope id in a certificate."""
    return server_name.partition("%")[0]


def outcome_of(error: OSError | ValueError) -> TlsOutcome:
    """What an error of a TLS connection stands for: a server may refuse after the handshake."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFY_OUTCOMES.get(error.verify_code, "untrusted")
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return "reset"
    if isinstance(error, ssl.SSLError):
        return _REASONS.get(error.reason or "", "failed")
    return "reset" if isinstance(error, OSError) and error.errno in _GONE else "failed"


def _refused_our_answer(error: Exception, sock: socket.socket) -> bool:
    """Whether the server, content with what we can do (a cipher is agreed on), refused what we then
    sent: before TLS 1.3 that is how most ask for a certificate (RFC 5246, 7.4.6).
    """
    return (
        isinstance(error, ssl.SSLError)
        and error.reason == "SSLV3_ALERT_HANDSHAKE_FAILURE"
        and isinstance(sock, ssl.SSLSocket)
        and sock.cipher() is not None
    )


def answers_nameless(sock: socket.socket, deadline: Deadline) -> bool:
    """Whether anything comes back over a new connection to a handshake that names no server: its
    certificate, or an alert that it wants to be told a name (RFC 6066, 3).

    Closes the socket; nothing is sent over it.
    """
    open_socket = sock
    try:
        open_socket = wrapped = trust.reading().wrap_socket(sock, do_handshake_on_connect=False)
        before(deadline, wrapped, wrapped.do_handshake)
    except (OSError, ValueError) as error:
        return outcome_of(error) not in ("timeout", "reset", "not_tls")
    else:
        return True
    finally:
        open_socket.close()


def read_refused(sock: socket.socket, server_name: str, deadline: Deadline) -> RefusedChain | None:
    """What a server shows over a new connection; None if it shows nothing that can be read.

    Closes the socket; nothing is sent over it.
    """
    open_socket = sock
    try:
        open_socket = wrapped = trust.reading().wrap_socket(
            sock, server_hostname=_sni(server_name), do_handshake_on_connect=False
        )
        before(deadline, wrapped, wrapped.do_handshake)
        return certificates.refused_chain(wrapped)
    except (OSError, ValueError):
        return None
    finally:
        open_socket.close()
