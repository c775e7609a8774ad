"""Certificates of the lab: one public-looking authority that the device trusts, and bad ones.

Made once per process and kept in its own directory, since every world uses the same ones.
"""

from __future__ import annotations

import atexit
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import trustme

from tests.lab.net import PREFIX, STATE_DIR, remove_tree

Kind = Literal[
    "good",
    "expired",
    "not_yet_valid",
    "wrong_host",
    "unknown_ca",
    "incomplete",
    "long_chain",
    "intercepted",
]

PUBLIC_CA = "Lab Public Trust"
INTERCEPTOR_CA = "Lab Web Inspection"
UNKNOWN_CA = "Lab Unknown"

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
        path = self.directory / f"{kind}-{names[0].replace(':', '_')}.pem"
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
        }.get(kind, (now - VALID_BEFORE, now + VALID_AFTER))
        if kind == "wrong_host":
            names = ("shop.other.test",)
        if kind == "long_chain":
            # As long as the shared certificates of content networks: more than one packet.
            names = (*names, *(f"customer-{n}.content-network.test" for n in range(100)))
        leaf = authority.issue_cert(
            *names, common_name=names[0][:64], not_before=start, not_after=end
        )
        chain = leaf.cert_chain_pems
        if kind == "incomplete":
            chain = chain[:1]
        return leaf.private_key_pem.bytes() + b"".join(pem.bytes() for pem in chain)


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
