"""Of what the user had left out, the first lines say that nobody looked."""

from __future__ import annotations

import pytest

from diag import registry
from diag.model import Answers, Failure, Language, LeftOut, Observation, Os, Snapshot, Symptom
from diag.pipeline import report_on
from diag.render import RENDERERS
from diag.report import Header
from tests.support import NOW, profile_from

HEADER = Header(report_id="AAAA-BBBB", profile_sha256="0" * 64)
CHECKS = registry.load()


def first_lines(language: Language, symptom: Symptom | None, **left_out: LeftOut) -> str:
    """What a run says that saw nothing wrong and left these checks out; `others`: all but one."""
    others = left_out.pop("others", None)
    for name in CHECKS.checks:
        if others is not None and name != "device":
            left_out.setdefault(name, others)
    chosen = tuple(name for name in CHECKS.checks if name == "device")
    unseen = Failure(code="tool_missing", operation="look")
    snapshot = Snapshot(
        taken_at=NOW,
        zone="Asia/Tokyo",
        os=Os(family="linux"),
        profile=profile_from({}),
        answers=Answers(symptom=symptom),
        deadline_s=10.0,
        chosen=chosen,
        left_out=left_out,
        observations={name: Observation(failure=unseen, took_s=0.1) for name in chosen},
    )
    text = RENDERERS["text"](report_on(snapshot, CHECKS, language, HEADER)).decode()
    lines = text.split("\n\n")[1]
    return " ".join(line.strip() for line in lines.splitlines())


@pytest.mark.parametrize(
    ("language", "said", "next_step"),
    [
        ("en", "Nothing was sent, so the line and the service were not looked at.", "--offline"),
        ("ja", "回線とサービスは調べていません。", "--offline"),
    ],
)
@pytest.mark.parametrize("symptom", [None, "login"])
def test_offline(language: Language, said: str, next_step: str, symptom: Symptom | None) -> None:
    lines = first_lines(language, symptom, others="offline")
    assert said.replace(" ", "") in lines.replace(" ", "")
    assert f"without {next_step}" in lines or f"{next_step} を付けずに" in lines
    assert "a few minutes" not in lines
    assert "Nothing to do" not in lines


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Only this was looked at: This device."),
        ("ja", "調べたのは次の項目だけです: この PC"),
    ],
)
@pytest.mark.parametrize("symptom", [None, "login"])
def test_only(language: Language, said: str, symptom: Symptom | None) -> None:
    lines = first_lines(language, symptom, others="not_chosen")
    assert said.replace(" ", "") in lines.replace(" ", "")
    assert "--only" in lines
    assert "nothing to reset" not in lines


def test_skip_names_what_login_needs() -> None:
    lines = first_lines("en", None, endpoint="skipped")
    assert "Left out on request: What login needs." in lines
    assert "without --skip" in lines


def test_many_are_not_counted_up() -> None:
    lines = first_lines("en", None, others="skipped")
    assert "Much of what login needs was left out on request." in lines


def test_what_login_does_not_need_may_be_left_out() -> None:
    lines = first_lines("en", None, wifi="skipped")
    assert lines.startswith("● No problem found. There is nothing to reset")
