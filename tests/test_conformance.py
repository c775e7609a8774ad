"""Rules over every registered check. A new check is held to them without a line here."""

from __future__ import annotations

import string
import subprocess
import sys
import tomllib
import typing
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from typing import Any, get_args, get_origin

import msgspec
import pytest

from diag import registry
from diag.blame import parents_of
from diag.model import AnyCheck, Fact, Problem
from diag.privacy import privacy_mark

LOADED = registry.load()
CHECKS: list[AnyCheck] = list(LOADED.checks.values())
PROBLEMS: list[Problem] = [problem for check in CHECKS for problem in check.problems]
LANGUAGES = ("en", "ja")
OS_KEYS = {"windows", "macos", "linux", "other"}

each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
each_problem = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.code)


def texts(language: str, package: str = "checks") -> dict[str, Any]:
    file = resources.files(package).joinpath("messages", f"{language}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


TEXTS = {language: texts(language) for language in LANGUAGES}


def test_every_built_in_check_loads() -> None:
    assert LOADED.broken == ()
    assert set(registry.ORDER) <= set(LOADED.checks)


def test_codes_are_unique() -> None:
    counts = Counter(problem.code for problem in PROBLEMS)
    assert [code for code, count in counts.items() if count > 1] == []


def test_blame_names_only_declared_problems() -> None:
    declared = {problem.code for problem in PROBLEMS}
    for code, edges in parents_of(PROBLEMS).items():
        assert {code, *(edge.code for edge in edges)} <= declared, code
    for problem in PROBLEMS:
        assert set(problem.rivals) <= declared, problem.code


def test_rivals_know_each_other() -> None:
    rivals = {problem.code: problem.rivals for problem in PROBLEMS}
    for code, others in rivals.items():
        for other in others:
            assert code in rivals[other], f"{other} does not name {code}"


# --- facts ---


def strings_of(annotation: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Every string in a type, with where it stands and the annotation that holds it."""
    if privacy_mark(annotation) is not None:
        return
    if annotation is str:
        yield where, annotation
    elif isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        hints = typing.get_type_hints(annotation, include_extras=True)
        for field in annotation.__struct_fields__:
            yield from strings_of(hints[field], f"{where}.{field}")
    elif get_origin(annotation) is not typing.Literal:
        for argument in get_args(annotation):
            yield from strings_of(argument, where)


@each_check
def test_every_string_of_a_fact_says_what_it_is(check: AnyCheck) -> None:
    assert list(strings_of(check.fact, check.fact.__name__)) == []


@each_check
def test_a_facts_schema_can_be_written(check: AnyCheck) -> None:
    assert issubclass(check.fact, Fact)
    assert msgspec.json.schema(check.fact)["$defs"]


# --- texts ---


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    else:
        yield path, value


def placeholders(value: Any) -> list[str]:
    """The placeholders of a text or of all its alternatives, with their forms, sorted."""
    lines = value if isinstance(value, list) else [value]
    found = set()
    for line in lines:
        for _, name, form, _ in string.Formatter().parse(line):
            if name is not None:
                found.add(f"{name}:{form}" if form else name)
    return sorted(found)


@pytest.mark.parametrize("package", sorted({"diag", *(check.texts for check in CHECKS)}))
def test_both_languages_have_the_same_keys_and_placeholders(package: str) -> None:
    english = dict(leaves(texts("en", package)))
    japanese = dict(leaves(texts("ja", package)))
    assert set(english) == set(japanese)
    assert {path: placeholders(value) for path, value in english.items()} == {
        path: placeholders(value) for path, value in japanese.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
@each_check
def test_every_check_has_a_title(check: AnyCheck, language: str) -> None:
    assert TEXTS[language]["check"][check.name]["title"].strip()


@pytest.mark.parametrize("language", LANGUAGES)
@each_problem
def test_every_problem_is_explained(problem: Problem, language: str) -> None:
    cause = TEXTS[language]["cause"][problem.code]
    known = {"title", "explanation", "evidence", "not_now", "deciding_test", "tie"}
    assert set(cause) <= known
    assert cause["title"]
    assert cause["explanation"]
    if problem.rivals:
        assert cause["deciding_test"], "a tie needs its test"
        assert cause["tie"], "a tie needs a headline that leaves it open"


@pytest.mark.parametrize("language", LANGUAGES)
@each_problem
def test_every_problem_has_remedies_that_can_be_followed(problem: Problem, language: str) -> None:
    assert problem.remedies
    for remedy in problem.remedies:
        words = TEXTS[language]["remedy"][remedy.code]
        known = {"title", "steps", "avoid", "undo", "verify", "when_not", "links"}
        assert set(words) <= known, remedy.code
        assert words["title"]
        assert words["steps"]
        if isinstance(words["steps"], dict):
            assert set(words["steps"]) <= OS_KEYS
            assert {"windows", "macos", "linux"} <= set(words["steps"])


@each_problem
def test_what_is_risky_is_never_the_first_thing_to_try(problem: Problem) -> None:
    assert problem.remedies[0].risk in ("none", "low")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_over(language: str) -> None:
    codes = {problem.code for problem in PROBLEMS}
    remedies = {remedy.code for problem in PROBLEMS for remedy in problem.remedies}
    assert set(TEXTS[language]["cause"]) <= codes
    assert set(TEXTS[language]["remedy"]) <= remedies
    assert set(TEXTS[language]["check"]) <= set(LOADED.checks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_shouts_or_blames(language: str) -> None:
    """No exclamation marks, no "error occurred", no "you did"."""
    for path, value in leaves(TEXTS[language]):
        for line in value if isinstance(value, list) else [value]:
            place = ".".join(path)
            assert "!" not in line, place
            assert "！" not in line, place
            assert "error occurred" not in line.lower(), place
            assert "エラーが発生" not in line, place


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_harmful_advice(language: str) -> None:
    """DESIGN, rule 10: what is never advised. What is warned of stands under `avoid`."""
    harmful = {
        "en": ["reinstall", "network reset", "reset the network", "disable ipv6", "use a vpn"],
        "ja": ["再インストール", "ネットワークのリセット", "IPv6 を無効", "VPN を使って"],
    }
    for path, value in leaves(TEXTS[language].get("remedy", {})):
        if path[-1] in ("avoid", "when_not"):
            continue
        for line in value if isinstance(value, list) else [value]:
            for advice in harmful[language]:
                assert advice not in line.lower(), f"{'.'.join(path)}: {line}"


# --- every operating system ---


@pytest.mark.parametrize("platform", ["win32", "darwin", "linux"])
def test_everything_is_importable_on_every_system(platform: str) -> None:
    """What a module imports at its top must not depend on the system it runs on."""
    script = (
        "import sys, importlib, pkgutil\n"
        "import click, msgspec, ssl, socket, subprocess, http.client, asyncio, ctypes, zoneinfo\n"
        "import platformdirs, psutil, requests, truststore\n"
        f"sys.platform = {platform!r}\n"
        "import diag, checks\n"
        "for package in (diag, checks):\n"
        "    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        if not module.name.endswith('__main__'):\n"
        "            importlib.import_module(module.name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
