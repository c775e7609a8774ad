"""A third party's check may hang in C, crash the interpreter or print: the others do not notice."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from pathlib import Path

import pytest

from diag import registry
from diag.deadline import Deadline
from diag.model import Answers, Observation
from diag.observe import observe
from tests.support import profile_from, replay
from tests.toys import toy_check

PLUGIN = """
import os, re, signal
from diag.model import Check, Failed, Fact, Public

def made(name, collect):
    body = {"__annotations__": {"note": Public}, "note": ""}
    fact = type(name, (Fact,), body, frozen=True, kw_only=True)
    return Check(
        name=name, fact=fact, collect=lambda _, ctx: collect(fact, ctx), judge=lambda *_: ()
    )

def good(fact, ctx):
    print("chatter on stdout")
    return fact(note=f"{ctx.profile.app.id} in process {os.getpid()}")

def refuse(fact, ctx):
    raise Failed("denied", "look", "no permission")

GOOD = made("good", good)
REFUSE = made("refuse", refuse)
SEGFAULT = made("segfault", lambda *_: os.kill(os.getpid(), signal.SIGSEGV))
BACKTRACK = made("backtrack", lambda *_: re.match(r"(a|a)*b", "a" * 40))
RAISE = made("raise", lambda *_: 1 / 0)
"""
NAMES = ("good", "refuse", "segfault", "backtrack", "raise")


def install(place: Path, mode: int = 0o644) -> None:
    info = place / "foreign_plugin-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-plugin\nVersion: 1\n")
    lines = [f"{name} = foreign_plugin:{name.upper()}" for name in NAMES]
    (info / "entry_points.txt").write_text("[diag.checks]\n" + "\n".join(lines) + "\n")
    (place / "foreign_plugin.py").write_text(textwrap.dedent(PLUGIN))
    (place / "foreign_plugin.py").chmod(mode)


def collected(seconds: float) -> dict[str, Observation]:
    found = registry.load().checks
    checks = [found[name] for name in NAMES]
    checks += [toy_check(f"own{number}") for number in range(5)]
    deadline = Deadline.after(seconds)
    return observe(replay(), checks, profile_from({}), Answers(), deadline).observations


def test_whatever_a_plug_in_does_the_run_ends_in_time_with_everyone_in(place: Path) -> None:
    install(place)
    started = time.monotonic()
    seen = collected(seconds=3.0)
    assert time.monotonic() - started <= 3.5, "the promised deadline + 0.5 s"
    good = seen["good"].fact
    assert good is not None
    assert good.note.startswith("example in process ")
    assert not good.note.endswith(f" {os.getpid()}")
    failures = {name: each.failure for name, each in seen.items() if each.failure}
    assert {name: failure.code for name, failure in failures.items()} == {
        "refuse": "denied",
        "segfault": "crash",
        "backtrack": "timeout",
        "raise": "crash",
    }
    assert "division by zero" in failures["raise"].detail
    assert all(seen[f"own{number}"].fact is not None for number in range(5))


def test_as_root_a_plug_in_that_others_can_change_is_not_even_imported(place: Path) -> None:
    if os.geteuid() != 0:
        assert "CI" not in os.environ, "CI runs as root"
        pytest.skip("only root refuses")
    install(place, mode=0o666)
    broken = {each.name: each.reason for each in registry.load().broken}
    assert (
        broken["good"] == "not run as root: others than root can change its files or a folder above"
    )
    assert "foreign_plugin" not in sys.modules
