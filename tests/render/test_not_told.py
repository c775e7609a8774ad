"""What could not be told: one reason stands beside its check, a shared one below them all."""

from __future__ import annotations

from diag import registry
from diag.model import Answers, Failure, Language, Observation, Os, Snapshot
from diag.pipeline import report_on
from diag.render import RENDERERS
from diag.report import Header
from tests.support import NOW, profile_from

HEADER = Header(report_id="AAAA-BBBB", profile_sha256="0" * 64)


HEADINGS = ("Could not be told", "確かめていないこと")
TOOL_MISSING = Failure(code="tool_missing", operation="look")


def untold(language: Language, *names: str, **failures: Failure) -> list[str]:
    snapshot = Snapshot(
        taken_at=NOW,
        zone="Asia/Tokyo",
        os=Os(family="linux"),
        profile=profile_from({}),
        answers=Answers(),
        deadline_s=10.0,
        chosen=names,
        observations={
            name: Observation(failure=failures.get(name, TOOL_MISSING), took_s=0.1)
            for name in names
        },
    )
    report = report_on(snapshot, registry.load(), language, HEADER)
    lines = RENDERERS["text"](report).decode().splitlines()
    start = next(n for n, line in enumerate(lines) if line.strip() in HEADINGS)
    return lines[start + 1 : lines.index("", start)]


def test_a_reason_of_one() -> None:
    assert untold("en", "wifi") == ["   Wi-Fi: a program needed for this is not installed"]


def test_a_reason_of_several() -> None:
    assert untold("en", "os", "wifi") == [
        "   Operating system updates · Wi-Fi",
        "     a program needed for this is not installed",
    ]
    assert untold("ja", "os", "wifi")[1].startswith("     ")


def test_what_was_lacking_is_named() -> None:
    names, failures = (
        ("gateway", "gateway.ways"),
        {
            "gateway": Failure(code="timeout", operation="ask"),
            "gateway.ways": Failure(code="needs_missing", operation="GatewayFact"),
        },
    )
    assert untold("en", *names, **failures) == [
        "   Router: no answer in time",
        '   Other ways out: "Router" could not be told',
    ]
    assert untold("ja", *names, **failures)[1].endswith(": 「ルーター」がわからなかったため")
