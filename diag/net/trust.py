"""Whom this device trusts, as contexts of `ssl`."""

from __future__ import annotations

import functools
import ssl
import sys
import threading
from pathlib import Path

BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",  # older Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine, BSD
)
"""Where authorities are, should this Python's OpenSSL have been built to look elsewhere."""

_lock = threading.Lock()


def verifying() -> ssl.SSLContext:
    """A context that verifies against the device's own trust store.

    Where OpenSSL verifies, it is the run's only one: the authorities are read once. Windows and
    macOS verify themselves, and truststore holds a context's lock during its handshakes: one that
    hangs must not hold up the others.
    """
    if sys.platform in ("win32", "darwin"):
        import truststore

        made: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return _as_programs_do(made)
    with _lock:
        return _over_openssl()


@functools.cache
def _over_openssl() -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # An authority that the device's owner trusts need not be a root (so curl, Go, Python 3.13).
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    made.set_default_verify_paths()
    places = ssl.get_default_verify_paths()
    if not places.cafile and not (places.capath and any(Path(places.capath).glob("*.0"))):
        bundle = next((path for path in BUNDLES if Path(path).is_file()), None)
        if bundle is not None:
            made.load_verify_locations(cafile=bundle)
    return _as_programs_do(made)


def _as_programs_do(made: ssl.SSLContext) -> ssl.SSLContext:
    """What curl and browsers accept, neither more nor less: OpenSSL's ciphers, where Python's own
    list leaves out old ones, and host names in subjectAltName only (RFC 9525).
    """
    made.set_ciphers("DEFAULT")
    made.hostname_checks_common_name = False
    made.set_alpn_protocols(["http/1.1"])
    return made


@functools.cache
def reading() -> ssl.SSLContext:
    """For reading a certificate that was refused; nothing is sent over what it makes."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    made.set_ciphers("ALL:@SECLEVEL=0")
    return made
