"""Certificates as text (RFC 7468)."""

from __future__ import annotations

import re
import ssl

_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def certificates(text: bytes) -> list[bytes]:
    """As DER; what cannot be read is left out."""
    found = []
    for block in _BLOCK.findall(text):
        try:
            found.append(ssl.PEM_cert_to_DER_cert(block.decode("ascii")))
        except ValueError:
            continue
    return found
