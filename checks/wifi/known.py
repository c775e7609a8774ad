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
from checks.wifi.facts import Kind, Security

_DATA = "known_ssids.toml"


class NameSigns(Struct, frozen=True, kw_only=True):
    """What a network's name gives away."""

    known_public: bool = False
    kind: Kind | None = None
    expected: Security | None = None
    shared_key: bool = False
    public_word: bool = False
    phone: bool = False
    router: bool = False


class _Ssids(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    names: tuple[str, ...]
    region: str
    source: str
    kind: Kind = "hotspot"
    always: Security | None = None
    shared_key: bool = False


class _Pattern(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    word: str
    source: str
    bounded: bool = False


class _Domain(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    names: tuple[str, ...]
    source: str


class _Data(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    sources: dict[str, str]
    ssid: tuple[_Ssids, ...]
    pattern: tuple[_Pattern, ...]
    phone: tuple[_Pattern, ...]
    router: tuple[_Pattern, ...]
    domain: tuple[_Domain, ...]


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
    entry = entries[0] if entries else None
    return NameSigns(
        known_public=entry is not None,
        kind=entry.kind if entry else None,
        expected=entry.always if entry else None,
        shared_key=any(each.shared_key for each in entries),
        public_word=any(_has(each, name) for each in _data().pattern),
        phone=any(_has(each, name) for each in _data().phone),
        router=any(_has(each, name) for each in _data().router),
    )


def is_public_domain(domain: str) -> bool:
    """Whether a lease's domain is that of a hotspot operator, or below it."""
    name = domain.casefold().rstrip(".")
    known = [each for entry in _data().domain for each in entry.names]
    return any(name == each or name.endswith(f".{each}") for each in known)


def _has(pattern: _Pattern, name: str) -> bool:
    word = rf"(?<![^\W\d_]){pattern.word}(?![^\W\d_])" if pattern.bounded else pattern.word
    return re.search(word, name) is not None
