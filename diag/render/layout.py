"""Text laid out in terminal cells: wrapping by the rules of Japanese and of spaces, twins of signs.

Wide characters take two cells (Unicode Standard Annex 11). No line starts with what belongs to the
one before or ends with an opening bracket (JIS X 4051, kinsoku); and since Japanese has no spaces,
lines break between phrases, which end where hiragana does, so that no word is torn.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TextIO

from rich.cells import cell_len, get_character_cell_size

NO_START = frozenset(
    "、。，．・：；？！）」』】〕〉》］｝〟’”…‥‐ー々〻ゝゞヽヾ"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
    ",.:;?!)]}%"
)
NO_END = frozenset("（「『【〔〈《［｛〝‘“([{")
CLOSING = frozenset("、。，．・：；？！）」』】〕〉》］｝〟’”…")
HONORIFIC = frozenset("おご")
COUNTED = frozenset("0123456789約")
"""What a number's unit stays with, even over a space: `50 min`, `約 1 分`."""

DEFAULT_WIDTH = 80
NARROWEST = 24

PHRASE_SHARE = 3
"""A Japanese phrase longer than this part of a line (a third) breaks wherever it may."""

KEPT_SPACE = "\u00a0"
"""A space that no line breaks at; it is shown as an ordinary one."""

_PIECE = re.compile(r" +|[^ ]")
_COMMAND = re.compile(r"`[^`]{1,60}`")

TWINS = {
    "●": ("*",),
    "→": ("->",),
    "·": ("・", "-"),
    "•": ("・", "-"),
    "・": ("·", "-"),
    "…": ("...",),
    "–": ("-",),
    "—": ("―", "-"),
    "−": ("-",),
    "‐": ("-",),
    "〜": ("～", "~"),
    "～": ("〜", "~"),
    "“": ('"',),
    "”": ('"',),
    "‘": ("'",),
    "’": ("'",),
    "×": ("x",),
    "≥": (">=",),
    "≤": ("<=",),
    "（": ("(",),
    "）": (")",),
    "：": (":",),
    "、": (",",),
    "。": (".",),
}
"""What says the same in an encoding that lacks the sign; the first that it has."""


@lru_cache(maxsize=8)
def twins(encoding: str) -> dict[int, str]:
    """A table for `str.translate`: the signs that this encoding cannot carry, and their twins."""
    return {
        ord(sign): next(twin for twin in candidates if _carries(encoding, twin))
        for sign, candidates in TWINS.items()
        if not _carries(encoding, sign)
    }


def _carries(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    except LookupError:  # an encoding that Python does not know: ASCII is safe
        return text.isascii()
    return True


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells; at least one line. `Commands` are not broken."""
    text = _COMMAND.sub(lambda match: match[0].replace(" ", KEPT_SPACE), text)
    return [
        line.replace(KEPT_SPACE, " ")
        for line in _filled(_units(text, width // PHRASE_SHARE), width)
    ]


def _filled(units: list[str], width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for unit in units:
        if cell_len(line) + cell_len(unit) > width and line.strip():
            lines.append(line.rstrip())
            line = ""
        if unit.isspace() and not line:
            continue
        rest = unit
        while cell_len(rest) > width:  # longer than any line: a URL, a run of signs
            head = _head(rest, width)
            lines.append(head)
            rest = rest[len(head) :]
        line += rest
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _head(text: str, width: int) -> str:
    """As much of the text as fits; at least one character, so that there is an end to it."""
    used = 0
    for index, char in enumerate(text):
        used += get_character_cell_size(char)
        if used > width and index:
            return text[:index]
    return text


def _units(text: str, longest_phrase: int) -> list[str]:
    """What a line may break between: words, spaces, and Japanese phrases."""
    units: list[str] = []
    for piece in _pieces(text):
        if len(units) > 1 and units[-1] == " " and _spans_space(units[-2], piece):
            units[-2:] = [f"{units[-2]} {piece}"]
        elif units and _clings(units[-1], piece, longest_phrase):
            units[-1] += piece
        else:
            units.append(piece)
    return units


def _pieces(text: str) -> list[str]:
    """Spaces, words of narrow characters, and wide characters one by one."""
    pieces: list[str] = []
    word = ""
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece[0] != " " and get_character_cell_size(piece) < 2:
            word += piece
            continue
        if word:
            pieces.append(word)
            word = ""
        pieces.append(piece)
    return [*pieces, word] if word else pieces


def _spans_space(before: str, piece: str) -> bool:
    """A number with its unit; a name in Latin letters with the particle after it."""
    return before[-1] in COUNTED or _is_hiragana(piece[0])


def _clings(unit: str, piece: str, longest_phrase: int) -> bool:
    if unit.isspace() or piece.isspace():
        return False
    last, first = unit[-1], piece[0]
    if first in NO_START or last in NO_END:
        return True
    if last in CLOSING or first in NO_END or cell_len(unit) > longest_phrase:
        return False
    return _one_phrase(unit, last, first)


def _one_phrase(unit: str, last: str, first: str) -> bool:
    """Whether two neighbours read as one: a phrase of Japanese ends in hiragana."""
    if _is_hiragana(first):
        return True
    if _is_hiragana(last):
        return unit in HONORIFIC
    if last.isdigit():
        return True
    return _is_katakana(last) == _is_katakana(first) and not last.isascii() and not first.isascii()


def _is_hiragana(char: str) -> bool:
    return "\u3041" <= char <= "\u309f"


def _is_katakana(char: str) -> bool:
    return "\u30a1" <= char <= "\u30ff"


def pad(text: str, width: int) -> str:
    return text + " " * max(0, width - cell_len(text))


def terminal_width(stream: TextIO) -> int:
    """Columns of the terminal that a stream is; $COLUMNS overrules, 80 if nobody knows."""
    try:
        return int(os.environ["COLUMNS"]) or DEFAULT_WIDTH
    except (KeyError, ValueError):
        pass
    try:
        return os.get_terminal_size(stream.fileno()).columns or DEFAULT_WIDTH
    except (OSError, ValueError):
        return DEFAULT_WIDTH
