"""The report for a person at a terminal: where the fault is, what not to do, the one next step.

Everything else comes after, in the order in which a tired person wants it. The report's texts are
laid out, not worded here; what stands between them is in `diag/messages`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct
from rich.cells import cell_len

from diag.catalog import Catalog
from diag.model import Args, Status
from diag.render.layout import (
    DEFAULT_WIDTH,
    KEPT_SPACE,
    NARROWEST,
    pad,
    terminal_width,
    twins,
    wrap,
)
from diag.render.safe import safe

if TYPE_CHECKING:
    from diag.report import CauseBlock, RemedyBlock, Report, ResultBlock

WIDEST = 100
"""Longer lines than this are hard to read."""
WIDE_SIGN_ENCODINGS = ("cp932", "shift_jis", "euc_jp", "cp936", "gbk", "cp949", "cp950", "big5")
"""In these, terminals draw signs such as an arrow two cells wide."""

HEADLINE, BAD, UNSURE, GOOD = "headline", "bad", "unsure", "good"
NEXT, HEADING, NOTICED, FAINT, PLAIN = "next", "heading", "noticed", "faint", ""
STYLES = {
    HEADLINE: "bold",
    BAD: "bold red",
    UNSURE: "bold yellow",
    GOOD: "bold green",
    NEXT: "bold",
    HEADING: "bold",
    NOTICED: "yellow",
    FAINT: "dim",
}

MAIN_SIGN, NEXT_SIGN, WARNING_SIGN, NOTE_SIGN = "●", "→", "!", "·"
BETWEEN = f"{KEPT_SPACE}{NOTE_SIGN} "
INDENT = 1
TEXT_INDENT = 3
"""Where a section's lines begin; the signs of the first lines hang to the left of it."""

OPEN = ("unknown", "account")
"""Verdicts beside which it helps to look where diag could not."""

STATUSES: tuple[Status, ...] = ("ok", "problem", "warning", "unknown", "not_applicable")


class Span(Struct, frozen=True):
    text: str
    style: str = PLAIN


Line = tuple[Span, ...]


def render(
    report: Report, *, width: int = DEFAULT_WIDTH, encoding: str = "utf-8", saved: bool = False
) -> str:
    """The report as plain text. `encoding` is where it will go: signs it lacks get their twins."""
    lines = _lines(report, width, encoding, saved)
    return "".join("".join(span.text for span in line).rstrip() + "\n" for line in lines)


def write(report: Report, stream: TextIO, *, saved: bool = False) -> None:
    """Write the report to a terminal, in its width and colours, or plainly to anything else.

    `saved`: the run is in the history, so that it can be shown again.
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    on_terminal = stream.isatty()
    width = terminal_width(stream) if on_terminal else DEFAULT_WIDTH
    if on_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
        _write_in_colour(_lines(report, width, encoding, saved), stream, width)
    else:
        stream.write(render(report, width=width, encoding=encoding, saved=saved))


def _write_in_colour(lines: Iterable[Line], stream: TextIO, width: int) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, width=width, markup=False, highlight=False, emoji=False)
    for line in lines:
        text = Text.assemble(*((span.text, STYLES.get(span.style, "")) for span in line))
        text.rstrip()
        console.print(text, soft_wrap=True)


def _lines(report: Report, width: int, encoding: str, saved: bool) -> list[Line]:
    page = _Page(width, encoding)
    _Composer(report, page, saved).compose()
    return page.lines


# --- the page ---------------------------------------------------------------------------------


class _Page:
    """Lines of a width. All text goes through here, and so through `safe`."""

    def __init__(self, width: int, encoding: str) -> None:
        wide_signs = encoding.lower().replace("-", "_") in WIDE_SIGN_ENCODINGS
        self.width = max(NARROWEST, min(width, WIDEST) - (2 if wide_signs else 0))
        self.twins = twins(encoding)
        self.lines: list[Line] = []

    def blank(self) -> None:
        self.lines.append(())

    def ends(self, left: str, right: str, style: str) -> None:
        """A line with something at its right end; below each other if they do not fit."""
        left, right = self._clean(left), self._clean(right)
        room = self.width - cell_len(right)
        if cell_len(left) + 2 <= room:
            self.lines.append((Span(pad(left, room), style), Span(right, FAINT)))
        else:
            self.text(left, style=style, indent=0)

    def text(
        self,
        text: str,
        *,
        sign: str = "",
        indent: int = TEXT_INDENT,
        style: str = PLAIN,
        sign_style: str = PLAIN,
    ) -> None:
        """A paragraph; its further lines begin under the first one's text, beside the sign."""
        sign = self._clean(sign)
        first = f"{' ' * indent}{sign} " if sign else " " * indent
        hang = cell_len(first)
        for number, line in enumerate(wrap(self._clean(text), self.width - hang)):
            margin = Span(" " * hang) if number else Span(first, sign_style)
            self.lines.append((margin, Span(line, style)))

    def _clean(self, text: str) -> str:
        return safe(text).translate(self.twins).strip()


# --- what stands on it ------------------------------------------------------------------------


class _Composer:
    def __init__(self, report: Report, page: _Page, saved: bool) -> None:
        self.report = report
        self.page = page
        self.saved = saved
        self.catalog = Catalog.load(report.language, family=report.snapshot.os.family)
        self.main = _main_causes(report)
        self.main_codes = {cause.code for cause in self.main}
        self.ways = [each for each in report.remedies if each.cause in self.main_codes]
        harmless = report.remedies if report.verdict.where == "none" else ()
        partial = report.verdict.left_out and report.verdict.where in ("none", "unknown")
        self.step = None if partial else next(iter((*self.ways, *harmless)), None)

    def compose(self) -> None:
        self._title()
        self._first_lines()
        self._which()
        self._other_ways()
        self._why()
        self._because_of_this()
        self._more_problems()
        self._noticed()
        self._not_told()
        self._counts()
        self._footer()

    def say(self, key: str, **args: str | int | float) -> str:
        values: Args = {"app": self.report.app.name, **args}
        now: datetime = self.report.created_at
        return self.catalog.format(
            self.catalog.ui(key), values, now=now, zone=self.report.time.zone
        )

    def heading(self, name: str) -> None:
        self.page.blank()
        self.page.text(self.say(f"heading.{name}"), indent=INDENT, style=HEADING)

    def bullet(self, text: str) -> None:
        self.page.text(text, sign=NOTE_SIGN)

    # --- the first lines ---

    def _title(self) -> None:
        title = self.say(f"title.{self.report.symptom or 'none'}")
        if self.report.subject.device == "phone":
            title = self.say("title.on_phone", title=title)
        took = self.say("form.seconds", n=f"{self.report.duration_s:.1f}")
        self.page.ends(title, took, HEADLINE)
        self.page.blank()

    def _first_lines(self) -> None:
        verdict = self.report.verdict
        told = verdict.where not in ("none", "unknown") and not verdict.alternatives
        headline = self._with_confidence(verdict.headline) if told else verdict.headline
        style = GOOD if verdict.where == "none" else BAD
        if (not told and style == BAD) or verdict.confidence == "possible":
            style = UNSURE
        self.page.text(headline, sign=MAIN_SIGN, indent=INDENT, style=HEADLINE, sign_style=style)
        if verdict.not_now:
            self.page.text(verdict.not_now)
        self._next()

    def _with_confidence(self, text: str) -> str:
        confidence = self.catalog.word("confidence", self.report.verdict.confidence)
        return self.say("form.confidence", text=text, confidence=confidence)

    def _next(self) -> None:
        healthy = self.report.verdict.where == "none" and self.report.verdict.cause is None
        if self.step is not None:
            text = self._way(self.step, "next.when_time" if healthy else "next.step")
        elif self.report.verdict.left_out:
            options = self.say("form.between").join(self.report.verdict.left_out)
            text = self.say("partial.next", options=options)
        else:
            text = self.say("next.nothing" if healthy else "next.again")
        self.page.text(text, sign=NEXT_SIGN, indent=INDENT, style=NEXT, sign_style=NEXT)
        if self.step is not None:
            self._under(self.step, whole=True)

    def _way(self, remedy: RemedyBlock, key: str) -> str:
        """A remedy in a line: what to do, how long it takes, and who has to if not the user."""
        if not remedy.effort_min:
            return self.say(f"{key}_plain", step=remedy.title)
        minutes = self.say("next.minutes", time=remedy.effort_min * 60)
        if remedy.who == "admin":
            who = self.catalog.word("who", remedy.who)
            return self.say(f"{key}_by", step=remedy.title, minutes=minutes, who=who)
        return self.say(key, step=remedy.title, minutes=minutes)

    def _under(self, remedy: RemedyBlock, *, whole: bool, indent: int = TEXT_INDENT) -> None:
        """How it is done, and what to mind; for the next step also how to check and undo it."""
        if len(remedy.steps) == 1:
            self.page.text(remedy.steps[0], indent=indent)
        else:
            for number, step in enumerate(remedy.steps, 1):
                self.page.text(step, sign=f"{number})", indent=indent)
        for link in remedy.links:
            self.page.text(link, indent=indent)
        for text in (*remedy.avoid, remedy.when_not):
            if text:
                self.page.text(text, sign=WARNING_SIGN, indent=indent, sign_style=NOTICED)
        if whole:
            for key, text in (("verify", remedy.verify), ("undo", remedy.undo)):
                if text:
                    self.page.text(self.say(f"remedy.{key}", text=text), indent=indent)

    # --- what else helps and why ---

    def _which(self) -> None:
        if not self.report.verdict.alternatives:
            return
        self.heading("which")
        for each in self.report.verdict.alternatives:
            where = self.catalog.word("where", each.where)
            self.bullet(self.say("form.and_colon", what=where, why=each.title))
            if each.deciding_test:
                self.page.text(each.deciding_test, sign=NEXT_SIGN, indent=TEXT_INDENT + 2)

    def _other_ways(self) -> None:
        if len(self.ways) < 2:
            return
        self.heading("other_ways")
        for number, remedy in enumerate(self.ways[1:], 2):
            sign = f"{number}."
            self.page.text(self._way(remedy, "next.way"), sign=sign)
            self._under(remedy, whole=False, indent=TEXT_INDENT + cell_len(sign) + 1)

    def _why(self) -> None:
        explained = [cause for cause in self.main if cause.explanation or cause.evidence_lines]
        if not explained:
            return
        self.heading("why")
        for cause in explained:
            if cause.explanation:
                self.page.text(cause.explanation)
        for line in dict.fromkeys(line for cause in explained for line in cause.evidence_lines):
            self.bullet(line)

    def _because_of_this(self) -> None:
        titles = [item.title for cause in self.main for item in cause.explains]
        if titles:
            self.heading("because_of_this")
            for title in dict.fromkeys(titles):
                self.bullet(title)
        untold = [result.title for result in self._untold_because_of_main()]
        if untold:
            self.heading("not_told_because")
            self._enumerate(untold)

    def _untold_because_of_main(self) -> list[ResultBlock]:
        return [
            result
            for result in self.report.results
            if result.status == "unknown" and result.because in self.main_codes
        ]

    def _enumerate(self, texts: Sequence[str], why: str = "") -> None:
        """A reason that several share stands below them, not beside the last."""
        each = list(dict.fromkeys(texts))
        if why and len(each) == 1:
            self.page.text(self.say("form.and_colon", what=each[0], why=why))
            return
        self.page.text(BETWEEN.join(each))
        if why:
            self.page.text(why, indent=TEXT_INDENT + 2)

    # --- what else was found ---

    def _more_problems(self) -> None:
        others = [
            cause
            for cause in self.report.causes
            if cause.severity == "problem" and cause.code not in self.main_codes
        ]
        if others:
            self.heading("more_problems")
            for cause in others:
                self._found(cause, MAIN_SIGN, BAD)

    def _noticed(self) -> None:
        others = [cause for cause in self.report.causes if cause.code not in self.main_codes]
        warnings = [cause for cause in others if cause.severity == "warning"]
        notes = [cause for cause in others if cause.severity == "info"]
        if not warnings and not notes:
            return
        self.heading("noticed")
        for cause in warnings:
            self._found(cause, WARNING_SIGN, NOTICED)
        for cause in notes:
            self._found(cause, NOTE_SIGN, PLAIN, steps=self.report.verdict.where in OPEN)

    def _found(self, cause: CauseBlock, sign: str, style: str, *, steps: bool = False) -> None:
        """A cause beside the main one, with the first thing to do about it. A note has one only
        where something could not be looked at; then how to look is the point of it."""
        self.page.text(cause.title, sign=sign, sign_style=style)
        remedy = next((each for each in self.report.remedies if each.cause == cause.code), None)
        if remedy is not None and remedy is not self.step:
            text = self._way(remedy, "next.way")
            self.page.text(text, sign=NEXT_SIGN, indent=TEXT_INDENT + 2)
            if steps:
                self._under(remedy, whole=False, indent=TEXT_INDENT + 4)

    def _not_told(self) -> None:
        """What could not be told, things with the same reason on one line."""
        covered = {result.title for result in self._untold_because_of_main()}
        by_reason: dict[str, list[str]] = {}
        for each in self.report.not_tested:
            if each.what not in covered:
                by_reason.setdefault(each.why, []).append(each.what)
        if not by_reason:
            return
        self.heading("not_told")
        for why, what in by_reason.items():
            self._enumerate(what, why)

    # --- the last lines ---

    def _counts(self) -> None:
        statuses = [result.status for result in self.report.results]
        counted = [(status, statuses.count(status)) for status in STATUSES]
        parts = [self.say(f"counts.{status}", n=n) for status, n in counted if n]
        whole = self.say("counts.all", n=len(statuses))
        self.page.blank()
        counts = BETWEEN.join(parts)
        self.page.text(
            self.say("form.and_colon", what=whole, why=counts), indent=INDENT, style=FAINT
        )

    def _footer(self) -> None:
        """What a help desk asks first: when and where that was, and by what."""
        report = self.report
        os_name = report.device.os_name or report.snapshot.os.name
        version = report.device.os_version or report.snapshot.os.version
        where = os_name if version in os_name else f"{os_name} {version}"
        day, clock = report.time.local[:10], report.time.local[11:16]
        taken = self.say("footer.taken", day=day, clock=clock, zone=report.time.zone)
        text = BETWEEN.join((taken, where, f"diag{KEPT_SPACE}{report.tool.version}"))
        self.page.text(text, indent=INDENT, style=FAINT)
        number, ticket = self.report.report_id, self.report.ticket
        text = (
            self.say("footer.ticket", number=number, ticket=ticket)
            if ticket
            else self.say("footer.number", number=number)
        )
        self.page.text(text, indent=INDENT, style=FAINT)
        if self.saved:
            self.page.text(self.say("footer.saved"), indent=INDENT, style=FAINT)


def _main_causes(report: Report) -> list[CauseBlock]:
    """What the verdict speaks of: the tied causes, or the one that it names."""
    tied = {alternative.code for alternative in report.verdict.alternatives}
    if tied:
        return [cause for cause in report.causes if cause.code in tied]
    return [cause for cause in report.causes if cause.code == report.verdict.cause]
