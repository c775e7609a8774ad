r"""The stores of Windows to which authorities are added: the device's, the user's, those of group
policy and of the domain.

A store is a key of the registry that holds one key for each certificate, named by its SHA-1 and
with the certificate among the properties in its value `Blob` ([MS-GPEF], section 2.2.1.1.1). The
ones that Microsoft's root programme brings along stand in the store AuthRoot.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from diag.host import Host
from diag.model import Failed

AUTH_ROOT = r"HKLM\SOFTWARE\Microsoft\SystemCertificates\AuthRoot\Certificates"
STORES = (
    r"HKLM\SOFTWARE\Microsoft\SystemCertificates\ROOT\Certificates",
    r"HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\Certificates",
    r"HKLM\SOFTWARE\Microsoft\EnterpriseCertificates\Root\Certificates",
    r"HKCU\Software\Microsoft\SystemCertificates\Root\Certificates",
    r"HKCU\Software\Policies\Microsoft\SystemCertificates\Root\Certificates",
)
SHIPPED = frozenset(
    {
        "18F7C1FCC3090203FD5BAA2F861A754976C8DD25",
        "245C97DF7514E7CF2DF8BE72AE957B9E04741E85",
        "3B1EFD3A66EA28B16697394703A72CA340A05BD5",
        "7F88CD7223F3C813818C994614A89C99FA3B5247",
        "8F43288AD272F3103B6FB1428485EA3014C0BCFE",
        "A43489159A520F0D93D032CCAF37E7FE20A8B419",
        "BE36A4562FB2EE05DBB3D32323ADF445084ED656",
        "CDD4EEAE6000AC7F40C3802C171E30148030C072",
    }
)
"""What every Windows has in the device's own store (MITRE ATT&CK T1553.004): Microsoft's roots,
among them those of 2010 and 2011, and those of old time stamps."""

MOST_CERTIFICATES = 200
CERTIFICATE = 32
"""The property (CERT_CERT_PROP_ID) that is the certificate itself, as DER."""
HEADER = struct.Struct("<III")
"""Property, reserved, length; the value follows."""


def certificates(host: Host) -> list[bytes]:
    """Raises Failed if the device's store cannot be read."""
    came_along = SHIPPED | {name.upper() for name in _names(host, AUTH_ROOT)}
    found = []
    for store in STORES:
        added = [name for name in _names(host, store) if name.upper() not in came_along]
        for name in added[:MOST_CERTIFICATES]:
            try:
                blob = host.registry(rf"{store}\{name}").values.get("Blob")
            except Failed:
                continue
            if isinstance(blob, bytes):
                found += [value for number, value in properties(blob) if number == CERTIFICATE]
    return found


def _names(host: Host, store: str) -> tuple[str, ...]:
    try:
        return host.registry(store).subkeys
    except Failed as failed:
        if failed.failure.code == "tool_missing":
            return ()
        raise


def properties(blob: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + HEADER.size <= len(blob):
        number, _, length = HEADER.unpack_from(blob, at)
        at += HEADER.size
        yield number, blob[at : at + length]
        at += length
