"""What the rules say of a copy and of stores, for the tests of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from checks.app import CHECK
from checks.app.facts import AppFact
from checks.app.installed import InstalledCopy, Looked
from checks.app.stores import StoreAnswer, StoreVersion
from checks.app.stores.normal import Platform
from diag.catalog import Catalog
from diag.model import (
    Failure,
    FailureCode,
    Finding,
    Language,
    OsFamily,
    RemedyContext,
    Unmeasured,
    View,
)
from tests.support import NOW, profile_from, view


def copy(version: str | None, source: str = "command", **more: Any) -> Looked:
    found = InstalledCopy(version=version, maker_version=version, path="/opt/example", **more)
    return Looked(source=source, copies=(found,))


def offer(
    version: str, platform: Platform = "any", source: str = "json", **more: Any
) -> StoreAnswer:
    released = datetime(2026, 11, 10, tzinfo=UTC)
    found = StoreVersion(
        version=version,
        platform=platform,
        released=released,
        url="https://store.app.test/example",
        **more,
    )
    return StoreAnswer(source=source, found=found)


def failed(code: FailureCode, source: str = "json") -> StoreAnswer:
    return StoreAnswer(source=source, failure=Failure(code=code, operation="ask the store"))


def judged(
    *installed: Looked,
    stores: tuple[StoreAnswer, ...] = (),
    seen: View | None = None,
    os_version: str | None = None,
) -> tuple[dict[str, Finding], dict[str, str]]:
    fact = AppFact(installed=installed, stores=stores, os_version=os_version)
    judgements = list(CHECK.judge(fact, seen or view(fact)))
    return (
        {each.code: each for each in judgements if isinstance(each, Finding)},
        {each.code: each.reason for each in judgements if isinstance(each, Unmeasured)},
    )


def seen_on(os: OsFamily = "linux", minimum: str | None = None, **sections: Any) -> View:
    app: dict[str, Any] = {"id": "example", "name": {"en": "Example"}}
    if minimum is not None:
        app["minimum_version"] = minimum
    return view(profile=profile_from({"app": app, **sections}), os=os)


def needing(minimum: str) -> View:
    return seen_on(minimum=minimum)


def said(finding: Finding) -> dict[str, Any]:
    """The args that have a value."""
    return {name: value for name, value in finding.args.items() if value is not None}


def remedies(finding: Finding, seen: View) -> list[str]:
    problem = next(each for each in CHECK.problems if each.code == finding.code)
    circumstances = RemedyContext(finding, seen, managed=False)
    return [each.code for each in problem.remedies if each.applies(circumstances)]


def words(finding: Finding, language: Language, family: OsFamily) -> str:
    """What a report shows of it: headline, explanation, evidence, and its remedies' steps."""
    catalog = Catalog.load(language, ("checks",))
    texts = catalog.cause(finding.code)
    shown = [
        catalog.format(text, finding.args, now=NOW, zone="UTC")
        for text in (texts.title, texts.explanation)
    ]
    shown += catalog.lines(texts.evidence, finding.args, now=NOW, zone="UTC")
    for code in remedies(finding, seen_on(family)):
        remedy = catalog.remedy(code)
        for lines in (remedy.steps_for(family), remedy.links):
            shown += catalog.lines(lines, finding.args, now=NOW, zone="UTC")
    assert all(shown), shown
    return "\n".join(shown)
