"""The keychains of macOS to which authorities are added: the device's and the user's.

Apple's own stand in a keychain of the system that nobody can change. What else lies in these two
does no harm: only the end of a chain that was verified is looked for in them.
"""

from __future__ import annotations

from checks.endpoint.added_roots import pem
from diag.host import Host
from diag.model import Failed

TOOL_TIMEOUT_S = 2.0
OF_DEVICE = "/Library/Keychains/System.keychain"
OF_USER = "Library/Keychains/login.keychain-db"


def certificates(host: Host) -> list[bytes]:
    """Raises Failed if `security` cannot be asked."""
    found = _in(host, OF_DEVICE)
    home = host.getenv("HOME")
    if home:
        try:
            found += _in(host, f"{home}/{OF_USER}")
        except Failed:
            return found
    return found


def _in(host: Host, keychain: str) -> list[bytes]:
    """`security find-certificate` reads; it neither unlocks a keychain nor asks for a password."""
    done = host.run("security", "find-certificate", "-a", "-p", keychain, timeout_s=TOOL_TIMEOUT_S)
    return pem.certificates(done.stdout)
