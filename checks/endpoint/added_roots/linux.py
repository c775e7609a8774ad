"""Where the families of Linux keep the authorities that an administrator added."""

from __future__ import annotations

from checks.endpoint.added_roots import pem
from diag.host import Host
from diag.model import Failed

PLACES = (
    "/usr/local/share/ca-certificates",  # Debian, Ubuntu, SUSE, Alpine: update-ca-certificates(8)
    "/etc/pki/ca-trust/source/anchors",  # Fedora, RHEL: update-ca-trust(8)
    "/etc/ca-certificates/trust-source/anchors",  # Arch
    "/etc/pki/trust/anchors",  # openSUSE
)
MOST_FILES = 50


def certificates(host: Host) -> list[bytes]:
    return [der for place in PLACES for der in _below(host, place)]


def _below(host: Host, place: str) -> list[bytes]:
    try:
        names = host.listdir(place)
    except Failed:
        return []
    found = []
    for name in names[:MOST_FILES]:
        try:
            found += pem.certificates(host.read(f"{place}/{name}"))
        except Failed:
            continue
    return found
