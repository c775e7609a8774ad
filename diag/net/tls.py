"""TLS (RFC 8446, RFC 5246) to one server: does its certificate chain hold, and what is in it.

One context for a whole run: building it reads every certificate authority of the device. A refused
certificate may be read over a second, unverified connection; nothing is ever sent over that.
"""

from __future__ import annotations

import functools
import socket
import ssl
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from diag.deadline import Deadline
from diag.model import FreeText, PrivateHost, Public
from diag.net.stream import handshake as bounded_handshake

TlsOutcome = Literal[
    "ok",
    "expired",
    "not_yet_valid",
    "wrong_host",
    "unknown_issuer",
    "chain_incomplete",
    "self_signed",
    "too_old",
    "client_certificate_required",
    "strict_only",
    "not_tls",
    "reset",
    "timeout",
    "failed",
]

REFUSED: frozenset[TlsOutcome] = frozenset(
    {"expired", "not_yet_valid", "wrong_host", "unknown_issuer", "self_signed", "strict_only"}
)
"""The chain did not hold: there is a certificate to be read."""

_VERIFY_OUTCOMES: dict[int, TlsOutcome] = {
    9: "not_yet_valid",  # X509_V_ERR_CERT_NOT_YET_VALID and its kin, x509_vfy.h of OpenSSL
    10: "expired",
    18: "self_signed",
    19: "unknown_issuer",
    20: "unknown_issuer",
    21: "unknown_issuer",
    27: "unknown_issuer",
    62: "wrong_host",
    64: "wrong_host",
}
_STRICT_CODES = frozenset({85, 86, 87, 88, 89, 90, 91, 92, 93, 94})
"""What only X509_V_FLAG_X509_STRICT minds (a missing key identifier and the like)."""


NAMES_KEPT = 10
"""Content networks put hundreds of names into one certificate."""


class Certificate(Struct, frozen=True, kw_only=True):
    """What a help desk asks of a server's certificate. Instants are UTC.

    Whoever stands in between may have put their own name into it.
    """

    subject: PrivateHost
    names: tuple[PrivateHost, ...]
    issuer: FreeText
    issuer_organisation: FreeText
    not_before: datetime
    not_after: datetime
    sha256: Public


class TlsResult:
    """How a handshake ended; `sock` is the caller's to close if the outcome is ok.

    chain: the issuers' organisations (or names) from the server's certificate up to the root, and
    root_sha256 that root's fingerprint: both as far as they are known.
    """

    def __init__(
        self,
        outcome: TlsOutcome,
        took_s: float,
        sock: ssl.SSLSocket | None = None,
        version: str = "",
        certificate: Certificate | None = None,
        chain: tuple[str, ...] = (),
        root_sha256: str = "",
    ) -> None:
        self.outcome = outcome
        self.took_s = took_s
        self.sock = sock
        self.version = version
        self.certificate = certificate
        self.chain = chain
        self.root_sha256 = root_sha256


BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",  # older Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine, BSD
)

_context_lock = threading.Lock()


def context() -> ssl.SSLContext:
    """The run's one verifying context, over the device's own trust store."""
    with _context_lock:
        return _context()


@functools.cache
def _context() -> ssl.SSLContext:
    if sys.platform in ("win32", "darwin"):
        import truststore

        made: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _load_authorities(made)
    made.set_alpn_protocols(["http/1.1"])
    return made


def _load_authorities(made: ssl.SSLContext) -> None:
    """The device's authorities where OpenSSL looks (SSL_CERT_FILE too), else where they often are.

    Once for a run: truststore, which does the same here, reads them again for every connection.
    """
    made.set_default_verify_paths()
    places = ssl.get_default_verify_paths()
    if places.cafile or (places.capath and any(Path(places.capath).glob("*.0"))):
        return
    bundle = next((path for path in BUNDLES if Path(path).is_file()), None)
    if bundle is not None:
        made.load_verify_locations(cafile=bundle)


@functools.cache
def _reading_context() -> ssl.SSLContext:
    """For reading a certificate that was refused; nothing is sent over what it makes."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    made.set_ciphers("ALL:@SECLEVEL=0")
    return made


def handshake(sock: socket.socket, server_name: str, deadline: Deadline) -> TlsResult:
    """Verify the server over a connected socket, which this takes over and closes if it fails."""
    started = time.monotonic()
    wrapped: ssl.SSLSocket | None = None
    try:
        wrapped = context().wrap_socket(
            sock, server_hostname=server_name, do_handshake_on_connect=False
        )
        bounded_handshake(wrapped, deadline)
    except (OSError, ValueError) as error:
        (wrapped or sock).close()
        return TlsResult(_outcome(error), time.monotonic() - started)
    chain, root_sha256 = _verified_chain(wrapped)
    return TlsResult(
        "ok",
        time.monotonic() - started,
        wrapped,
        version=wrapped.version() or "",
        certificate=_verified_certificate(wrapped),
        chain=chain,
        root_sha256=root_sha256,
    )


def _outcome(error: OSError | ValueError) -> TlsOutcome:
    if isinstance(error, ssl.SSLCertVerificationError):
        code = error.verify_code
        if code in _STRICT_CODES:
            return "strict_only"
        return _VERIFY_OUTCOMES.get(code, "unknown_issuer")
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return _alert(error)
    if isinstance(error, (ConnectionError, ssl.SSLEOFError)):
        return "reset"
    return "failed"


_ALERTS: dict[str, TlsOutcome] = {
    "WRONG_VERSION_NUMBER": "not_tls",
    "HTTP_REQUEST": "not_tls",
    "UNSUPPORTED_PROTOCOL": "too_old",
    "TLSV1_ALERT_PROTOCOL_VERSION": "too_old",
    "NO_PROTOCOLS_AVAILABLE": "too_old",
    "UNEXPECTED_EOF_WHILE_READING": "reset",
    "CERTIFICATE_REQUIRED": "client_certificate_required",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "client_certificate_required",
    "SSLV3_ALERT_BAD_CERTIFICATE": "client_certificate_required",
}


def _alert(error: ssl.SSLError) -> TlsOutcome:
    if isinstance(error, ssl.SSLEOFError):
        return "reset"
    return _ALERTS.get(error.reason or "", "failed")


def alert_of(error: OSError) -> TlsOutcome:
    """What an error on an open TLS connection says: a server may refuse after the handshake."""
    return _outcome(error)


def _verified_certificate(sock: ssl.SSLSocket) -> Certificate | None:
    import hashlib

    parsed = sock.getpeercert()
    raw = sock.getpeercert(binary_form=True)
    if not parsed or not raw:
        return None
    subject = _relative_names(parsed.get("subject"))
    issuer = _relative_names(parsed.get("issuer"))
    names = parsed.get("subjectAltName", ())
    return Certificate(
        subject=subject.get("commonName", ""),
        names=tuple(str(entry[1]) for entry in names[:NAMES_KEPT]),
        issuer=issuer.get("commonName", ""),
        issuer_organisation=issuer.get("organizationName", ""),
        not_before=_instant(str(parsed["notBefore"])),
        not_after=_instant(str(parsed["notAfter"])),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def _relative_names(name: object) -> dict[str, str]:
    pairs: dict[str, str] = {}
    if isinstance(name, tuple):
        for relative in name:
            pairs.update(relative)
    return pairs


def _instant(text: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)


def _verified_chain(sock: ssl.SSLSocket) -> tuple[tuple[str, ...], str]:
    """Names of the issuers up to the root, and the root's fingerprint.

    From the object below the socket, which has had this call since Python 3.10; where the system
    verifies (Windows, macOS) it has none.
    """
    import hashlib

    chain = _sent(sock, "get_verified_chain")
    names = []
    for link in chain:
        subject = _relative_names(link.get_info().get("subject"))
        names.append(subject.get("organizationName") or subject.get("commonName", ""))
    if not chain:
        return (), ""
    return tuple(names[1:]), hashlib.sha256(_der(chain[-1])).hexdigest()


def _sent(sock: ssl.SSLSocket, call: str) -> list[Any]:
    get = getattr(getattr(sock, "_sslobj", None), call, None)
    return list(get() or ()) if get is not None else []


def _der(link: Any) -> bytes:
    der: bytes = link.public_bytes(2)  # _ssl.ENCODING_DER
    return der


class RefusedChain(Struct, frozen=True, kw_only=True):
    """What a server shows whose chain was refused.

    alone: it sent no certificate besides its own. names_issuer: its certificate says where that of
    its issuer is to be had (RFC 5280, 4.2.2.1), as those of public authorities do.
    """

    certificate: Certificate
    alone: bool
    names_issuer: bool


def read_refused(sock: socket.socket, server_name: str, deadline: Deadline) -> RefusedChain | None:
    """What a server shows over a new connection; None if it shows nothing that can be read.

    Closes the socket; nothing is sent over it.
    """
    wrapped: ssl.SSLSocket | None = None
    try:
        wrapped = _reading_context().wrap_socket(
            sock, server_hostname=server_name, do_handshake_on_connect=False
        )
        bounded_handshake(wrapped, deadline)
        raw = wrapped.getpeercert(binary_form=True)
        alone = len(_sent(wrapped, "get_unverified_chain")) == 1
    except (OSError, ValueError):
        return None
    finally:
        (wrapped or sock).close()
    certificate = parse(raw) if raw else None
    if raw is None or certificate is None:
        return None
    return RefusedChain(
        certificate=certificate, alone=alone, names_issuer=_says_where_its_issuer_is(raw)
    )


def _says_where_its_issuer_is(der: bytes) -> bool:
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID

    try:
        access = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(
            x509.AuthorityInformationAccess
        )
    except (x509.ExtensionNotFound, ValueError):
        return False
    return any(
        each.access_method == AuthorityInformationAccessOID.CA_ISSUERS for each in access.value
    )


def parse(der: bytes) -> Certificate | None:
    """The facts of a certificate in DER, however bad it is; None if it is none."""
    import hashlib

    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        read = x509.load_der_x509_certificate(der)
    except ValueError:
        return None

    def first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
        return next((str(each.value) for each in name.get_attributes_for_oid(oid)), "")

    try:
        extension = read.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = [
            *extension.value.get_values_for_type(x509.DNSName),
            *map(str, extension.value.get_values_for_type(x509.IPAddress)),
        ]
    except (x509.ExtensionNotFound, ValueError):
        names = []
    return Certificate(
        subject=first(read.subject, NameOID.COMMON_NAME),
        names=tuple(names[:NAMES_KEPT]),
        issuer=first(read.issuer, NameOID.COMMON_NAME),
        issuer_organisation=first(read.issuer, NameOID.ORGANIZATION_NAME),
        not_before=read.not_valid_before_utc,
        not_after=read.not_valid_after_utc,
        sha256=hashlib.sha256(der).hexdigest(),
    )
