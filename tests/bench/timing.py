"""Whole processes timed in turn, so that a machine that speeds up or slows down hits both alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence

from msgspec import Struct


class Timing(Struct, frozen=True):
    """Medians over the runs of one command: wall and CPU seconds of the whole process tree."""

    wall_s: float
    cpu_s: float


class Line(Struct, frozen=True):
    """One budget as measured: a figure, its bound, and how it came about."""

    budget: str
    figure: float
    bound: float
    unit: str
    detail: str

    @property
    def met(self) -> bool:
        return self.figure <= self.bound

    def __str__(self) -> str:
        verdict = "met    " if self.met else "NOT MET"
        bound = f"{self.figure:8.2f} of at most {self.bound:g} {self.unit}"
        return f"{verdict}  {self.budget:<44} {bound:<32} {self.detail}"


def _once(argv: Sequence[str], env: Mapping[str, str] | None) -> tuple[float, float]:
    before = os.times()
    started = time.perf_counter()
    subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, env=env)
    wall = time.perf_counter() - started
    after = os.times()
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return wall, cpu


def in_turn(
    *commands: Sequence[str], runs: int = 15, env: Mapping[str, str] | None = None
) -> list[Timing]:
    """Run the commands A B A B ... after one warm-up each, and give each one's medians."""
    for argv in commands:
        _once(argv, env)
    taken: list[list[tuple[float, float]]] = [[] for _ in commands]
    for _ in range(runs):
        for results, argv in zip(taken, commands, strict=True):
            results.append(_once(argv, env))
    return [
        Timing(
            statistics.median(wall for wall, _ in results),
            statistics.median(cpu for _, cpu in results),
        )
        for results in taken
    ]


def ratio(budget: str, ours: Timing, theirs: Timing, bound: float) -> Line:
    detail = f"{ours.wall_s * 1000:.0f} ms against {theirs.wall_s * 1000:.0f} ms"
    return Line(budget, ours.wall_s / theirs.wall_s, bound, "x", detail)
