"""Pending updates of a Debian or Ubuntu system, offline: no lock, no root, nothing written.

dpkg's own status file says what is installed and held; `apt-cache policy` says what apt would
install, with pins, several architectures and the whole of its configuration honoured.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from checks.os.linux.apt_lists import (
    LISTS,
    SECURITY_SUITE,
    SOURCES,
    SOURCES_PARTS,
    Release,
    as_of,
    confirmed,
    list_stem,
    read_releases,
    times,
    unlisted,
)
from checks.os.linux.phasing import reached
from checks.os.linux.quiet import exists, modified
from checks.os.linux.remember import remembered
from checks.os.linux.systemd import WANTED, enabled, masked
from checks.os.patch import Automatic, Patches
from diag.deadline import Deadline
from diag.host import Command, Host
from diag.model import NO_MEMORY, Failed, Memory

STATUS = "/var/lib/dpkg/status"
STATUS_LIMIT = 64 << 20
"""A desktop's status file takes some 5 MiB."""
MACHINE_ID = "/etc/machine-id"
UPGRADER = "/usr/bin/unattended-upgrade"
TIMERS = ("apt-daily.timer", "apt-daily-upgrade.timer")
SYSTEMD = "/run/systemd/system"
"""There where systemd runs (sd_booted(3)); elsewhere cron does the timers' work."""
PLACES = (
    STATUS, LISTS, "/var/lib/dpkg/arch", MACHINE_ID, UPGRADER,
    *(f"{place}/{timer}" for place in ("/etc/systemd/system", *WANTED) for timer in TIMERS),
    SOURCES, SOURCES_PARTS, "/etc/apt/preferences", "/etc/apt/preferences.d",
    "/etc/apt/apt.conf", "/etc/apt/apt.conf.d",
)  # fmt: skip
"""What apt's answer follows from."""
BATCH = 1000
"""Packages asked about at once: some 300 KiB of answer, well below what is read of a command."""
NOT_INSTALLED = ("not-installed", "config-files")
CACHE = "/var/cache/apt/pkgcache.bin"
NO_CACHE = ("-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=")
"""As root apt would save its cache if that is out of date; diag only reads."""

VERSION_LINE = re.compile(r"^ (\*\*\*|   ) (\S+) (-?\d+)(?: \(phased (\d+)%\))?(?: |$)")
SOURCE_LINE = re.compile(r"^ {8,} *-?\d+ (\S+) (\S+)")
NAMED_FILE = re.compile(r"^E: .*?(/\S*etc/apt/[^\s:]+)", re.MULTILINE)
HIDDEN_PINS = re.compile(r"^W: .*/preferences\S* .*\(13:", re.MULTILINE)
"""apt goes on without a file that only an administrator may read; EACCES is 13."""

SETTINGS = {
    "enabled": "APT::Periodic::Enable",
    "lists": "APT::Periodic::Update-Package-Lists",
    "download": "APT::Periodic::Download-Upgradeable-Packages",
    "upgrade": "APT::Periodic::Unattended-Upgrade",
    "phased": "APT::Get::Always-Include-Phased-Updates",
    "phased_before": "Update-Manager::Always-Include-Phased-Updates",
    "unphased": "APT::Get::Never-Include-Phased-Updates",
    "unphased_before": "Update-Manager::Never-Include-Phased-Updates",
}
OFF = ("", "0", "no", "false", "off", "without", "disable")


class Broken(Failed):
    """apt itself cannot read one of its files: nothing is updated until that is put right."""

    def __init__(self, file: str) -> None:
        super().__init__("unparsable", "read the sources of updates", file)
        self.file = file


class Package(Struct, frozen=True):
    """An installed package of dpkg's status file."""

    name: str
    arch: str
    held: bool


class Offer(Struct, frozen=True):
    """A version that apt knows, and the archives (URI, distribution) that have it.

    phased: how many of a hundred machines it is rolled out to by now.
    """

    version: str
    priority: int
    installed: bool
    archives: tuple[tuple[str, str], ...]
    phased: int = 100


class Update(Struct, frozen=True):
    """A package that apt would update: the versions to come, and the security archives of them."""

    name: str
    newer: list[Offer]
    fixes: list[Release]

    @property
    def asked_for(self) -> str:
        return f"{self.name}={self.newer[0].version}"


def pending(host: Host, deadline: Deadline, memory: Memory = NO_MEMORY) -> Patches:
    """Raises Broken, Failed: needs_missing without package lists, or as the host does."""
    said = remembered(host, memory, "apt", PLACES, lambda: _ask(host, deadline))
    listed = max(filter(None, (said.listed, confirmed(host))), default=None)
    return msgspec.structs.replace(said, listed=listed)


def _ask(host: Host, deadline: Deadline) -> Patches:
    releases = read_releases(host)
    packages = {
        _key(package.name, package.arch): package
        for package in parse_status(host.read(STATUS, STATUS_LIMIT).decode("utf-8", "replace"))
    }
    options = NO_CACHE if host.is_root() and not _cache_holds(host) else ()
    native = next((each.arch for each in packages.values() if each.name == "dpkg"), "")
    held = 0
    updates = []
    for name, offers in _policies(host, sorted(packages), options, deadline):
        newer = newer_offers(*offers)
        if not newer:
            continue
        package = packages.get(_key(name, native)) or packages.get(name)
        if package is not None and package.held:
            held += 1
            continue
        fixes = [each for each in _releases_of(newer, releases) if each.security]
        updates.append(Update(name, newer, fixes))
    settings = _settings(host, deadline)
    deferred = _deferred(host, updates, settings, options, deadline)
    due = [update for update in updates if update.name not in deferred]
    tells_security = any(release.security for release in releases.values())
    dates = {fix.date for update in due for fix in update.fixes if fix.date}
    return Patches(
        manager="apt",
        pending=len(due),
        security=sum(bool(update.fixes) for update in due) if tells_security else None,
        held=held,
        deferred=len(deferred),
        oldest_security=min(dates, default=None),
        listed=as_of(host, releases),
        unlisted=unlisted(host),
        automatic=_automatic(host, settings),
    )


def _policies(
    host: Host, names: list[str], options: tuple[str, ...], deadline: Deadline
) -> Iterator[tuple[str, tuple[str, list[Offer]]]]:
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        yield from parse_policy(_apt_cache(host, deadline, *options, "policy", *batch).text())


def _apt_cache(host: Host, deadline: Deadline, *args: str) -> Command:
    answer = host.run("apt-cache", *args, timeout_s=deadline.remaining())
    said = answer.stderr.decode("utf-8", "replace")
    if HIDDEN_PINS.search(said):
        raise Failed("needs_admin", "read the pins of apt")
    if answer.returncode != 0:
        if named := NAMED_FILE.search(said):
            raise Broken(named[1])
        raise Failed("unparsable", "run apt-cache", said)
    return answer


def _cache_holds(host: Host) -> bool:
    """Whether apt's cache is no older than anything it was made of, so that apt leaves it alone."""
    made = modified(host, CACHE)
    return made is not None and all(seen <= made for place in PLACES for seen in times(host, place))


def _settings(host: Host, deadline: Deadline) -> dict[str, str] | None:
    """What apt's configuration says of SETTINGS; None if it cannot be asked."""
    asked = [word for pair in SETTINGS.items() for word in pair]
    try:
        answer = host.run("apt-config", "shell", *asked, timeout_s=deadline.remaining())
        words = shlex.split(answer.text())
    except (Failed, ValueError):
        return None
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _deferred(
    host: Host,
    updates: list[Update],
    settings: dict[str, str] | None,
    options: tuple[str, ...],
    deadline: Deadline,
) -> set[str]:
    """Names of the updates whose roll-out has not reached this device; never a security fix."""

    def on(*names: str) -> bool:
        known = settings or {}
        return next((known[name] for name in names if name in known), "").lower() not in OFF

    phased = [each for each in updates if each.newer[0].phased < 100 and not each.fixes]
    if not phased or on("phased", "phased_before"):
        return set()
    if on("unphased", "unphased_before"):
        return {update.name for update in phased}
    try:
        machine_id = host.read(MACHINE_ID).decode("ascii", "replace").strip()
        asked = [update.asked_for for update in phased]
        shown = _apt_cache(host, deadline, *options, "--no-all-versions", "show", *asked)
    except Failed:
        return set()
    origins = parse_sources_of(shown.text())
    late = set()
    for update in phased:
        version = update.newer[0].version
        source = origins.get((update.name.partition(":")[0], version))
        if machine_id and source and not reached(*source, machine_id, update.newer[0].phased):
            late.add(update.name)
    return late


def parse_sources_of(text: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Source package and its version by binary package and version, from `apt-cache show`."""
    found = {}
    for stanza in text.split("\n\n"):
        fields = dict(re.findall(r"^(Package|Version|Source): (.*)$", stanza, re.MULTILINE))
        name, version = fields.get("Package", ""), fields.get("Version", "")
        source, _, own_version = (fields.get("Source") or name).strip().partition(" ")
        found[name, version] = (source, own_version.strip("()") or version)
    return found


def _automatic(host: Host, settings: dict[str, str] | None) -> Automatic | None:
    """apt's daily timers: what apt.systemd.daily makes of the settings."""
    if settings is None:
        return None
    stopped = settings.get("enabled", "1") == "0" or any(masked(host, each) for each in TIMERS)
    if exists(host, SYSTEMD):
        stopped = stopped or not all(enabled(host, each) for each in TIMERS)
    if stopped or settings.get("lists", "") in OFF:
        return "off"
    if settings.get("upgrade", "") not in OFF and exists(host, UPGRADER):
        return "security"
    return "download" if settings.get("download", "") not in OFF else "off"


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
                mark, number, priority, phased = version.groups()
                share = int(phased) if phased else 100
                offers.append(Offer(number, int(priority), mark == "***", (), share))
            elif offers and (source := SOURCE_LINE.match(line)):
                archives = (*offers[-1].archives, (source[1], source[2]))
                offers[-1] = msgspec.structs.replace(offers[-1], archives=archives)
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


def _releases_of(offers: list[Offer], releases: dict[str, Release]) -> Iterator[Release]:
    """The Release of every archive that has one of these versions; by its name if not fetched."""
    for offer in offers:
        for uri, suite in offer.archives:
            distribution = suite if suite.endswith("/") else suite.rpartition("/")[0] or suite
            known = releases.get(list_stem(uri, distribution))
            yield known or Release(bool(SECURITY_SUITE.search(distribution)), None)
