"""What could not be told: one reason stands beside its check, a shared one below them all."""

from __future__ import annotations

from diag import registry
from diag.model import Answers, Failure, Language, Observation, Os, Snapshot
from diag.pipeline import report_on
from diag.render import RENDERERS
from diag.report import Header
from tests.support import NOW, profile_from

HEADER = Header(report_id="AAAA-BBBB", profile_sha256="0" * 64)


def untold(language: Language, *names: str) -> list[str]:
    failure = Failure(code="tool_missing", operation="look")
    snapshot = Snapshot(
        taken_at=NOW,
        zone="Asia/Tokyo",
        os=Os(family="linux"),
        profile=profile_from({}),
        answers=Answers(),
        deadline_s=10.0,
        chosen=names,
        observations={name: Observation(failure=failure, took_s=0.1) for name in names},
    )
    report = report_on(snapshot, registry.load(), language, HEADER)
    lines = RENDERERS["text"](report).decode().splitlines()
    start = next(n for n, line in enumerate(lines) if "not be told" in line or "いないこと" in line)
    return lines[start + 1 : lines.index("", start)]


def test_a_reason_of_one() -> None:
    assert untold("en", "wifi") == ["   Wi-Fi: a program needed for this is not installed"]


def test_a_reason_of_several() -> None:
    assert untold("en", "os", "wifi") == [
        "   Operating system updates · Wi-Fi",
        "     a program needed for this is not installed",
    ]
    assert untold("ja", "os", "wifi")[1].startswith("     ")
