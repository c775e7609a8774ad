"""The report's first lines: what they promise is proven, and no more than that."""

from __future__ import annotations

import pytest

from diag.model import Answers, Confidence, Layer, Where
from diag.pipeline import report_on
from diag.registry import Registry
from diag.report import Header, VerdictBlock
from tests.toys import found, snapshot_of, toy_check, toy_problem

HEADER = Header(report_id="AAAA-BBBB", profile_sha256="0" * 64)
NOT_YOUR_INPUT = "what you typed is not the cause"


def verdict(code: str, where: Where, confidence: Confidence) -> VerdictBlock:
    """Of one cause with the texts of a real one that does not say itself what not to do."""
    check = toy_check(
        "link",
        toy_problem(code, where=where, layer=Layer.LINK, remedies=()),
        says=[found(code, confidence=confidence)],
    )
    snapshot = snapshot_of([check], answers=Answers(symptom="login"))
    report = report_on(snapshot, Registry({"link": check}), "en", HEADER)
    assert report.causes[0].code == report.verdict.cause == code
    return report.verdict


@pytest.mark.parametrize("confidence", ["certain", "likely"])
@pytest.mark.parametrize("where", ["network", "service"])
def test_the_input_is_cleared_where_it_is_proven(where: Where, confidence: Confidence) -> None:
    assert NOT_YOUR_INPUT in verdict("internet.down", where, confidence).not_now


@pytest.mark.parametrize("where", ["network", "service"])
def test_the_input_is_not_cleared_by_what_is_merely_possible(where: Where) -> None:
    said = verdict("internet.down", where, "possible")
    assert (said.where, said.confidence) == (where, "possible")
    assert NOT_YOUR_INPUT not in said.not_now
    assert said.not_now


@pytest.mark.parametrize("confidence", ["certain", "possible"])
@pytest.mark.parametrize("where", ["device", "account"])
def test_the_input_is_not_cleared_by_a_fault_on_this_side(
    where: Where, confidence: Confidence
) -> None:
    assert NOT_YOUR_INPUT not in verdict("link.down", where, confidence).not_now
