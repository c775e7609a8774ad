"""A version in the maker's own JSON document, found by a JSON Pointer (RFC 6901)."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from checks.app.stores.normal import Fetch, StoreVersion, text
from diag.app_profile import JsonSource
from diag.model import Failed

INDEX = re.compile(r"0|[1-9][0-9]*")


def ask(fetch: Fetch, store: JsonSource) -> StoreVersion | None:
    body = fetch(elsewhere(store.url, store.base_url))
    return None if body is None else read(body, store.pointer)


def elsewhere(url: str, base_url: str | None) -> str:
    """The same document below another base."""
    if base_url is None:
        return url
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{base_url.rstrip('/')}{parts.path}{query}"


def read(body: bytes, pointer: str) -> StoreVersion:
    """Raises Failed(unparsable) if there is no JSON, or no text or number at that place.

    Numbers are read as they are written: 1.10 is not 1.1.
    """
    try:
        document = json.loads(body, parse_float=str, parse_int=str)
        version = text(resolve(document, pointer))
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise Failed("unparsable", "read the version document", type(error).__name__) from None
    if version is None:
        raise Failed("unparsable", "read the version document", "neither text nor number")
    return StoreVersion(version=version, platform="any")


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
