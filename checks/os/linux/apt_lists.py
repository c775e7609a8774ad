"""The package lists that apt has fetched: what their Release files say, and which are missing."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from checks.os.linux.quiet import modified
from diag.host import Host
from diag.model import Failed

LISTS = "/var/lib/apt/lists"
STAMP = "/var/lib/apt/periodic/update-success-stamp"
"""Touched after every update of the lists where update-notifier is installed (Ubuntu)."""
SOURCES = "/etc/apt/sources.list"
SOURCES_PARTS = "/etc/apt/sources.list.d"

SECURITY_PACE = timedelta(days=14)
"""Security archives are signed anew every week at least, as long as their release is served."""
RELEASE_HEAD = 8192
"""Bytes of a Release file that surely hold the fields before its checksums."""
SECURITY_SUITE = re.compile(r"-security$")
DEBIAN_SECURITY = "Debian-Security"
INDEX_WITH_PACKAGES = re.compile(rb"^ [0-9a-f]+ +[1-9][0-9]* \S*binary-\S+/Packages$", re.MULTILINE)


class Release(Struct, frozen=True):
    """What the head of a fetched Release file says of its archive."""

    security: bool
    date: datetime | None


def read_releases(host: Host) -> dict[str, Release]:
    """The fetched Release files by file stem. Raises Failed(needs_missing) without lists."""
    names = _names(host)
    if not any("_Packages" in name for name in names):
        raise Failed("needs_missing", "read package lists")
    found: dict[str, Release] = {}
    for name in names:
        stem, sign, kind = name.rpartition("_")
        if sign and kind in ("InRelease", "Release"):
            found.setdefault(stem, parse_release(host.read(f"{LISTS}/{name}", RELEASE_HEAD)))
    return found


def parse_release(head: bytes) -> Release:
    from email.utils import parsedate_to_datetime

    text = head.decode("utf-8", "replace")
    fields = dict(re.findall(r"^(Label|Suite|Codename|Date): *(.*)$", text, re.MULTILINE))
    suites = (fields.get("Suite", ""), fields.get("Codename", ""))
    security = fields.get("Label") == DEBIAN_SECURITY or any(map(SECURITY_SUITE.search, suites))
    try:
        published = parsedate_to_datetime(fields.get("Date", ""))
    except ValueError:
        return Release(security, None)
    return Release(security, published if published.tzinfo else published.replace(tzinfo=UTC))


def as_of(host: Host, releases: dict[str, Release]) -> datetime | None:
    """An instant at which the lists were certainly up to date: the last time one of them changed.

    What merely looks fresh does not count: a failed update touches directories too. Nor does a
    shop's own archive that still answers while that of the security fixes has not for long.
    """
    dates = [release.date for release in releases.values() if release.date]
    changed = max(filter(None, (*dates, modified(host, LISTS))), default=None)
    fixes = max((each.date for each in releases.values() if each.security and each.date),
                default=None)  # fmt: skip
    if changed is None or fixes is None or changed - fixes <= SECURITY_PACE:
        return changed
    return fixes


def confirmed(host: Host) -> datetime | None:
    """When an update of the lists last succeeded, where something keeps that."""
    return modified(host, STAMP)


def unlisted(host: Host) -> int:
    """How many configured sources have no lists here, though they are not empty.

    A file of sources that only an administrator may read counts as one.
    """
    names = _names(host)
    missing = 0
    stems = set()
    for path in source_files(host):
        try:
            text = host.read(path).decode("utf-8", "replace")
        except Failed as error:
            missing += error.failure.code == "denied"
            continue
        parse = parse_sources if path.endswith(".sources") else parse_list
        stems |= {list_stem(uri, suite) for uri, suite in parse(text) if on_the_net(uri, suite)}
    for stem in stems:
        if any(name.startswith(f"{stem}_") and "_Packages" in name for name in names):
            continue
        known = [name for name in (f"{stem}_InRelease", f"{stem}_Release") if name in names]
        if not known or INDEX_WITH_PACKAGES.search(host.read(f"{LISTS}/{known[0]}")):
            missing += 1
    return missing


def source_files(host: Host) -> Iterator[str]:
    """apt itself tells whether they are sound."""
    yield SOURCES
    with contextlib.suppress(Failed):
        for name in host.listdir(SOURCES_PARTS):
            if name.endswith((".list", ".sources")):
                yield f"{SOURCES_PARTS}/{name}"


def on_the_net(uri: str, suite: str) -> bool:
    """Not an installation disc, nor a place that apt works out for each architecture."""
    return not uri.startswith("cdrom:") and "$(" not in uri + suite


def parse_list(text: str) -> Iterator[tuple[str, str]]:
    """sources.list(5), one line each: `deb [options] uri suite component...`."""
    for line in text.splitlines():
        words = re.sub(r"^(\s*deb\s+)\[[^]]*\]", r"\1", line.partition("#")[0]).split()
        if len(words) >= 3 and words[0] == "deb":
            yield words[1], words[2]


def parse_sources(text: str) -> Iterator[tuple[str, str]]:
    """sources.list(5), the deb822 form: stanzas of `Types`, `URIs`, `Suites` and the like."""
    for stanza in re.split(r"\n\s*\n", re.sub(r"^#.*\n?", "", text, flags=re.MULTILINE)):
        fields = {
            name.lower(): value.split()
            for name, value in re.findall(
                r"^([A-Za-z-]+):((?:.*)(?:\n[ \t].*)*)", stanza, re.MULTILINE
            )
        }
        if fields.get("enabled", ["yes"])[:1] in (["no"], ["false"], ["0"], ["off"], ["without"]):
            continue
        if "deb" in fields.get("types", ()):
            for uri in fields.get("uris", ()):
                for suite in fields.get("suites", ()):
                    yield uri, suite


def list_stem(uri: str, distribution: str) -> str:
    """The stem of the list files of an archive, as apt's URItoFileName makes it."""
    place = re.sub(r"^[a-z+-]+:(?://)?(?:[^/@]*@)?", "", uri).rstrip("/")
    path = f"{place}/{distribution}" if distribution.endswith("/") else ""
    quoted = re.sub(
        r"[\\|{}\[\]<>\"^~_=!@#$%&*]",
        lambda sign: f"%{ord(sign[0]):02x}",
        path or f"{place}/dists/{distribution}",
    )
    return quoted.replace("/", "_")


def _names(host: Host) -> tuple[str, ...]:
    try:
        return host.listdir(LISTS)
    except Failed as error:
        if error.failure.code != "tool_missing":
            raise
        return ()


def times(host: Host, place: str) -> Iterator[datetime]:
    """When a file, or a directory and what lies directly in it, was last changed."""
    try:
        status = host.stat(place)
        names = host.listdir(place) if status is not None and status.is_dir else ()
    except Failed:
        return
    for path in (place, *(f"{place}/{name}" for name in names)):
        if (at := modified(host, path)) is not None:
            yield at
