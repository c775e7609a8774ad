"""A version in the maker's own JSON document, found by a JSON Pointer (RFC 6901)."""

from __future__ import annotations

import re
from typing import Any

from checks.app.stores.asking import Device, Fetch, elsewhere
from checks.app.stores.normal import Absence, StoreVersion
from checks.app.stores.reading import NotTold, json_of, version_of
from diag.app_profile import JsonSource

INDEX = re.compile(r"0|[1-9][0-9]*")


def ask(fetch: Fetch, store: JsonSource, _: Device) -> StoreVersion | Absence:
    body = fetch(elsewhere(store.url, store.base_url))
    return "gone" if body is None else read(body, store.pointer)


def read(body: bytes, pointer: str) -> StoreVersion:
    """Raises NotTold if there is no JSON, or no version at that place."""
    document = json_of(body)
    try:
        value = resolve(document, pointer)
    except (ValueError, LookupError, TypeError) as error:
        raise NotTold("no_place", type(error).__name__) from None
    return StoreVersion(version=version_of(value), platform="any")


def resolve(document: Any, pointer: str) -> Any:
    """The value at `pointer`. Raises LookupError or TypeError if there is none, ValueError for
    what is no pointer."""
    if pointer and not pointer.startswith("/"):
        raise ValueError(pointer)
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list):
            if not INDEX.fullmatch(key):
                raise KeyError(key)
            document = document[int(key)]
        else:
            document = document[key]
    return document
