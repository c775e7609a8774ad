"""Which macOS this is, as its SystemVersion.plist tells.

What a background security improvement (a rapid security response, as it was called before) brings
stands in a cryptex beside the system, with a SystemVersion.plist of its own.
"""

from __future__ import annotations

from msgspec import Struct

from checks.property_list import plist_or_nothing, read_plist, text
from diag.host import Host
from diag.model import Failed

SYSTEM_VERSION = "/System/Library/CoreServices/SystemVersion.plist"
SUPPLEMENT = f"/System/Cryptexes/OS{SYSTEM_VERSION}"


class MacosRelease(Struct, frozen=True, kw_only=True):
    """version: 26.6.2. build: 25G83. extra: `(a)` of a background security improvement."""

    version: str
    build: str
    extra: str = ""

    @property
    def major(self) -> str:
        """What is served as one: 26, 15; 10.15 of the time when the second number counted."""
        parts = self.version.split(".")
        return ".".join(parts[:2]) if parts[0] == "10" else parts[0]

    @property
    def name(self) -> str:
        return " ".join(filter(None, ("macOS", self.version, self.extra)))

    @property
    def numbers(self) -> tuple[int, ...]:
        return version_numbers(self.version)


def version_numbers(version: str) -> tuple[int, ...]:
    """To compare versions; what is no number counts as none: `26.0` and `26` are the same."""
    numbers = [int(part) if part.isdecimal() else 0 for part in version.split(".")[:4]]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def read_release(host: Host) -> MacosRelease:
    """Raises Failed: denied, unparsable."""
    held = read_plist(host, SYSTEM_VERSION)
    version, build = text(held, "ProductVersion"), text(held, "ProductBuildVersion")
    if not version[:1].isdigit():
        raise Failed("unparsable", "read the macOS version")
    beside = plist_or_nothing(host, SUPPLEMENT)
    extra = text(held, "ProductVersionExtra")
    # One of an earlier system may be left until the next is made.
    if text(beside, "ProductVersion") == version:
        build = text(beside, "ProductBuildVersion") or build
        extra = text(beside, "ProductVersionExtra") or extra
    return MacosRelease(version=version, build=build, extra=extra)
