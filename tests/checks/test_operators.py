"""When the line is down, the report names the operators' fault pages, for another device."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from checks.internet import CHECK
from checks.operators import OPERATORS, fault_pages
from diag.catalog import Catalog
from diag.model import Language
from tests.checks.endpoint.devices import OFFLINE
from tests.support import findings, view


def steps(language: Language, zone: str) -> tuple[str, ...]:
    """What somebody whose line is dead reads under "ask the provider"."""
    (down,) = findings(CHECK, OFFLINE, view(zone=zone))
    catalog = Catalog.load(language, ("checks",))
    words = catalog.remedy("line.ask_provider")
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return catalog.lines(words.steps_for("linux"), down.args, now=now, zone=zone)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "NTT docomo: https://www.docomo.ne.jp/info/status/"),
        ("ja", "NTT ドコモ: https://www.docomo.ne.jp/info/status/"),
    ],
)
def test_in_japan_each_operators_page_is_a_line_of_its_own(language: Language, line: str) -> None:
    told = steps(language, "Asia/Tokyo")
    assert line in told
    assert len([each for each in told if "https://" in each]) == len(OPERATORS)


def test_elsewhere_no_page_is_named_and_the_advice_is_whole() -> None:
    told = steps("en", "Europe/Berlin")
    assert fault_pages("Europe/Berlin") is None
    assert len(told) == 2
    assert not any("{" in each or "http" in each for each in told)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.page)
def test_every_operator_has_a_secure_page_a_name_in_both_languages_and_a_source(
    operator: object,
) -> None:
    (each,) = [one for one in OPERATORS if one is operator]
    assert urlsplit(each.page).scheme == "https"
    assert set(each.name) == {"en", "ja"}
    assert each.source
