"""What stands in a server's certificate (RFC 5280), whether it was accepted or not."""

from __future__ import annotations

import hashlib
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diag.model import FreeText, PrivateHost, Public

if TYPE_CHECKING:
    from cryptography import x509

COMMON_NAME = "2.5.4.3"
ORGANISATION = "2.5.4.10"
"""Kinds of names, by their OIDs (X.520)."""


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


class RefusedChain(Struct, frozen=True, kw_only=True):
    """What a server shows whose chain was refused.

    issuers: names of the certificates after its own, as sent. issuer_missing: the one that issued
    its own is not among them, although its authority publishes it: whoever set the server up left
    it out. An authority of somebody's own, an inspecting proxy's for one, publishes nothing.
    """

    certificate: Certificate
    issuers: tuple[FreeText, ...]
    issuer_missing: bool


def verified(sock: ssl.SSLSocket) -> Certificate | None:
    """The server's certificate after a handshake that verified it."""
    parsed = sock.getpeercert()
    raw = sock.getpeercert(binary_form=True)
    if not parsed or not raw:
        return None
    subject = _names(parsed.get("subject"))
    issuer = _names(parsed.get("issuer"))
    return Certificate(
        subject=subject.get("commonName", ""),
        names=tuple(str(entry[1]) for entry in parsed.get("subjectAltName", ())[:NAMES_KEPT]),
        issuer=issuer.get("commonName", ""),
        issuer_organisation=issuer.get("organizationName", ""),
        not_before=_instant(parsed["notBefore"]),
        not_after=_instant(parsed["notAfter"]),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def verified_chain(sock: ssl.SSLSocket) -> tuple[tuple[str, ...], bytes]:
    """Organisations (or names) of the issuers, up to the authority that the device trusts, and
    that one itself (DER). Where the system verifies (Windows, macOS) they are as sent.
    """
    chain = _chain(sock, "verified")
    if not chain:
        return (), b""
    issuers = [_names(link.get_info().get("subject")) for link in chain[1:]]
    return (
        tuple(each.get("organizationName") or each.get("commonName", "") for each in issuers),
        _der(chain[-1]),
    )


def refused_chain(sock: ssl.SSLSocket) -> RefusedChain | None:
    """What the server showed in a handshake that verified nothing; None: nothing readable."""
    from cryptography import x509

    try:
        chain = [x509.load_der_x509_certificate(_der(link)) for link in _chain(sock, "unverified")]
        if not chain:
            return None
        own, others = chain[0], [each for each in chain if each != chain[0]]
        return RefusedChain(
            certificate=_read(own),
            issuers=tuple(_first(each.subject, ORGANISATION, COMMON_NAME) for each in others),
            issuer_missing=own.issuer not in [each.subject for each in chain]
            and _publishes_issuer(own),
        )
    except ValueError:
        return None


def _chain(sock: ssl.SSLSocket, which: str) -> list[Any]:
    """From the object below the socket, which has had this since Python 3.10."""
    get = getattr(getattr(sock, "_sslobj", None), f"get_{which}_chain", None)
    return list(get() or ()) if get is not None else []


def _der(link: Any) -> bytes:
    der: bytes = link.public_bytes(2)  # ENCODING_DER of _ssl
    return der


def _names(name: Any) -> dict[str, str]:
    """An X.501 name as `ssl` gives it: a tuple of relative names, each a tuple of pairs."""
    return {key: value for relative in name or () for key, value in relative}


def _instant(text: object) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(text)), UTC)


def _read(given: x509.Certificate) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    names: list[str] = []
    try:
        extension = given.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names += extension.get_values_for_type(x509.DNSName)
        names += map(str, extension.get_values_for_type(x509.IPAddress))
    except (x509.ExtensionNotFound, ValueError):
        pass
    return Certificate(
        subject=_first(given.subject, COMMON_NAME),
        names=tuple(names[:NAMES_KEPT]),
        issuer=_first(given.issuer, COMMON_NAME),
        issuer_organisation=_first(given.issuer, ORGANISATION),
        not_before=given.not_valid_before_utc,
        not_after=given.not_valid_after_utc,
        sha256=given.fingerprint(SHA256()).hex(),
    )


def _first(name: x509.Name, *kinds: str) -> str:
    """The first value of these kinds of attributes."""
    held = {each.oid.dotted_string: str(each.value) for each in name}
    return next((held[kind] for kind in kinds if held.get(kind)), "")


def _publishes_issuer(given: x509.Certificate) -> bool:
    """Whether it says where its issuer's certificate is to be had (RFC 5280, 4.2.2.1)."""
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID

    try:
        access = given.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return any(each.access_method == AuthorityInformationAccessOID.CA_ISSUERS for each in access)
