"""Certificates of the lab: one public-looking authority that the device trusts, and bad ones.

Made once per process and kept in its own directory, since every world uses the same ones.
"""

from __future__ import annotations

import atexit
import os
import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import AuthorityInformationAccessOID

from tests.lab.net import PREFIX, STATE_DIR, remove_tree

Kind = Literal[
    "good",
    "expired",
    "not_yet_valid",
    "wrong_host",
    "unknown_ca",
    "incomplete",
    "long_chain",
    "wildcard",
    "ends_soon",
    "fresh",
    "intercepted",
]

PUBLIC_CA = "Lab Public Trust"
INTERCEPTOR_CA = "Lab Web Inspection"
UNKNOWN_CA = "Lab Unknown"
ISSUER_URL = "http://pki.app.test/issuing.crt"

DAY = timedelta(days=1)
VALID_BEFORE = 30 * DAY
VALID_AFTER = 60 * DAY
"""A good certificate is valid this long before and after now: a wrong clock falls outside."""


class Certificates:
    """Issues and keeps PEM files (key and chain in one) by kind and host."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.root = trustme.CA(organization_name=PUBLIC_CA)
        self.issuing = self.root.create_child_ca()
        self.interceptor = trustme.CA(organization_name=INTERCEPTOR_CA)
        self.unknown = trustme.CA(organization_name=UNKNOWN_CA)
        self._lock = threading.Lock()
        self.bundle = self._write("public-roots.pem", self.root)
        self.interceptor_root = self._write("interceptor-root.pem", self.interceptor)
        self.unknown_root = self._write("unknown-root.pem", self.unknown)
        self.both = directory / "public-and-interceptor.pem"
        self.both.write_bytes(self.bundle.read_bytes() + self.interceptor_root.read_bytes())

    def _write(self, name: str, authority: trustme.CA) -> Path:
        path = self.directory / name
        path.write_bytes(authority.cert_pem.bytes())
        return path

    def file(self, kind: Kind, names: tuple[str, ...]) -> Path:
        """The PEM file to serve for these names (host names or addresses)."""
        key = sha256(" ".join(names).encode()).hexdigest()[:12]
        path = self.directory / f"{kind}-{key}.pem"
        with self._lock:
            if not path.exists():
                path.write_bytes(self._issue(kind, names))
        return path

    def _issue(self, kind: Kind, names: tuple[str, ...]) -> bytes:
        now = datetime.now(UTC)
        authority = {"unknown_ca": self.unknown, "intercepted": self.interceptor}.get(
            kind, self.issuing
        )
        start, end = {
            "expired": (now - 90 * DAY, now - 2 * DAY),
            "not_yet_valid": (now + 2 * DAY, now + 90 * DAY),
            "ends_soon": (now - 88 * DAY, now + 2 * DAY),
            "fresh": (now - 2 * DAY, now + 88 * DAY),
        }.get(kind, (now - VALID_BEFORE, now + VALID_AFTER))
        if kind == "wrong_host":
            names = ("shop.other.test",)
        if kind == "wildcard":
            names = (f"*.{names[0].partition('.')[2]}",)
        if kind == "long_chain":
            # As long as the shared certificates of content networks: more than one packet.
            names = (*names, *(f"customer-{n}.content-network.test" for n in range(100)))
        leaf = authority.issue_cert(
            *names, common_name=names[0][:64], not_before=start, not_after=end
        )
        chain = [pem.bytes() for pem in leaf.cert_chain_pems]
        if kind == "unknown_ca":
            # Whoever runs an authority of their own tends to send it along.
            chain.append(self.unknown.cert_pem.bytes())
        if kind == "incomplete":
            chain = [self._with_issuer_address(chain[0])]
        return leaf.private_key_pem.bytes() + b"".join(chain)

    def _with_issuer_address(self, pem: bytes) -> bytes:
        """The same certificate saying where its issuer's is to be had (RFC 5280, 4.2.2.1), as those
        of public authorities do: what is missing is missing in the chain, not in the world.
        """
        given = x509.load_pem_x509_certificate(pem)
        builder = x509.CertificateBuilder(
            issuer_name=given.issuer,
            subject_name=given.subject,
            public_key=given.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=given.not_valid_before_utc,
            not_valid_after=given.not_valid_after_utc,
            extensions=list(given.extensions),
        )
        address = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(ISSUER_URL)
        )
        key = load_pem_private_key(self.issuing.private_key_pem.bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        signed = builder.add_extension(
            x509.AuthorityInformationAccess([address]), critical=False
        ).sign(key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)


_kept: dict[int, Certificates] = {}
_keeping = threading.Lock()


def certificates() -> Certificates:
    """This process's certificates, made at first use."""
    with _keeping:
        pid = os.getpid()
        if pid not in _kept:
            directory = STATE_DIR / f"{PREFIX}-{pid}-certificates"
            _kept[pid] = Certificates(directory)
            atexit.register(remove_tree, directory)
        return _kept[pid]
