"""A page of notices for people, in Japanese or English: お知らせ, 障害情報, メンテナンス情報.

Read with care: a sentence counts only if it says that something is so now, gives times, or says
that nothing is wrong. Everything else on the page says nothing, and a page without such a sentence
is *unknown*.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from html.parser import HTMLParser

from msgspec import Struct

from checks.status.adapter import HTML, Kind, text_of
from checks.status.kinds.times import Span, spans_of
from checks.status.normal import Event, Reading, State, Window

NAME = "notices"

TEXT_LIMIT = 200_000
LINES_READ = 3000
AFTER = 4
"""Lines after a notice's first one that may belong to it: its times, and how it ended."""
STALE = timedelta(days=3)
"""A trouble whose last time is longer ago than this is not taken for one of now."""

_SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "title", "nav", "footer", "svg", "textarea"}
)
_INLINE = frozenset(
    {"a", "abbr", "b", "em", "font", "i", "mark", "small", "span", "strong", "time", "u", "sup"}
)
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "source", "col", "area"})

_TROUBLE = re.compile(
    r"障害|不具合|つながりにく|繋がりにく|ご利用いただけない|ご利用できない|利用できない|"
    r"ログイン(?:が|し)?(?:できない|しにく|しづら)|\b(?:outage|incident|disruption|degraded)\b",
    re.IGNORECASE,
)
_MAINTENANCE = re.compile(r"メンテナンス|保守作業|システム停止|\bmaintenance\b", re.IGNORECASE)
_NOW = re.compile(
    r"発生(?:して(?:い|お)|中)|対応中|調査中|復旧作業中|確認して(?:い|お)り?ます|続いて(?:い|お)|"
    r"(?:つながり|繋がり)にくい状態|(?:でき|け)ない状態(?:です|となって)|"
    r"\b(?:ongoing|investigating|identified|currently|we are (?:aware|working))\b",
    re.IGNORECASE,
)
_MAINTENANCE_NOW = re.compile(
    r"メンテナンス(?:中です|を?(?:実施|行な?っ)て(?:い|お)|実施中)|ただいま.{0,20}メンテナンス|"
    r"現在.{0,20}メンテナンス中|\b(?:is|are) (?:currently )?(?:under|undergoing|down for) .{0,30}"
    r"maintenance\b|\bmaintenance (?:is )?in progress\b",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"復旧済|復旧(?:いた|致)?しました|復旧のお知らせ|解消(?:いた|致)?し|解消済|【(?:復旧|解消|終了|完了|"
    r"回復)[^】]{0,6}】|\[(?:復旧|解消|終了|完了|回復)[^\]]{0,6}\]|終了(?:いた|致)?しました|"
    r"完了(?:いた|致)?しました|回復(?:いた|致)?しました|終了しております|中止|延期|"
    r"\b(?:resolved|restored|recovered|completed|has ended|is over|cancell?ed|postponed)\b",
    re.IGNORECASE,
)
_NOT_OVER = re.compile(
    r"(?:復旧|解消|終了|完了)(?:いた|致)?し(?:次第|たら|ましたら|た際)|"
    r"\b(?:once|until|when) .{0,20}(?:resolved|restored|completed)\b",
    re.IGNORECASE,
)
_ALL_CLEAR = re.compile(
    r"(?:障害|不具合)(?:情報|の発生|のお知らせ)?(?:は|等は)?[、 ]?(?:現在)?"
    r"(?:ありません|ございません|発生して(?:いません|おりません)|確認されて(?:いません|おりません))|"
    r"正常に(?:稼働|稼動|運用|動作)して(?:い|お)|すべてのサービスは正常|"
    r"\b(?:no (?:known|current|active|ongoing) (?:issues|incidents|outages)|"
    r"all (?:systems|services) (?:are )?operational)\b",
    re.IGNORECASE,
)


class _Lines(HTMLParser):
    """The text that a reader sees, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line: list[str] = []
        self._hidden: list[str] = []
        self._size = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _SKIPPED:
            self._hidden.append(tag)
        if tag not in _INLINE:
            self.end_line()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in _INLINE:
            self.end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        if tag not in _INLINE:
            self.end_line()

    def handle_data(self, data: str) -> None:
        if not self._hidden and self._size < TEXT_LIMIT:
            self._size += len(data)
            self._line.append(data)

    def end_line(self) -> None:
        text = " ".join("".join(self._line).split())
        self._line.clear()
        if text and len(self.lines) < LINES_READ:
            self.lines.append(unicodedata.normalize("NFKC", text))


def lines_of(page: str) -> list[str]:
    parser = _Lines()
    parser.feed(page[: 4 * TEXT_LIMIT])
    parser.close()
    parser.end_line()
    return parser.lines


class _Notice(Struct, frozen=True):
    title: str
    text: str
    spans: tuple[Span, ...]

    @property
    def over(self) -> bool:
        return bool(_OVER.search(_NOT_OVER.sub("", self.text)))


def addresses(url: str, _: str) -> tuple[str, ...]:
    return (url,)


def read(bodies: Sequence[bytes], now: datetime) -> Reading:
    if not re.search(rb"<(?:!doctype|html|body|div|p|li|h[1-6])\b", bodies[0][:65536], re.I):
        raise ValueError("no page for people")
    lines = lines_of(text_of(bodies[0]))
    clear = any(_ALL_CLEAR.search(each) for each in lines)
    notices = list(_notices(lines, now))
    events = tuple(filter(None, (_event(each, now) for each in notices)))
    windows = tuple(window for each in notices for window in _windows(each, now))
    if not clear and not events and not windows:
        raise ValueError("a page of no known format, and no notice on it that could be read")
    overall: State | None = "ok" if clear and not events else None
    return Reading(
        adapter=NAME,
        overall=overall or (None if events else "unknown"),
        events=events,
        windows=windows,
        vague=True,
    )


def _notices(lines: Sequence[str], now: datetime) -> Iterator[_Notice]:
    starts = [
        place
        for place, text in enumerate(lines)
        if (_TROUBLE.search(text) or _MAINTENANCE.search(text)) and not _ALL_CLEAR.search(text)
    ]
    for place, following in zip(starts, [*starts, len(lines)][1:], strict=True):
        end = min(following, place + 1 + AFTER)
        text = "\n".join(each for each in lines[place:end] if not _ALL_CLEAR.search(each))
        dated = lines[place - 1] if place and len(lines[place - 1]) < 30 else ""
        spans = tuple(spans_of(text, now)) or tuple(spans_of(dated, now))
        yield _Notice(lines[place], text, spans)


def _event(notice: _Notice, now: datetime) -> Event | None:
    """A trouble that the page says is so now, and that is not an old one."""
    if not _TROUBLE.search(notice.title) or notice.over or not _NOW.search(notice.text):
        return None
    starts = [each.start for each in notice.spans if each.start <= now]
    ends = [each.end for each in notice.spans if each.end is not None]
    if ends and max(ends) <= now:
        return None
    if starts and now - max(starts) > STALE:
        return None
    return Event(name=notice.title, state="partial", since=max(starts, default=None))


def _windows(notice: _Notice, now: datetime) -> Iterator[Window]:
    if not _MAINTENANCE.search(notice.text) or notice.over:
        return
    whole = [each for each in notice.spans if each.end is not None]
    for each in whole:
        if each.end is not None and each.end > now:
            yield Window(name=notice.title, start=each.start, end=each.end)
    if not whole and _MAINTENANCE_NOW.search(notice.text):
        yield Window(name=notice.title, running=True)


KIND = Kind(name=NAME, addresses=addresses, read=read, accept=HTML)
