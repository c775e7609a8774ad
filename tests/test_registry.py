"""Finding checks: what clashes or breaks is left out and named, the rest goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from diag import registry
from diag.model import Fact
from diag.registry import assemble
from diag.selection import NoSuchCheck, NothingLeft, select
from tests.cli.diag_process import diag
from tests.toys import ToyFact, toy_check, toy_problem


class OtherFact(Fact, frozen=True, kw_only=True):
    """Of a check that is not there."""


def reasons(*checks: object) -> dict[str, str]:
    return {each.name: each.reason for each in assemble(checks).broken}  # type: ignore[arg-type]


def test_names_facts_and_codes_are_taken_once() -> None:
    first = toy_check("first", toy_problem("x.y"), fact=ToyFact)
    assert reasons(first, toy_check("first")) == {"first": "another check has this name"}
    assert reasons(first, toy_check("other", fact=ToyFact)) == {
        "other": "another check provides this fact"
    }
    assert reasons(first, toy_check("other", toy_problem("x.y"))) == {
        "other": "declared already: x.y"
    }


def test_a_gap_in_the_needs_is_named() -> None:
    assert reasons(toy_check("lone", needs=(ToyFact,))) == {"lone": "no check provides ToyFact"}


def test_what_needs_a_check_that_was_left_out_is_left_out_too() -> None:
    """Whichever comes first."""
    above = toy_check("above", needs=(ToyFact,))
    between = toy_check("between", fact=ToyFact, needs=(OtherFact,))
    for both in ((above, between), (between, above)):
        assert reasons(*both) == {
            "above": "no check provides ToyFact",
            "between": "no check provides OtherFact",
        }


def test_a_circle_of_blame_is_refused() -> None:
    a = toy_check("a", toy_problem("a.a", explained_by=("b.b",)))
    b = toy_check("b", toy_problem("b.b", explained_by=("a.a",)))
    assert reasons(a, b) == {"b": "goes round in a circle: a.a > b.b > a.a"}
    assert list(assemble([a, b]).checks) == ["a"]


def test_built_in_checks_come_in_their_order_then_the_others_by_name() -> None:
    names = ["zeta", "wifi", "app.phone", "alpha", "link"]
    kept = assemble(toy_check(name) for name in names).checks
    assert list(kept) == ["link", "app.phone", "wifi", "alpha", "zeta"]


def test_providers_are_found_through_the_needs() -> None:
    first = toy_check("first", fact=ToyFact)
    second = toy_check("second", needs=(ToyFact,))
    found = assemble([first, second, toy_check("third")])
    assert [each.name for each in found.providers(["second"])] == ["first", "second"]


def plug_in(place: Path, code: str) -> None:
    info = place / "broken_plugin-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-plugin\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[diag.checks]\nbroken = broken_plugin:CHECK\n")
    (place / "broken_plugin.py").write_text(code)


IMPOSSIBLE = """
from diag.model import Check, Fact, Layer, Problem, Remedy
class BrokenFact(Fact, frozen=True, kw_only=True):
    pass
given = dict(code="broken.it", severity="warning", where="device", layer=Layer.LINK)
given["remedies"] = (Remedy(code="broken.fix", minutes=2),)
CHECK = Check(
    name="broken", fact=BrokenFact, collect=lambda *_: BrokenFact(), judge=lambda *_: (),
    problems=(Problem(**{**given, **CHANGED}),), texts="broken_plugin",
)
"""


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ('{"severity": "bad"}', "severity='bad' is none of info, warning, problem"),
        ('{"where": "moon"}', "where='moon' is none of service, network, device, account"),
        ('{"layer": 3.5}', "layer=3.5 is no Layer"),
        (
            '{"remedies": (Remedy(code="broken.fix", minutes=2, risk="some"),)}',
            "risk='some' is none of none, low, medium, high",
        ),
    ],
)
def test_a_plug_in_with_an_impossible_problem_costs_nobody_else_anything(
    place: Path, monkeypatch: pytest.MonkeyPatch, changed: str, reason: str
) -> None:
    plug_in(place, IMPOSSIBLE.replace("CHANGED", changed))
    monkeypatch.delitem(sys.modules, "broken_plugin", raising=False)
    found = registry.load()
    assert [each.name for each in found.broken] == ["broken"]
    assert reason in found.broken[0].reason
    assert "link" in found.checks
    shown = diag(place, "run", "--only", "broken", env={"PYTHONPATH": str(place)})
    assert "'broken' is installed, but left out: ValueError: broken" in shown.stderr.decode()
    japanese = {"PYTHONPATH": str(place), "LANG": "ja_JP.UTF-8"}
    shown = diag(place, "checks", "show", "broken", env=japanese)
    assert "「broken」は入っていますが、使えません" in shown.stderr.decode()


def test_a_plug_in_as_the_docs_say_is_taken(place: Path) -> None:
    plug_in(place, IMPOSSIBLE.replace("CHANGED", "{}"))
    assert "broken" in registry.load().checks


def test_a_plug_in_that_does_not_import_is_named_and_the_rest_is_there(
    place: Path,
) -> None:
    plug_in(place, "raise RuntimeError('no such thing')\n")
    found = registry.load()
    assert [(each.name, each.reason) for each in found.broken] == [
        ("broken", "RuntimeError: no such thing")
    ]
    assert "link" in found.checks


def test_selection_by_pattern() -> None:
    checks = assemble(
        [toy_check("link"), toy_check("app"), toy_check("app.phone"), toy_check("dns")]
    ).checks
    picked = select(checks, only=("app*",), skip=("app.phone",))
    assert picked.chosen == ("app",)
    assert picked.left_out == {"link": "not_chosen", "dns": "not_chosen", "app.phone": "skipped"}


def test_offline_leaves_out_what_uses_the_network() -> None:
    checks = assemble([toy_check("link"), toy_check("dns", uses_network=True)]).checks
    assert select(checks, offline=True).left_out == {"dns": "offline"}


def test_a_check_of_the_phone_is_for_trouble_on_the_phone() -> None:
    checks = assemble([toy_check("link"), toy_check("app.phone", only_on="phone")]).checks
    assert select(checks).left_out == {"app.phone": "elsewhere"}
    assert select(checks, on="phone").chosen == ("link", "app.phone")
    with pytest.raises(NothingLeft) as nothing:
        select(checks, only=("app.phone",))
    assert nothing.value.on_phone == "app.phone"


def test_a_pattern_that_matches_nothing_names_the_nearest() -> None:
    checks = assemble([toy_check("endpoint"), toy_check("dns")]).checks
    with pytest.raises(NoSuchCheck) as misspelt:
        select(checks, only=("endpiont",))
    assert (misspelt.value.option, misspelt.value.near) == ("--only", "endpoint")
    with pytest.raises(NoSuchCheck) as unknown:
        select(checks, skip=("zzz",))
    assert (unknown.value.near, sorted(unknown.value.names)) == (None, ["dns", "endpoint"])
