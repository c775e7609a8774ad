"""What every store says, in one form."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from diag.model import Failure, FreeText, Public

Platform = Literal["any", "linux", "macos", "windows", "android", "ios"]

Absence = Literal["gone", "other_country", "other_device", "prerelease_only"]
Unclear = Literal[
    "rate_limited",
    "http_error",
    "html",
    "too_large",
    "other_form",
    "no_place",
    "no_version",
]
Seen = Absence | Unclear
"""What a store said instead of a version.

gone: it does not have the app, or no longer. other_country: another country's store has it.
other_device: it has the app, though not for this kind of device or architecture. prerelease_only:
it has only versions for testers. rate_limited: too many have asked from this address. http_error:
another HTTP status. html: a page for people where data should be. too_large: more than is read.
other_form: not in the form that it is known to have. no_place: nothing where the profile's pointer
leads. no_version: something that is no version,
such as `latest` or `Varies with device`.
"""

OLDER_LIMIT = 10
"""Most versions that are kept for older systems."""


class OlderVersion(Struct, frozen=True, kw_only=True):
    """A version that the store still offers to systems on which the newest does not run."""

    version: Public
    build: Public | None = None
    minimum_os: Public | None = None
    maximum_os: Public | None = None


class StoreVersion(Struct, frozen=True, kw_only=True):
    """The newest version that a store offers to everybody.

    build: the number by which the maker's own updater compares (CFBundleVersion and its like).
    platform: the devices it is for; `any` if the store does not tell. minimum_os, maximum_os: as
    the system names its version to people (13.5; 10.0.19041.0 on Windows), both inclusive.
    older: for systems that the newest does not run on, newest first. channel: as the store calls
    the one this is from. prerelease: the newest on its channels for testers, if newer.
    staged_percent: how many of the users are offered it so far; staged_until: when all will be.
    url: the store's page.
    """

    version: Public
    build: Public | None = None
    platform: Platform
    released: datetime | None = None
    minimum_os: Public | None = None
    maximum_os: Public | None = None
    older: tuple[OlderVersion, ...] = ()
    channel: Public | None = None
    prerelease: Public | None = None
    staged_percent: float | None = None
    staged_until: datetime | None = None
    url: Public | None = None
    notes: FreeText | None = None


class StoreAnswer(Struct, frozen=True, kw_only=True):
    """One store of the profile: what it offers, or why that could not be told.

    Neither found nor failure is set if the store answered that it does not have the app (for this
    device). seen: what it said instead of a version. age_s: how long the answer had lain in a cache
    on the way (RFC 9111, 5.1); None if nobody said.
    """

    source: Public
    found: StoreVersion | None = None
    failure: Failure | None = None
    seen: Seen | None = None
    age_s: float | None = None
