"""A warning that says what not to do now comes up to the first lines; others wait their turn."""

from __future__ import annotations

import pytest

from checks.security.facts import Antivirus, RemoteTool, SecurityFact
from diag import registry
from diag.model import Answers, Language, Observation, Os, Snapshot
from diag.pipeline import report_on
from diag.render import RENDERERS
from diag.report import Header
from tests.support import NOW, profile_from

HEADER = Header(report_id="AAAA-BBBB", profile_sha256="0" * 64)
LOOKED_AFTER = (Antivirus(name="Defender", on=True, current=True),)


def first_lines(fact: SecurityFact, language: Language) -> list[str]:
    snapshot = Snapshot(
        taken_at=NOW,
        zone="Asia/Tokyo",
        os=Os(family="windows"),
        profile=profile_from({}),
        answers=Answers(),
        deadline_s=10.0,
        chosen=("device.security",),
        observations={"device.security": Observation(fact=fact, took_s=0.1)},
    )
    report = report_on(snapshot, registry.load(), language, HEADER)
    return RENDERERS["text"](report).decode().splitlines()[2:12]


@pytest.mark.parametrize(
    ("language", "takes_care", "not_now", "step"),
    [
        (
            "en",
            "No problem found, but take care.",
            "Do not log in and do not read out a code",
            "→ Next",
        ),
        ("ja", "問題は見つかりませんでしたが、気をつけてください。", "ログイン", "→ 次にすること"),
    ],
)
def test_what_not_to_do_now_is_said_first(
    language: Language, takes_care: str, not_now: str, step: str
) -> None:
    fact = SecurityFact(
        antivirus=LOOKED_AFTER, remote=(RemoteTool(name="AnyDesk", open=True),), encrypted=True
    )
    said = "".join(line.strip() + " " for line in first_lines(fact, language))
    assert takes_care in said.replace("\n", "") or takes_care in said.replace(" ", "")
    assert "AnyDesk" in said
    assert not_now in said
    assert step in said


def test_a_warning_that_can_wait_waits() -> None:
    fact = SecurityFact(antivirus=(), encrypted=True)
    said = " ".join(first_lines(fact, "en"))
    assert "No problem found." in said
    assert "When you have time" in said
