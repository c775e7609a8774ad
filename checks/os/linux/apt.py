"""Pending updates of a Debian or Ubuntu system, offline: no lock, no root, nothing written.

dpkg's own status file says what is installed and held; `apt-cache policy` says what apt would
install, with pins, several architectures and the whole of its configuration honoured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct

from checks.os.patch import Patches
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

STATUS = "/var/lib/dpkg/status"
STATUS_LIMIT = 64 << 20
"""A desktop's status file takes some 5 MiB."""
LISTS = "/var/lib/apt/lists"
UPDATED = ("/var/lib/apt/periodic/update-success-stamp", LISTS, f"{LISTS}/partial")
"""Touched by every update of the lists; the lists themselves bear their server's dates."""
RELEASE_HEAD = 8192
"""Bytes of a Release file that surely hold the fields before its checksums."""
BATCH = 1000
"""Packages asked about at once: some 300 KiB of answer, well below what is read of a command."""
NOT_INSTALLED = ("not-installed", "config-files")
NO_CACHE = ("-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=")
"""As root apt would save its cache if that was out of date; diag only reads."""
SECURITY_SUITE = re.compile(r"-security$")
DEBIAN_SECURITY = "Debian-Security"

VERSION_LINE = re.compile(r"^ (\*\*\*|   ) (\S+) (-?\d+)(?: |$)")
SOURCE_LINE = re.compile(r"^ {8,} *-?\d+ (\S+) (\S+)")


class Package(Struct, frozen=True):
    """An installed package of dpkg's status file."""

    name: str
    arch: str
    held: bool


class Release(Struct, frozen=True):
    """What the head of a fetched Release file says of its archive."""

    security: bool
    date: datetime | None


class Offer(Struct, frozen=True):
    """A version that apt knows, and the archives (URI, distribution) that have it."""

    version: str
    priority: int
    installed: bool
    archives: tuple[tuple[str, str], ...]


def pending(host: Host, deadline: Deadline) -> Patches:
    """Raises Failed: needs_missing without package lists, or as the host does."""
    releases = read_releases(host)
    packages = {
        _key(package.name, package.arch): package
        for package in parse_status(host.read(STATUS, STATUS_LIMIT).decode("utf-8", "replace"))
    }
    native = next((each.arch for each in packages.values() if each.name == "dpkg"), "")
    options = NO_CACHE if host.is_root() else ()
    names = sorted(packages)
    count = security = held = 0
    known_since: set[datetime] = set()
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        answer = host.run("apt-cache", *options, "policy", *batch, timeout_s=deadline.remaining())
        if answer.returncode != 0:
            raise Failed("unparsable", "apt-cache policy", answer.stderr.decode("utf-8", "replace"))
        for name, offers in parse_policy(answer.text()):
            newer = newer_offers(*offers)
            if not newer:
                continue
            package = packages.get(_key(name, native)) or packages.get(name)
            if package is not None and package.held:
                held += 1
                continue
            count += 1
            fixes = [each for each in _releases_of(newer, releases) if each.security]
            security += bool(fixes)
            known_since.update(each.date for each in fixes if each.date)
    tells_security = any(release.security for release in releases.values())
    return Patches(
        manager="apt",
        pending=count,
        security=security if tells_security else None,
        held=held,
        oldest_security=min(known_since, default=None),
        listed=_listed(host),
    )


def _key(name: str, arch: str) -> str:
    """How apt-cache is asked for a package: with its architecture unless it fits all."""
    return name if arch in ("all", "") or ":" in name else f"{name}:{arch}"


def parse_status(text: str) -> Iterator[Package]:
    """The installed packages, those half-way through an installation included."""
    for stanza in text.split("\n\n"):
        fields = dict(re.findall(r"^(Package|Status|Architecture): (.*)$", stanza, re.MULTILINE))
        words = fields.get("Status", "").split()
        if len(words) != 3 or words[2] in NOT_INSTALLED or "Package" not in fields:
            continue
        yield Package(fields["Package"], fields.get("Architecture", ""), words[0] == "hold")


def parse_policy(text: str) -> Iterator[tuple[str, tuple[str, list[Offer]]]]:
    """Per package of `apt-cache policy`: name, candidate, and its versions, newest first."""
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        lines = block.splitlines()
        if not lines or not lines[0].endswith(":"):
            continue
        candidate = ""
        offers: list[Offer] = []
        for line in lines[1:]:
            if line.startswith("  Candidate: "):
                candidate = line.removeprefix("  Candidate: ").strip()
            elif version := VERSION_LINE.match(line):
                mark, number, priority = version.groups()
                offers.append(Offer(number, int(priority), mark == "***", ()))
            elif offers and (source := SOURCE_LINE.match(line)):
                last = offers[-1]
                archives = (*last.archives, (source[1], source[2]))
                offers[-1] = Offer(last.version, last.priority, last.installed, archives)
        yield lines[0][:-1], (candidate, offers)


def newer_offers(candidate: str, offers: list[Offer]) -> list[Offer]:
    """What stands between the candidate and the installed version; empty if it is no newer.

    apt lists versions newest first, so no version has to be compared here. A security fix that a
    later ordinary update has overtaken is one that is missing nevertheless.
    """
    best = max((each.priority for each in offers if each.version == candidate), default=0)
    newer: list[Offer] = []
    for offer in offers:
        if offer.installed:
            return newer
        if newer or (offer.version == candidate and offer.priority == best):
            newer.append(offer)
    return []


def read_releases(host: Host) -> dict[str, Release]:
    """The fetched Release files by file stem. Raises Failed(needs_missing) without lists."""
    try:
        names = host.listdir(LISTS)
    except Failed as error:
        if error.failure.code != "tool_missing":
            raise
        names = ()
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


def _releases_of(offers: list[Offer], releases: dict[str, Release]) -> Iterator[Release]:
    """The Release of every archive that has one of these versions; by its name if not fetched."""
    for offer in offers:
        for uri, suite in offer.archives:
            distribution = suite if suite.endswith("/") else suite.rpartition("/")[0] or suite
            known = releases.get(list_stem(uri, distribution))
            yield known or Release(bool(SECURITY_SUITE.search(distribution)), None)


def _listed(host: Host) -> datetime | None:
    latest = None
    for path in UPDATED:
        try:
            status = host.stat(path)
        except Failed:
            continue
        if status is not None and (latest is None or status.modified > latest):
            latest = status.modified
    return latest
