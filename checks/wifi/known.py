"""What a network's name says: a public one that is known, a word that hints at one, a phone's.

Used by collectors: what is derived here stays when the name itself is replaced by a token.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from msgspec import Struct, convert

from checks.names import folded

_DATA = "known_ssids.toml"


class NameSigns(Struct, frozen=True, kw_only=True):
    """What a network's name gives away."""

    known_public: bool = False
    shared_key: bool = False
    public_word: bool = False
    phone: bool = False


class _Ssids(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    names: tuple[str, ...]
    region: str
    source: str
    shared_key: bool = False


class _Pattern(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    word: str
    bounded: bool = False


class _Data(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    ssid: tuple[_Ssids, ...]
    pattern: tuple[_Pattern, ...]
    phone: tuple[_Pattern, ...]


@lru_cache(maxsize=1)
def _data() -> _Data:
    text = files(__package__).joinpath(_DATA).read_text(encoding="utf-8")
    return convert(tomllib.loads(text), _Data)


def signs_of(ssid: str | None) -> NameSigns:
    """The signs in a name; none in a hidden one."""
    if not ssid:
        return NameSigns()
    name = folded(ssid)
    entries = [each for each in _data().ssid if name in map(folded, each.names)]
    return NameSigns(
        known_public=bool(entries),
        shared_key=any(each.shared_key for each in entries),
        public_word=any(_has(each, name) for each in _data().pattern),
        phone=any(_has(each, name) for each in _data().phone),
    )


def data_version() -> str:
    return _data().version


def _has(pattern: _Pattern, name: str) -> bool:
    word = rf"(?<![^\W\d_]){pattern.word}(?![^\W\d_])" if pattern.bounded else pattern.word
    return re.search(word, name) is not None
