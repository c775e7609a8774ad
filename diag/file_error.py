"""What is wrong with a file that a person wrote, in that person's words.

A fault names the key (dotted; `endpoint[2]` is the second one), says what is wrong, the nearest
right spelling, and what to do. Its texts stand in `[ui.file_error]` of `diag/messages`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from msgspec import Struct

if TYPE_CHECKING:
    from diag.model import Arg, Args, Language

SHOWN = 60
"""How much of a value is repeated in a message."""

SHORTENED = 3
"""Letters from which on the beginning of a word is taken for it: `mic`."""


class Fault(Struct, frozen=True):
    """What is wrong: the key of a text, and the text's args."""

    code: str
    args: Mapping[str, str | int | None] = {}


class Trouble(Struct, frozen=True):
    """A fault and the key it was found at; no key: the file as a whole."""

    key: str
    fault: Fault


class FileError(Exception):
    """A file that cannot be used: which one (if any), and everything that is wrong with it."""

    check_command = ""
    """What lists all the faults of such a file."""

    def __init__(self, source: str, troubles: Sequence[Trouble]) -> None:
        super().__init__(source, *(f"{each.key}: {each.fault.code}" for each in troubles))
        self.source = source
        self.troubles = tuple(troubles)

    @classmethod
    def whole(cls, source: str, code: str, **args: str | int | None) -> Self:
        """An error with one fault, of the file as a whole."""
        return cls(source, (Trouble("", Fault(code, args)),))

    def lines(self, language: Language) -> tuple[str, ...]:
        """One line for each fault."""
        say = _Words(language)
        return tuple(self._line(trouble, say) for trouble in self.troubles)

    def render(self, language: Language) -> str:
        """One line: the first fault, how many more there are, and what shows them."""
        say = _Words(language)
        first = self._line(self.troubles[0], say)
        others = len(self.troubles) - 1
        if not others:
            return first
        command = f"{self.check_command} {self.source}" if self.check_command else None
        return f"{first} {say('more', {'count': others, 'command': command})}"

    def _line(self, trouble: Trouble, say: _Words) -> str:
        args: Args = {name: _shortened(value) for name, value in trouble.fault.args.items()}
        what = say(trouble.fault.code, args)
        return say("line", {"file": self.source, "key": trouble.key, "what": what})


class _Words:
    """The texts of `[ui.file_error]` in one language."""

    def __init__(self, language: Language) -> None:
        from diag.catalog import Catalog

        self._catalog = Catalog.load(language)

    def __call__(self, code: str, args: Args) -> str:
        template = self._catalog.ui(f"file_error.{code}")
        return self._catalog.format(
            template, args, now=datetime.min.replace(tzinfo=UTC), zone="UTC"
        )


def _shortened(value: str | int | None) -> Arg:
    if isinstance(value, str) and len(value) > SHOWN and " " not in value[:SHOWN]:
        return f"{value[: SHOWN - 3]}..."
    return value


def nearest(word: str, allowed: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The allowed word that was probably meant, however it was capitalised."""
    from difflib import get_close_matches

    by_folded = {each.casefold(): each for each in allowed}
    folded = word[:SHOWN].strip().casefold()
    near = get_close_matches(folded, by_folded, n=1, cutoff=cutoff)
    if not near and len(folded) >= SHORTENED:
        begun = [each for each in by_folded if each.startswith(folded)]
        near = begun if len(begun) == 1 else []
    return by_folded[near[0]] if near else None


def not_allowed(word: str, allowed: Iterable[str], cutoff: float = 0.6) -> Fault:
    words = tuple(allowed)
    near = nearest(word, words, cutoff)
    return Fault("not_allowed", {"value": word, "near": near, "allowed": ", ".join(words)})
