"""`diag watch`: look again and again until the cause is gone, then say so."""

from __future__ import annotations

import re

import click

from diag.cli import options

SHORTEST_S = 10.0
USUAL_S = 30.0
LONGEST_S = 24 * 3600.0
USUAL_FOR_S = 2 * 3600.0

_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600}
_DURATION = re.compile(r"(\d{1,6})(s|min|m|h)?")


class Duration(click.ParamType[float]):
    """Seconds, or a number with s, m or h after it: 90, 30m, 2h, 1h30m."""

    name = "duration"

    def __init__(self, shortest_s: float, longest_s: float) -> None:
        self._shortest_s = shortest_s
        self._longest_s = longest_s

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, (int, float)):
            return float(value)
        text = str(value).strip().lower().replace(" ", "")
        if not re.fullmatch(f"(?:{_DURATION.pattern})+", text):
            raise self._wrong(value, param, ctx)
        seconds = float(sum(int(n) * _UNITS[unit] for n, unit in _DURATION.findall(text)))
        if not self._shortest_s <= seconds <= self._longest_s:
            raise self._wrong(value, param, ctx)
        return seconds

    def _wrong(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> click.BadParameter:
        from diag.cli.wrong import WrongValue

        low, high = self._shortest_s, self._longest_s
        return WrongValue("duration", param, ctx, value=str(value), low=low, high=high)


@click.command("watch", short_help="Wait until it works again, then say so.")
@click.option("--app", metavar="ID|FILE", help="App profile: a bundled id or a TOML file.")
@click.option(
    "--for",
    "longest_s",
    type=Duration(1, LONGEST_S),
    default=USUAL_FOR_S,
    metavar="TIME",
    help="Longest wait: 90s, 30m, 2h (default: 2h).",
)
@click.option(
    "--every",
    "every_s",
    type=Duration(SHORTEST_S, 3600),
    default=USUAL_S,
    metavar="TIME",
    help="Shortest wait between two looks; it grows (default: 30s).",
)
@options.language
@click.option(
    "--deadline",
    type=click.FloatRange(1, 300),
    metavar="SECONDS",
    help=f"Longest one look may take (default: {options.DEFAULT_DEADLINE_S:g}).",
)
def command(
    app: str | None, longest_s: float, every_s: float, lang: str | None, deadline: float | None
) -> int:
    """Look again and again, politely, until nothing is wrong any more; then say so.

    Ends with 0 once it works, with 1 or 3 if it does not within the longest wait. Ctrl-C shows the
    report of the last look.
    """
    from diag.cli.watching import WatchRequest, watch

    return watch(
        WatchRequest(app=app, longest_s=longest_s, every_s=every_s, lang=lang, deadline=deadline)
    )
