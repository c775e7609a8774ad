"""The way from a device, or from a saved report, to a report: observe, judge, explain, word."""

from __future__ import annotations

import codecs
import contextlib
import platform
import re
import secrets
import time
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from diag.app_profile import AppProfile
from diag.catalog import Catalog
from diag.deadline import Deadline
from diag.explain import diagnose
from diag.host import Host
from diag.judge import facts_of, view_of
from diag.model import (
    NO_MEMORY,
    Answers,
    Arg,
    Args,
    Failure,
    Language,
    Memory,
    Observation,
    Os,
    Snapshot,
)
from diag.observe import OnEvent, observe
from diag.privacy import redact
from diag.registry import Registry
from diag.report import SCHEMA_VERSION, Header, Report, build_report
from diag.selection import Selection

LAST_YEAR = 9999
"""Of `datetime`: there is no local time beyond it."""
REPORT_LIMIT = 32 << 20
"""Largest report that is read back (32 MiB)."""

_ID_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Signs that are not mistaken for one another when read out on the telephone."""


_BEGINNING = re.compile(rb'\s*\{\s*"schema_version"')
"""How every report begins, since msgspec writes fields in their order."""

_FIELD = re.compile(r"`(\w+|\$\.[^`]+)`$")
"""Where msgspec names the field that is missing or wrong."""


class NoReport(Exception):
    """What was read is no report of this diag; `key` is a text of `[ui.no_report]`."""

    def __init__(self, key: str, **args: Arg) -> None:
        super().__init__(f"{key}: {args}")
        self.key = key
        self.args_of_text: Args = args


class Taken(Struct, frozen=True):
    """A snapshot just taken, and whether Ctrl-C cut it short."""

    snapshot: Snapshot
    interrupted: bool


def new_report_id() -> str:
    signs = "".join(secrets.choice(_ID_ALPHABET) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def take_snapshot(
    host: Host,
    registry: Registry,
    selection: Selection,
    profile: AppProfile,
    answers: Answers,
    deadline_s: float,
    on_event: OnEvent | None = None,
    memory: Memory = NO_MEMORY,
    ask_public_resolvers: bool = True,
) -> Taken:
    """Run the collectors of the chosen checks and of what they need."""
    taken_at = host.now()
    started = time.monotonic()
    collected = [
        check
        for check in registry.providers(selection.chosen)
        if not (selection.offline and check.uses_network)
    ]
    deadline = Deadline.after(deadline_s)
    observed = observe(
        host, collected, profile, answers, deadline, on_event, memory, ask_public_resolvers
    )
    observations = dict(observed.observations)
    for broken in registry.broken:
        failure = Failure(code="crash", operation="import", detail=broken.reason)
        observations[broken.name] = Observation(failure=failure, took_s=0.0)
    snapshot = Snapshot(
        taken_at=taken_at,
        zone=host.zone(),
        os=Os(
            family=host.family,
            name=platform.system(),
            version=platform.release(),
            arch=platform.machine(),
        ),
        profile=profile,
        answers=answers,
        deadline_s=deadline_s,
        duration_s=round(time.monotonic() - started, 3),
        chosen=(*selection.chosen, *(broken.name for broken in registry.broken)),
        left_out=selection.left_out,
        observations=observations,
    )
    _remember(snapshot, registry, memory)
    return Taken(snapshot, observed.interrupted)


def _remember(snapshot: Snapshot, registry: Registry, memory: Memory) -> None:
    """Memory is written once all facts are there: no collector waits for another's for its sake.
    It only spares questions, so what breaks in there breaks nothing else.
    """
    if memory is NO_MEMORY:
        return
    facts = facts_of(snapshot, registry.checks)
    view = view_of(snapshot, facts)
    for name, fact in facts.items():
        check = registry.checks[name]
        if check.remember is not None:
            with contextlib.suppress(Exception):
                check.remember(fact, view, memory)


def report_on(snapshot: Snapshot, registry: Registry, language: Language, header: Header) -> Report:
    """Judge, explain and word a snapshot as it is (for the screen of its own device)."""
    packages = ["diag", *(check.texts for check in registry.checks.values())]
    catalog = Catalog.load(language, tuple(dict.fromkeys(packages)), snapshot.os.family)
    header = msgspec.structs.replace(
        header, tool_checks=header.tool_checks or tuple(registry.checks)
    )
    return build_report(snapshot, diagnose(snapshot, registry.checks), catalog, header)


def redacted_report_on(
    snapshot: Snapshot,
    registry: Registry,
    language: Language,
    header: Header,
    private_words: Iterable[str] = (),
    earlier_counts: dict[str, int] | None = None,
) -> Report:
    """The same from the redacted snapshot: what leaves the device."""
    redacted = redact(snapshot, registry.checks, private_words)
    report = report_on(redacted.snapshot, registry, language, header)
    counts = dict(earlier_counts or {})
    for kind, count in redacted.counts.items():
        counts[kind] = counts.get(kind, 0) + count
    return msgspec.structs.replace(report, redaction=counts)


def read_report(data: bytes, registry: Registry) -> Report:
    """A report from its JSON, its facts as the classes of the checks installed here.

    Raises NoReport.
    """
    try:
        return _read_report(_as_utf8(data), registry)
    except RecursionError as error:
        raise NoReport("other") from error


def _as_utf8(data: bytes) -> bytes:
    """Windows adds a byte order mark, and PowerShell 5.1 writes what `>` gets as UTF-16."""
    if data.startswith(codecs.BOM_UTF8):
        return data.removeprefix(codecs.BOM_UTF8)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace").encode(errors="replace")
    return data


def _read_report(data: bytes, registry: Registry) -> Report:
    try:
        version = msgspec.json.decode(data, type=_Versioned).schema_version
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _what_instead(data, error) from error
    if version > SCHEMA_VERSION:
        raise NoReport("newer", version=version, known=SCHEMA_VERSION)
    try:
        report = msgspec.json.decode(data, type=Report)
    except msgspec.ValidationError as error:
        raise _not_whole(error) from error
    for moment in (report.created_at, report.snapshot.taken_at):
        if not 1 < moment.year < LAST_YEAR:
            raise NoReport("not_whole", field=moment.isoformat())
    return msgspec.structs.replace(report, snapshot=_typed(report.snapshot, registry))


class _Versioned(Struct):
    schema_version: int


def _what_instead(data: bytes, error: Exception) -> NoReport:
    """What was handed in: a report changed or cut short, several, or something else."""
    if not data.strip():
        return NoReport("empty")
    if not _BEGINNING.match(data):
        return NoReport("other")
    if isinstance(error, msgspec.ValidationError):
        return _not_whole(error)
    several = b"\n{" in data and data.count(b'"schema_version"') > 1
    return NoReport("several" if several else "cut")


def _not_whole(error: msgspec.ValidationError) -> NoReport:
    named = _FIELD.search(str(error))
    return NoReport("not_whole", field=named[1].removeprefix("$.") if named else None)


def _typed(snapshot: Snapshot, registry: Registry) -> Snapshot:
    typed = facts_of(snapshot, registry.checks)
    observations = {
        name: msgspec.structs.replace(observation, fact=typed[name])
        if name in typed
        else observation
        for name, observation in snapshot.observations.items()
    }
    return msgspec.structs.replace(snapshot, observations=observations)


def header_of(report: Report) -> Header:
    return Header(
        report_id=report.report_id,
        profile_sha256=report.app.profile_sha256,
        ticket=report.ticket,
    )
