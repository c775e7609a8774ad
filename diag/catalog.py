"""Texts by code and language: what stands in `messages/{en,ja}.toml`, put together with values.

The form of texts is in docs/texts.md. A text that is missing or does not fit never stops a report:
the code itself is shown, and `tests/test_conformance.py` finds it before a user does.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from string import Formatter
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from diag.app_profile import LocalText
from diag.model import Args, Language, OsFamily
from diag.render.safe import safe

Template = str | Sequence[str]
"""One text, or alternatives of which the first with a value for each placeholder is used."""
Lines = Sequence[Template]
"""Lines, of which those that lack a value are left out."""
StepsByOs = Lines | Mapping[str, Lines]

CORE = "diag"
FALLBACK_LANGUAGE = "en"
FORMS = ("", "time", "date", "until", "duration", "seconds", "list", "each")
WORD_FORM = "word."

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
YEAR = 365 * DAY


class Texts(Struct, frozen=True, kw_only=True):
    title: Template


class CauseTexts(Texts, frozen=True, kw_only=True):
    explanation: Template = ""
    evidence: Lines = ()
    not_now: Template = ""
    deciding_test: Template = ""
    tie: Template = ""


class RemedyTexts(Texts, frozen=True, kw_only=True):
    steps: StepsByOs = ()
    avoid: Lines = ()
    undo: Template = ""
    verify: Template = ""
    when_not: Template = ""
    links: Lines = ()

    def steps_for(self, family: OsFamily) -> Lines:
        if isinstance(self.steps, Mapping):
            return self.steps.get(family) or self.steps.get("other") or ()
        return self.steps


class TemplateError(ValueError):
    """A text that cannot be filled in by anyone: a broken brace, an unknown form."""


class Placeholder(Struct, frozen=True):
    name: str
    form: str


class Catalog:
    """One language's texts. Files are read once; a text is parsed when it is first asked for.

    Texts say "this PC" of the device that diag runs on; for a Mac that becomes "this Mac".
    """

    def __init__(
        self, language: Language, sources: Sequence[Messages], family: OsFamily = "other"
    ) -> None:
        self.language = language
        self._sources = sources
        self._family = family
        self._found: dict[tuple[str, str], dict[str, Any]] = {}

    @classmethod
    def load(
        cls, language: Language, packages: Iterable[str] = (), family: OsFamily = "other"
    ) -> Catalog:
        """The texts of `diag` and of these packages; where two have a text, the first one's.

        A package without texts in this language gives its English ones, or none at all. `family`
        is that of the device that the texts speak of.
        """
        names = dict.fromkeys((CORE, *packages))
        found = (_read(package, language) for package in names)
        return cls(language, [messages for messages in found if messages is not None], family)

    # --- texts by code --------------------------------------------------------------------------

    def cause(self, code: str) -> CauseTexts:
        return _texts(CauseTexts, self._section("cause", code), code)

    def remedy(self, code: str) -> RemedyTexts:
        return _texts(RemedyTexts, self._section("remedy", code), code)

    def check(self, name: str) -> str:
        """A check's label; `app.phone` without one of its own is called what `app` is."""
        for key in (name, name.partition(".")[0]):
            title = self._section("check", key).get("title")
            if isinstance(title, str):
                return self.of_this_device(title)
        return name

    def understood(self, check: str, key: str) -> Template:
        """How a source of the profile was understood, in words."""
        text = self._section("understood", check).get(key)
        return text if isinstance(text, (str, list)) else _literally(f"{check}.{key}")

    def ui(self, key: str) -> Template:
        """One of the report's own texts, by `group.name`."""
        group, _, name = key.partition(".")
        text = self._section("ui", group).get(name)
        return text if isinstance(text, (str, list)) else _literally(key)

    def word(self, vocabulary: str, value: object) -> str:
        """A closed value in words; the value itself if the vocabulary does not know it."""
        key = str(value).lower() if isinstance(value, bool) else str(value)
        word = self._section("words", vocabulary).get(key)
        return self.of_this_device(word) if isinstance(word, str) else safe(key)

    def local(self, text: LocalText) -> str:
        """A text by language, in this one, else in English, else in any."""
        for language in (self.language, FALLBACK_LANGUAGE, *text):
            if text.get(language):
                return safe(text[language])
        return ""

    def of_this_device(self, text: str) -> str:
        """A text of ours, with the device called what it is."""
        names = self._section("words", "this_device")
        usual = names.get("pc")
        if not isinstance(usual, str) or usual.casefold() not in text.casefold():
            return text
        own = names.get(self._family, usual)
        return text.replace(usual, own).replace(_capitalised(usual), _capitalised(own))

    def _section(self, kind: str, name: str) -> dict[str, Any]:
        key = (kind, name)
        if key not in self._found:
            tables = (source.section(kind, name) for source in self._sources)
            self._found[key] = next((table for table in tables if table), {})
        return self._found[key]

    # --- values into texts ----------------------------------------------------------------------

    def format(self, template: Template | None, args: Args, *, now: datetime, zone: str) -> str:
        """The first alternative whose placeholders all have a value; "" if there is none.

        `now` is the instant that the report speaks of, `zone` the user's IANA time zone.
        """
        if not template:
            return ""
        values = _Values(self, args, now, _zone(zone))
        for alternative in _alternatives(template):
            text = values.fill(alternative)
            if text is not None:
                return text
        return ""

    def lines(
        self, templates: Lines | None, args: Args, *, now: datetime, zone: str
    ) -> tuple[str, ...]:
        """Lines with their values; those that lack one are left out. One with `{x:each}` becomes a
        line for each item of the list.
        """
        if not templates:
            return ()
        each = [templates] if isinstance(templates, str) else templates
        texts = (
            self.format(template, values, now=now, zone=zone)
            for template in each
            for values in _one_by_one(template, args)
        )
        return tuple(text for text in texts if text)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _one_by_one(template: Template, args: Args) -> Iterable[Args]:
    """The args, once for each item of the list that `{x:each}` in this line names."""
    try:
        names = [part.name for part in placeholders(template) if part.form == "each"]
    except TemplateError:
        names = []
    if not names:
        return [args]
    items = args.get(names[0])
    listed = items if isinstance(items, (list, tuple)) else ()
    return [{**args, names[0]: item} for item in listed]


def placeholders(template: Template) -> frozenset[Placeholder]:
    """What the alternatives of a text ask for; raises `TemplateError` if it can never be filled."""
    return frozenset(
        part
        for text in _alternatives(template)
        for part in _parse(text)
        if isinstance(part, Placeholder)
    )


def _alternatives(template: Template) -> Sequence[str]:
    return [template] if isinstance(template, str) else template


T = TypeVar("T", bound=Texts)


def _texts(kind: type[T], table: dict[str, Any], code: str) -> T:
    """A section as texts. The title ends in the code, so that no cause is ever nameless."""
    try:
        texts = msgspec.convert({"title": "", **table}, kind)
    except msgspec.ValidationError:  # a plug-in's texts of another form
        texts = msgspec.convert({"title": ""}, kind)
    title = [each for each in _alternatives(texts.title) if each]
    return msgspec.structs.replace(texts, title=[*title, _literally(code)])


def _literally(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


@lru_cache(maxsize=2048)
def _parse(template: str) -> tuple[str | Placeholder, ...]:
    """Literal texts and placeholders. A placeholder is a bare name: nothing inside a value."""
    parts: list[str | Placeholder] = []
    try:
        for literal, name, form, conversion in Formatter().parse(template):
            if literal:
                parts.append(literal)
            if name is None:
                continue
            if not name.isidentifier() or conversion:
                raise TemplateError(f"{template!r}: a placeholder is a bare name, not {name!r}")
            form = form or ""
            if form not in FORMS and not (form.startswith(WORD_FORM) and form != WORD_FORM):
                raise TemplateError(f"{template!r}: there is no form {form!r}")
            parts.append(Placeholder(name, form))
    except TemplateError:
        raise
    except ValueError as error:
        raise TemplateError(f"{template!r}: {error}") from error
    return tuple(parts)


# --- the forms of values ----------------------------------------------------------------------


def _joined_as_written(text: str, more: str) -> str:
    """Japanese texts put a space between a value and the words beside it, for Latin letters and
    digits; between Japanese and Japanese there is none.
    """
    left, right = text.rstrip(" "), more.lstrip(" ")
    spaces = len(text) - len(left) + len(more) - len(right)
    if spaces == 1 and left and right and _is_japanese(left[-1]) and _is_japanese(right[0]):
        return left + right
    return text + more


def _is_japanese(sign: str) -> bool:
    """Kana, ideographs, full-width forms and their punctuation."""
    return (
        "\u3000" <= sign <= "\u30ff" or "\u3400" <= sign <= "\u9fff" or "\uff00" <= sign <= "\uff60"
    )


class _Values:
    """The values of one finding, put into texts of one language."""

    def __init__(self, catalog: Catalog, args: Args, now: datetime, zone: ZoneInfo) -> None:
        self.catalog = catalog
        self.args = args
        self.now = now.astimezone(zone)
        self.zone = zone

    def fill(self, template: str) -> str | None:
        """The text with its values; None if one of them is missing or the text is broken."""
        try:
            parts = _parse(template)
        except TemplateError:
            return None
        filled = ""
        for part in parts:
            text = self.catalog.of_this_device(part) if isinstance(part, str) else self._value(part)
            if text is None:
                return None
            filled = _joined_as_written(filled, text)
        return filled

    def _value(self, placeholder: Placeholder) -> str | None:
        value = self.args.get(placeholder.name)
        if value is None or value == "" or (isinstance(value, (list, tuple)) and not value):
            return None
        form = placeholder.form
        if form.startswith(WORD_FORM):
            vocabulary = form.removeprefix(WORD_FORM)
            each = value if isinstance(value, (list, tuple)) else [value]
            return self._joined([self.catalog.word(vocabulary, item) for item in each])
        if form in ("time", "date", "until"):
            return self._instant(value, form)
        if form in ("duration", "seconds") and isinstance(value, (int, float)):
            return self._duration(value) if form == "duration" else self._seconds(value)
        return self._plain(value)

    def _plain(self, value: object) -> str:
        if isinstance(value, (list, tuple)):
            return self._joined([self._plain(item) for item in value])
        if isinstance(value, dict):
            return self.catalog.local(value)
        if isinstance(value, bool):
            return self.catalog.word("yes_no", value)
        if isinstance(value, float):
            return f"{value:g}"
        return safe(str(value))

    def _joined(self, texts: list[str]) -> str:
        return self._own("form.between").join(texts)

    def _instant(self, value: object, form: str) -> str | None:
        if not isinstance(value, str):
            return self._plain(value)
        try:
            if len(value) == len("2026-01-31"):
                return self._date(date.fromisoformat(value))
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is None:
                instant = instant.replace(tzinfo=UTC)
            here = instant.astimezone(self.zone)
        except (ValueError, OverflowError):  # a redacted or foreign value: as it is
            return safe(value)
        if form == "date":
            return self._date(here.date())
        if form == "until":
            seconds = (here - self.now).total_seconds()
            # "in -5 min" helps nobody: what is past has no value
            return self._own("form.until", left=self._duration(seconds)) if seconds > 0 else None
        clock = f"{here.hour:02d}:{here.minute:02d}"
        if here.date() == self.now.date():
            return clock
        day = self._date(here.date(), with_year=here.year != self.now.year)
        return self._own("form.day_and_time", day=day, time=clock)

    def _date(self, day: date, *, with_year: bool = True) -> str:
        month = self.catalog.word("month", day.month)
        key = "form.date" if with_year else "form.day"
        return self._own(key, year=day.year, month=month, day=day.day)

    def _seconds(self, seconds: float) -> str:
        number = f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}"
        return self._own("form.seconds", n=number)

    def _duration(self, seconds: float) -> str:
        """Two units at most: nobody waits "2 d 3 h 4 min"."""
        seconds = round(abs(seconds))
        if seconds < MINUTE:
            return self._own("form.seconds", n=seconds)
        minutes = round(seconds / MINUTE)
        if minutes * MINUTE < HOUR:
            return self._own("form.minutes", n=minutes)
        if seconds < 2 * DAY:
            hours, rest = divmod(minutes, 60)
            key = "form.hours_minutes" if rest else "form.hours"
            return self._own(key, h=hours, n=rest)
        if seconds < 2 * YEAR:
            return self._own("form.days", n=round(seconds / DAY))
        return self._own("form.years", n=seconds // YEAR)

    def _own(self, key: str, **args: str | int) -> str:
        template = self.catalog.ui(key)
        text = template if isinstance(template, str) else template[0]
        return text.format_map(args)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


# --- message files ----------------------------------------------------------------------------

HEADER = re.compile(r'^\[(\w+)\.(?:"([^"\n]+)"|([\w-]+))(?:\.[\w-]+)*\]', re.MULTILINE)
"""A table's first line, `[cause."CODE"]` or a table inside it such as `[remedy."CODE".steps]`."""


class Messages:
    """One message file, taken apart at its table headers.

    A run needs a few of several hundred texts, and parsing them all costs more than most probes:
    the part that belongs to a code is parsed when it is asked for.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._parts: dict[tuple[str, str], list[slice]] = {}
        headers = list(HEADER.finditer(text))
        bounds = [*(header.start() for header in headers), len(text)]
        for header, (start, end) in zip(headers, pairwise(bounds), strict=True):
            key = (header[1], header[2] or header[3])
            self._parts.setdefault(key, []).append(slice(start, end))

    def names(self, kind: str) -> list[str]:
        """The names of all tables of a kind, in the file's order."""
        return [name for each, name in self._parts if each == kind]

    def section(self, kind: str, name: str) -> dict[str, Any]:
        """The table `[kind.name]` with what is inside it; empty if missing or broken."""
        parts = self._parts.get((kind, name))
        if not parts:
            return {}
        try:
            table = tomllib.loads("".join(self._text[part] for part in parts))
        except tomllib.TOMLDecodeError:
            return {}
        section = table.get(kind, {}).get(name, {})
        return section if isinstance(section, dict) else {}


def _read(package: str, language: str) -> Messages | None:
    """The package's file in this language, else in English; None if it has neither."""
    from pkgutil import get_data  # importlib.resources takes four times as long to get going

    for each in dict.fromkeys((language, FALLBACK_LANGUAGE)):
        try:
            data = get_data(package, f"messages/{each}.toml")
            text = (data or b"").decode()
        except (ImportError, OSError, UnicodeDecodeError):
            continue
        return Messages(text)
    return None
