"""How an ID or a secret looks, in words that one can type by.

The profile says it in `characters`; what that leaves open (how many) is read from the pattern,
where the pattern is of the simple kind: alternatives of one class of characters, counted.
"""

from __future__ import annotations

import re

from msgspec import Struct

from diag.app_profile import CredentialShape, LocalText, LoginMethod

_PART = re.compile(r"(?P<cls>\[[^\]\\^]+\]|\\d)(?:\{(?P<low>\d+)(?:,(?P<high>\d+))?\})?")
_CLASSES: dict[str, str] = {
    r"\d": "digits",
    "0-9": "digits",
    "a-z0-9": "letters",
    "A-Z0-9": "letters",
    "A-Za-z0-9": "letters",
    "a-zA-Z0-9": "letters",
    "0-9a-zA-Z": "letters",
    "0-9A-Za-z": "letters",
}
_LANGUAGES = ("en", "ja")
_OR = {"en": " or ", "ja": " か "}
_TO = {"en": "-", "ja": "～"}
_COUNTED = {
    "digits": {"en": "{n} half-width digits", "ja": "半角数字 {n} 桁"},
    "letters": {"en": "{n} half-width letters or digits", "ja": "半角英数字 {n} 文字"},
}
_COUNT_ONLY = {"en": "{n} characters", "ja": "{n} 文字"}
_METHOD = {"en": "{name}: {looks}", "ja": "{name}（{looks}）"}
_BETWEEN = {"en": "; ", "ja": "、"}
_AFTER = {"en": ", ", "ja": "、"}


class _Lengths(Struct, frozen=True):
    kind: str | None
    ranges: tuple[tuple[int, int], ...]


def method_in_words(method: LoginMethod) -> LocalText:
    """A way to log in, with how its ID and its secret look."""
    shapes = [each for each in (method.id, method.secret) if each is not None]
    texts = {}
    for language in _languages(method):
        name = _in(method.name, language)
        looks = [text for each in shapes if (text := _looks(each, language))]
        texts[language] = (
            _METHOD[language].format(name=name, looks=_BETWEEN[language].join(looks))
            if looks
            else name
        )
    return texts


def _languages(method: LoginMethod) -> tuple[str, ...]:
    return tuple(each for each in _LANGUAGES if _in(method.name, each))


def _looks(shape: CredentialShape, language: str) -> str:
    lengths = _lengths(shape.pattern)
    said = _in(shape.characters, language) if shape.characters else ""
    if not said:
        return _counted(lengths, language) if lengths and lengths.kind else ""
    if lengths is None or any(sign.isdigit() for sign in said):
        return said
    count = _COUNT_ONLY[language].format(n=_numbers(lengths, language))
    return f"{said}{_AFTER[language]}{count}"


def _counted(lengths: _Lengths, language: str) -> str:
    return _COUNTED[lengths.kind or ""][language].format(n=_numbers(lengths, language))


def _numbers(lengths: _Lengths, language: str) -> str:
    return _OR[language].join(
        str(low) if low == high else f"{low}{_TO[language]}{high}" for low, high in lengths.ranges
    )


def _lengths(pattern: str) -> _Lengths | None:
    """The counts that a simple pattern allows, and what is counted if that has a name."""
    ranges, kinds = [], set()
    for alternative in pattern.split("|"):
        part = _PART.fullmatch(alternative)
        if part is None:
            return None
        low = int(part["low"] or 1)
        ranges.append((low, int(part["high"] or low)))
        kinds.add(_CLASSES.get(part["cls"].strip("[]")))
    return _Lengths(kinds.pop() if len(kinds) == 1 else None, tuple(ranges))


def _in(text: str | LocalText, language: str) -> str:
    """The text in this language, else in any."""
    if isinstance(text, str):
        return text
    return text.get(language) or next(iter(text.values()), "")
