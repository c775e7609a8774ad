"""The report: a diagnosis put into words, with the snapshot that it can be repeated from.

Shapes are the JSON report's (schema version 1, `diag schema`). Keys are stable: within a version
there are additions only. Every field is there, with null for what is not known.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

import diag
from diag.catalog import Catalog
from diag.model import (
    Args,
    Cause,
    ChosenRemedy,
    Client,
    Confidence,
    Diagnosis,
    Finding,
    Language,
    NetworkKind,
    Result,
    Risk,
    Severity,
    Snapshot,
    Status,
    Symptom,
    TroubleOn,
    Verdict,
    VerdictWhere,
    Where,
    Who,
    place_of,
)
from diag.partial import Partial, partial_of
from diag.wording import Wording

SCHEMA_VERSION = 1


class Tool(Struct, frozen=True, kw_only=True):
    name: str
    version: str
    checks: tuple[str, ...]


class AppBlock(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    profile_sha256: str


class TimeBlock(Struct, frozen=True, kw_only=True):
    """Local time with its offset, IANA zone, and the clock against servers (seconds ahead)."""

    local: str
    zone: str
    clock_offset_s: float | None
    server_date: datetime | None


class SubjectBlock(Struct, frozen=True, kw_only=True):
    """What the user said, where known."""

    device: TroubleOn
    client: Client | None
    same_network: bool | None
    works_elsewhere: bool | None
    error_text: str | None
    since: datetime | None
    attempts: int | None


class DeviceBlock(Struct, frozen=True, kw_only=True):
    os: str
    os_name: str | None
    os_version: str | None
    arch: str
    managed: bool | None
    managed_by: tuple[str, ...] = ()


class PathBlock(Struct, frozen=True, kw_only=True):
    interface: str | None
    vpn: bool | None
    proxy: str | None
    relay: bool | None
    tether: bool | None
    nat64: bool | None
    network: NetworkKind | None = None
    network_confidence: Confidence | None = None
    network_reasons: tuple[str, ...] = ()


class AlternativeBlock(Struct, frozen=True, kw_only=True):
    where: Where
    code: str
    title: str
    deciding_test: str


class VerdictBlock(Struct, frozen=True, kw_only=True):
    """`headline` and `not_now` are the first two lines that a person reads. `cause`: the code of
    what they speak of; where nothing stops the user that is a warning, None where all is well.
    `left_out`: the options by which the user left out what login needs, if the headline says so.
    """

    where: VerdictWhere
    confidence: Confidence
    cause: str | None
    headline: str
    not_now: str
    alternatives: tuple[AlternativeBlock, ...]
    left_out: tuple[str, ...] = ()


class ExplainedBlock(Struct, frozen=True, kw_only=True):
    code: str
    subject: str
    confidence: Confidence
    title: str


class CauseBlock(Struct, frozen=True, kw_only=True):
    code: str
    subjects: tuple[str, ...]
    severity: Severity
    confidence: Confidence
    where: Where
    title: str
    explanation: str
    evidence: Args
    evidence_lines: tuple[str, ...]
    explains: tuple[ExplainedBlock, ...]


class RemedyBlock(Struct, frozen=True, kw_only=True):
    code: str
    cause: str
    who: Who
    effort_min: int
    risk: Risk
    title: str
    steps: tuple[str, ...]
    links: tuple[str, ...]
    avoid: tuple[str, ...]
    undo: str
    verify: str
    when_not: str


class FindingBlock(Struct, frozen=True, kw_only=True):
    code: str
    subject: str
    confidence: Confidence


class ResultBlock(Struct, frozen=True, kw_only=True):
    check: str
    title: str
    status: Status
    findings: tuple[FindingBlock, ...]
    reason: str
    because: str | None
    took_s: float
    broke: str = ""
    """Where diag's own rules broke, for the check's author."""


class NotTestedBlock(Struct, frozen=True, kw_only=True):
    """Something that could not be told: what, why, and whether login needs it."""

    what: str
    why: str
    matters: bool


class Report(Struct, frozen=True, kw_only=True):
    """The whole report, as `diag run --format json` prints it."""

    schema_version: int
    report_id: str
    created_at: datetime
    duration_s: float
    tool: Tool
    app: AppBlock
    symptom: Symptom | None
    language: Language
    ticket: str | None
    time: TimeBlock
    subject: SubjectBlock
    device: DeviceBlock
    path: PathBlock
    verdict: VerdictBlock
    causes: tuple[CauseBlock, ...]
    remedies: tuple[RemedyBlock, ...]
    results: tuple[ResultBlock, ...]
    not_tested: tuple[NotTestedBlock, ...]
    snapshot: Snapshot
    redaction: dict[str, int] = {}


class Header(Struct, frozen=True, kw_only=True):
    """What a report says of itself, beyond its snapshot; kept when it is rendered again."""

    report_id: str
    profile_sha256: str
    ticket: str | None = None
    tool_checks: tuple[str, ...] = ()


def build_report(
    snapshot: Snapshot,
    diagnosis: Diagnosis,
    catalog: Catalog,
    header: Header,
    redaction: dict[str, int] | None = None,
) -> Report:
    """Word a diagnosis. Pure: the same snapshot and language give the same report."""
    words = Wording(catalog, snapshot)
    zone = _zone(snapshot.zone)
    answers = snapshot.answers
    return Report(
        schema_version=SCHEMA_VERSION,
        report_id=header.report_id,
        created_at=snapshot.taken_at,
        duration_s=snapshot.duration_s,
        tool=Tool(name="diag", version=diag.__version__, checks=header.tool_checks),
        app=AppBlock(
            id=snapshot.profile.app.id,
            name=str(words.common["app"]),
            profile_sha256=header.profile_sha256,
        ),
        symptom=answers.symptom,
        language=catalog.language,
        ticket=header.ticket,
        time=TimeBlock(
            local=snapshot.taken_at.astimezone(zone).isoformat(timespec="seconds"),
            zone=snapshot.zone,
            clock_offset_s=diagnosis.time.clock_offset_s,
            server_date=diagnosis.time.server_date,
        ),
        subject=SubjectBlock(
            device=answers.device,
            client=answers.client,
            same_network=answers.same_network,
            works_elsewhere=answers.works_elsewhere,
            error_text=answers.error_text,
            since=answers.since,
            attempts=answers.attempts,
        ),
        device=DeviceBlock(
            os=snapshot.os.family,
            os_name=diagnosis.device.os_name or snapshot.os.name or None,
            os_version=diagnosis.device.os_version or snapshot.os.version or None,
            arch=snapshot.os.arch,
            managed=diagnosis.device.managed,
            managed_by=diagnosis.device.managed_by or (),
        ),
        path=PathBlock(
            interface=diagnosis.path.interface,
            vpn=diagnosis.path.vpn,
            proxy=diagnosis.path.proxy,
            relay=diagnosis.path.relay,
            tether=diagnosis.path.tether,
            nat64=diagnosis.path.nat64,
            network=diagnosis.path.network,
            network_confidence=diagnosis.path.network_confidence,
            network_reasons=diagnosis.path.network_reasons or (),
        ),
        verdict=_verdict(words, diagnosis, partial_of(snapshot, diagnosis)),
        causes=tuple(_cause(words, cause) for cause in diagnosis.causes),
        remedies=tuple(_remedy(words, chosen) for chosen in diagnosis.remedies),
        results=tuple(_result(words, result) for result in diagnosis.results),
        not_tested=_not_tested(words, diagnosis),
        snapshot=snapshot,
        redaction=redaction or {},
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _verdict(words: Wording, diagnosis: Diagnosis, partial: Partial | None) -> VerdictBlock:
    verdict = diagnosis.verdict
    warning = _to_take_care_of(words, diagnosis)
    cause = warning or verdict.cause
    finding = cause.findings[0] if cause else None
    args = words.args(finding) if finding else words.common
    if partial is not None and finding is not None and verdict.where not in ("none", "account"):
        partial = None  # a fault that was found is one, whatever else was not looked at
    return VerdictBlock(
        where=verdict.where,
        confidence=verdict.confidence,
        cause=finding.code if finding else None,
        headline=_headline(words, verdict, finding, partial),
        not_now=_not_now(words, verdict, finding, partial),
        alternatives=tuple(
            AlternativeBlock(
                where=alternative.where,
                code=alternative.code,
                title=words.say(words.catalog.cause(alternative.code).title, args),
                deciding_test=words.say(words.catalog.cause(alternative.code).deciding_test, args),
            )
            for alternative in verdict.alternatives
        ),
        left_out=partial.options if partial else (),
    )


def _to_take_care_of(words: Wording, diagnosis: Diagnosis) -> Cause | None:
    """Where nothing stops the user: the first warning, if it says what not to do now."""
    if diagnosis.verdict.where != "none" or not diagnosis.causes:
        return None
    first = diagnosis.causes[0]
    finding = first.findings[0]
    not_now = words.say(words.catalog.cause(finding.code).not_now, words.args(finding))
    return first if first.severity == "warning" and not_now else None


def _headline(
    words: Wording, verdict: Verdict, finding: Finding | None, partial: Partial | None
) -> str:
    """Where the fault is and what it is; no surer than the verdict, no wider than what was seen."""
    if verdict.alternatives and finding is not None:
        own = words.catalog.cause(finding.code).tie
        return words.say(own, words.args(finding)) if own else words.ui("verdict.tie")
    place = _place(verdict, finding)
    if verdict.where == "none":
        key = "careful" if finding else "none"
    elif finding is not None and verdict.confidence == "possible":
        key = f"{place}_possible"
    else:
        key = place
    args: Args = {"title": words.title(finding) if finding else None}
    if partial is None:
        return words.ui(f"verdict.{key}", args)
    key = key if verdict.where == "unknown" else f"{key}_partial"
    text, limits = words.ui(f"verdict.{key}", args), _limits(words, partial)
    return words.ui("partial.headline", {"text": text, "limits": limits})


def _limits(words: Wording, partial: Partial) -> str:
    """What was looked at, or what was not."""
    named = [words.catalog.check(name) for name in partial.names]
    return words.ui(f"partial.{partial.kind}", {"what": named})


def _not_now(
    words: Wording, verdict: Verdict, finding: Finding | None, partial: Partial | None
) -> str:
    """What not to do; "your input is not the cause" only where that is proven."""
    if verdict.alternatives:
        return words.ui("not_now.tie")
    if finding is not None:
        own = words.say(words.catalog.cause(finding.code).not_now, words.args(finding))
        if own:
            return own
    if verdict.where == "none" and partial is not None:
        return words.ui("not_now.unknown")
    proven = verdict.where in ("service", "network") and verdict.confidence != "possible"
    return words.ui(f"not_now.{'proven' if proven else _place(verdict, finding)}")


def _place(verdict: Verdict, finding: Finding | None) -> str:
    """Where the fault is, for the key of a text."""
    return place_of(verdict.where, [finding.subject] if finding else [])


def _cause(words: Wording, cause: Cause) -> CauseBlock:
    finding = cause.findings[0]
    texts = words.catalog.cause(finding.code)
    args = words.args(finding)
    lines = [words.lines(texts.evidence, words.args(each)) for each in cause.findings]
    return CauseBlock(
        code=cause.problem.code,
        subjects=tuple(each.subject for each in cause.findings),
        severity=cause.severity,
        confidence=cause.confidence,
        where=cause.where,
        title=words.say(texts.title, args),
        explanation=words.say(texts.explanation, args),
        evidence=finding.args,
        evidence_lines=tuple(dict.fromkeys(line for block in lines for line in block)),
        explains=tuple(
            ExplainedBlock(
                code=item.finding.code,
                subject=item.finding.subject,
                confidence=item.confidence,
                title=words.title(item.finding),
            )
            for item in cause.explains
        ),
    )


def _remedy(words: Wording, chosen: ChosenRemedy) -> RemedyBlock:
    texts = words.catalog.remedy(chosen.remedy.code)
    args = words.args(chosen.cause.findings[0])
    return RemedyBlock(
        code=chosen.remedy.code,
        cause=chosen.cause.problem.code,
        who=chosen.who,
        effort_min=chosen.remedy.minutes,
        risk=chosen.remedy.risk,
        title=words.say(texts.title, args),
        steps=words.lines(texts.steps_for(words.os), args),
        links=words.lines(texts.links, args),
        avoid=words.lines(texts.avoid, args),
        undo=words.say(texts.undo, args),
        verify=words.say(texts.verify, args),
        when_not=words.say(texts.when_not, args),
    )


def _result(words: Wording, result: Result) -> ResultBlock:
    return ResultBlock(
        check=result.check,
        title=words.catalog.check(result.check),
        status=result.status,
        findings=tuple(
            FindingBlock(code=each.code, subject=each.subject, confidence=each.confidence)
            for each in result.findings
        ),
        reason=result.reason,
        because=result.because,
        took_s=result.took_s,
        broke=result.broke,
    )


_TOLD_REASONS = ("skipped", "offline", "battery", "metered")
"""Why a check was left out that would have run otherwise."""


def _not_tested(words: Wording, diagnosis: Diagnosis) -> tuple[NotTestedBlock, ...]:
    """Checks that ended unknown or were left out on request, then what no check can tell."""
    listed = [
        NotTestedBlock(
            what=words.catalog.check(each.check),
            why=_why_untold(words, each, diagnosis),
            matters=each.matters,
        )
        for each in diagnosis.results
        if each.status == "unknown" or each.reason in _TOLD_REASONS
    ]
    if diagnosis.verdict.where == "account":
        listed.extend(
            NotTestedBlock(what=words.ui(f"untestable.{key}"), why="", matters=True)
            for key in ("password", "account_state", "other_line")
        )
    return tuple(listed)


def _why_untold(words: Wording, result: Result, diagnosis: Diagnosis) -> str:
    """In words; where what it builds on was missing, the cause of that or what it is."""
    if result.reason != "needs_missing":
        return words.catalog.word("reason", result.reason) if result.reason else ""
    because = (each for each in diagnosis.causes if each.problem.code == result.because)
    cause = next(because, None)
    if cause is not None:
        return words.title(cause.findings[0])
    if not result.lacks:
        return words.catalog.word("reason", result.reason)
    untold = {each.check for each in diagnosis.results if each.status == "unknown"}
    key = "untold" if result.lacks in untold else "too_little"
    return words.ui(f"lacks.{key}", {"what": words.catalog.check(result.lacks)})
