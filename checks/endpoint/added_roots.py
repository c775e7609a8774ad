"""Certificate authorities that somebody added to this device, beside those that came with it."""

from __future__ import annotations

import hashlib
import re
import ssl

from diag.host import Host
from diag.model import Failed

PLACES = (
    "/usr/local/share/ca-certificates",  # Debian, Ubuntu, SUSE, Alpine: update-ca-certificates(8)
    "/etc/pki/ca-trust/source/anchors",  # Fedora, RHEL: update-ca-trust(8)
    "/etc/ca-certificates/trust-source/anchors",  # Arch
    "/etc/pki/trust/anchors",  # openSUSE
)
MOST_FILES = 50

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def added_roots(host: Host) -> frozenset[str] | None:
    """Fingerprints (SHA-256 of the DER) of the added ones; None where that cannot be told."""
    if host.family != "linux":
        return None
    return frozenset(
        hashlib.sha256(der).hexdigest() for place in PLACES for der in _certificates(host, place)
    )


def _certificates(host: Host, place: str) -> list[bytes]:
    try:
        names = host.listdir(place)
    except Failed:
        return []
    found = []
    for name in names[:MOST_FILES]:
        try:
            content = host.read(f"{place}/{name}")
        except Failed:
            continue
        for block in _PEM.findall(content):
            try:
                found.append(ssl.PEM_cert_to_DER_cert(block.decode("ascii")))
            except ValueError:
                continue
    return found
