"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

LANGUAGES = ("ja", "en")
FORMATS = ("text", "json", "jsonl", "prometheus", "nagios")
SEVERITIES = ("problem", "warning")
DEFAULT_DEADLINE_S = 10.0


class FiniteRange(click.FloatRange):
    """A range without NaN, which is on neither side of any bound."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


def language(command: Command) -> Command:
    return click.option(
        "--lang", type=click.Choice(LANGUAGES), help="Language of the report (default: yours)."
    )(command)


def output(command: Command) -> Command:
    """`--format` and `-o`: where the report goes and in which form."""
    command = click.option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write the report to FILE (- is stdout); its suffix chooses the format.",
    )(command)
    return click.option(
        "--format", "form", type=click.Choice(FORMATS), help="Form of the report (default: text)."
    )(command)


def fail_on(command: Command) -> Command:
    return click.option(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        default="problem",
        show_default=True,
        help="What makes the exit code 1.",
    )(command)


def private(command: Command) -> Command:
    return click.option(
        "--private",
        "keep_private",
        is_flag=True,
        help="Leave addresses, names and the like in files and pipes.",
    )(command)
