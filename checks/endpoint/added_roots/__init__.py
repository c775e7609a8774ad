"""Certificate authorities that somebody added to this device, beside those that came with it."""

from __future__ import annotations

import hashlib
import threading

from checks.endpoint.added_roots import linux, macos, windows
from diag.host import Host
from diag.model import Failed

__all__ = ["AddedRoots", "linux"]

MOST_ROOTS = 100

_SYSTEMS = {"linux": linux, "macos": macos, "windows": windows}


class AddedRoots:
    """Those of a device; they are looked for when a chain is first asked about."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._lock = threading.Lock()
        self._asked = False
        self._found: tuple[bytes, ...] | None = None

    def certificates(self) -> tuple[bytes, ...] | None:
        """As DER; None where that cannot be told."""
        with self._lock:
            if not self._asked:
                self._asked = True
                self._found = self._read()
            return self._found

    def _read(self) -> tuple[bytes, ...] | None:
        system = _SYSTEMS.get(self._host.family)
        if system is None:
            return None
        try:
            return tuple(dict.fromkeys(system.certificates(self._host)))[:MOST_ROOTS]
        except Failed:
            return None

    def end(self, last: bytes) -> bool | None:
        """Whether a verified chain ends at one of them; None where that cannot be told.

        last: the end of the chain as far as it is known (DER): the root or, where the system
        verifies and a server left its root out, the last certificate that was sent.
        """
        added = self.certificates() if last else None
        if added is None:
            return None
        fingerprints = {hashlib.sha256(each).digest() for each in added}
        if hashlib.sha256(last).digest() in fingerprints:
            return True
        return self._host.family != "linux" and any(_issued(last, root) for root in added)


def _issued(certificate: bytes, root: bytes) -> bool:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    try:
        issuer = x509.load_der_x509_certificate(root)
        x509.load_der_x509_certificate(certificate).verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
