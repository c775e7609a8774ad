"""Tables against a struct, strictly: every key known, every value of its type and form.

All faults are found at once. A field may say more than its type by `Meta(extra=...)`: `form` names
one of `diag.profile_forms`, `range` gives the lowest and the highest number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from functools import cache
from typing import Any

from msgspec import Struct, inspect

from diag.file_error import Fault, Trouble, nearest, not_allowed
from diag.profile_forms import FORMS, Form
from diag.render.safe import safe

LANGUAGES = ("en", "ja")
_OTHER_LANGUAGE_CODES = {"jp": "ja", "jpn": "ja", "eng": "en", "us": "en"}
_TYPE_NAMES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "text"),
    (list, "list"),
    (dict, "table"),
)

Extra = Mapping[str, Any]


def faults_of(tables: Mapping[str, Any], shape: type[Struct]) -> Iterator[Trouble]:
    """Everything that the struct does not allow, in the struct's order, unknown keys first."""
    root = _type_of(shape)
    return _Walk(root).table(tables, root, "")


@cache
def _type_of(shape: type[Struct]) -> inspect.StructType:
    found = inspect.type_info(shape)
    if not isinstance(found, inspect.StructType):
        raise TypeError(f"{shape} is no struct")
    return found


class _Walk:
    """Goes through the tables and the struct side by side."""

    def __init__(self, root: inspect.StructType) -> None:
        self._root = root

    def table(self, value: object, wanted: inspect.StructType, key: str) -> Iterator[Trouble]:
        if not isinstance(value, dict):
            several = isinstance(value, list) and any(isinstance(each, dict) for each in value)
            only = _only_key(wanted)
            yield (
                Trouble(key, Fault("one_table"))
                if several
                else _wrong_type(value, key, "table", _inline(only, value))
            )
            return
        fields = {field.encode_name: field for field in wanted.fields}
        meant = set()
        for name, given in value.items():
            if name not in fields:
                renamed = _renamed(wanted, value, given)
                fault = self._unknown_key(name, tuple(fields), wanted, renamed)
                meant.add(fault.args["near"])
                yield Trouble(_join(key, name), fault)
        for name, field in fields.items():
            if name in value:
                yield from self._value(value[name], field.type, _join(key, name), {})
            elif field.required and name not in meant:
                yield Trouble(_join(key, name), Fault("missing_key"))

    def _value(
        self, value: object, wanted: inspect.Type, key: str, extra: Extra
    ) -> Iterator[Trouble]:
        match wanted:
            case inspect.Metadata(type=inner, extra=more):
                yield from self._value(value, inner, key, more or {})
            case inspect.UnionType(types=types):
                yield from self._value(value, _meant(value, types), key, extra)
            case inspect.StructType():
                yield from self.table(value, wanted, key)
            case inspect.VarTupleType(item_type=item):
                yield from self._list(value, item, key)
            case inspect.DictType():
                yield from _local_text(value, key)
            case inspect.LiteralType(values=words):
                yield from _text(value, key, _one_of(tuple(map(str, words))))
            case inspect.StrType():
                yield from _text(value, key, FORMS.get(extra.get("form", "")))
            case inspect.IntType():
                yield from _number(value, key, "integer", extra)
            case inspect.FloatType():
                yield from _number(value, key, "number", extra)
            case inspect.BoolType():
                if not isinstance(value, bool):
                    yield _wrong_type(value, key, "boolean")
            case _:
                raise TypeError(f"{key}: no rule for {wanted}")

    def _list(self, value: object, item: inspect.Type, key: str) -> Iterator[Trouble]:
        if isinstance(value, list):
            for number, each in enumerate(value, start=1):
                yield from self._value(each, item, f"{key}[{number}]", {})
        elif isinstance(value, dict) and isinstance(item, inspect.StructType):
            yield Trouble(key, Fault("several_tables", {"name": key}))
        else:
            yield _wrong_type(value, key, "list")

    def _unknown_key(
        self, name: str, allowed: tuple[str, ...], table: inspect.StructType, renamed: str | None
    ) -> Fault:
        near = nearest(name, allowed) or renamed
        place = None if near else ", ".join(self._homes_of(name, table)) or None
        return Fault("unknown_key", {"near": near, "place": place, "allowed": ", ".join(allowed)})

    def _homes_of(self, name: str, table: inspect.StructType) -> Iterator[str]:
        """The sections that have this key. Every key below a header belongs to that header, so one
        easily ends up in the wrong place."""
        for field in self._root.fields:
            for section in _structs_in(field.type):
                if section.cls is not table.cls and name in section.cls.__struct_fields__:
                    several = isinstance(field.type, inspect.VarTupleType)
                    yield f"[[{field.encode_name}]]" if several else f"[{field.encode_name}]"


def _only_key(wanted: inspect.StructType) -> str | None:
    """The one key that a section must have; None if there are none or several."""
    required = [field.encode_name for field in wanted.fields if field.required]
    return required[0] if len(required) == 1 else None


def _renamed(wanted: inspect.StructType, table: Mapping[str, Any], given: object) -> str | None:
    """The one key that a section must have and this one lacks: an unknown one will be meant."""
    only = _only_key(wanted)
    return only if only not in table and isinstance(given, str | int) else None


def _inline(only: str | None, value: object) -> str | None:
    """A value that stands in place of its section, with its key."""
    if only is None or isinstance(value, bool) or not isinstance(value, str | int):
        return None
    written = str(value) if isinstance(value, int) else f'"{value}"'
    return f"{{ {only} = {written} }}" if len(written) <= 42 and written.count('"') <= 2 else None


def _structs_in(wanted: inspect.Type) -> Iterator[inspect.StructType]:
    match wanted:
        case inspect.StructType():
            yield wanted
        case inspect.VarTupleType(item_type=item):
            yield from _structs_in(item)
        case inspect.UnionType(types=types):
            for each in types:
                yield from _structs_in(each)


def _meant(value: object, types: tuple[inspect.Type, ...]) -> inspect.Type:
    """The alternative that the value is to be; TOML has no null, so None is not one."""
    alternatives = [each for each in types if not isinstance(each, inspect.NoneType)]
    for each in alternatives:
        if isinstance(each, inspect.DictType) == isinstance(value, dict):
            return each
    return alternatives[0]


# --- single values ------------------------------------------------------------------------------


def _local_text(value: object, key: str) -> Iterator[Trouble]:
    if not isinstance(value, dict):
        yield _wrong_type(value, key, "local_text")
        return
    if not value:
        yield Trouble(key, Fault("blank"))
    for language, text in value.items():
        here = _join(key, language)
        if language in LANGUAGES:
            yield from _text(text, here, None)
        else:
            meant = _OTHER_LANGUAGE_CODES.get(str(language).casefold(), str(language))
            near = nearest(meant, LANGUAGES)
            allowed = ", ".join(LANGUAGES)
            yield Trouble(here, Fault("unknown_key", {"near": near, "allowed": allowed}))


def _text(value: object, key: str, form: Form | None) -> Iterator[Trouble]:
    if not isinstance(value, str):
        yield _wrong_type(value, key, "text")
    elif not value.strip():
        yield Trouble(key, Fault("blank"))
    elif safe(value) != value:
        yield Trouble(key, Fault("hidden"))
    elif form is not None and (fault := form(value)) is not None:
        yield Trouble(key, fault)


def _one_of(words: tuple[str, ...]) -> Form:
    return lambda text: None if text in words else not_allowed(text, words)


def _number(value: object, key: str, wanted: str, extra: Extra) -> Iterator[Trouble]:
    if isinstance(value, bool) or not (
        isinstance(value, int) or (wanted == "number" and isinstance(value, float))
    ):
        yield _wrong_type(value, key, wanted)
        return
    low, high = extra.get("range", (value, value))
    if not low <= value <= high:
        yield Trouble(key, Fault("out_of_range", {"low": low, "high": high}))


def _wrong_type(value: object, key: str, wanted: str, example: str | None = None) -> Trouble:
    found = next((name for kind, name in _TYPE_NAMES if isinstance(value, kind)), "instant")
    args = {"wanted": wanted, "found": found, "example": example or _example(value, wanted)}
    return Trouble(key, Fault("wrong_type", args))


def _example(value: object, wanted: str) -> str | None:
    """The same value written as it should be."""
    if wanted == "integer" and isinstance(value, str):
        numbers = re.findall("[0-9]+", value)
        return numbers[0] if len(numbers) == 1 and len(numbers[0]) < 16 else None
    if isinstance(value, time):
        written = value.isoformat(timespec="minutes")
    elif isinstance(value, str | int | float | date) and not isinstance(value, bool):
        written = str(value)
    else:
        return None
    if len(written) > 40 or '"' in written:
        return None
    if wanted == "text":
        return f'"{written}"'
    if wanted == "local_text":
        return f'{{ en = "{written}" }}'
    if wanted == "list":
        return f'["{written}"]' if isinstance(value, str) else f"[{written}]"
    if wanted == "number" and re.fullmatch("[0-9]+", written):
        return written
    if wanted == "boolean" and written.lower() in ("true", "false"):
        return written.lower()
    return None


def _join(key: str, name: str) -> str:
    shown = safe(name)
    if not re.fullmatch("[A-Za-z0-9_-]+", shown):
        shown = f'"{shown}"'
    return f"{key}.{shown}" if key else shown
