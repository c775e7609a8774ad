"""The kinds of status page that can be read. A new kind is one module and one line here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from checks.status import statuspage
from checks.status.normal import PageStatus


class Adapter(Struct, frozen=True, kw_only=True):
    """How one kind of page is asked and read.

    path: where its document stands below the page's address. read: that document's bytes, the
    names of the parts that matter, and now; raises ValueError for anything else's bytes.
    """

    name: str
    path: str
    read: Callable[[bytes, tuple[str, ...], datetime], PageStatus]


ADAPTERS = {
    adapter.name: adapter
    for adapter in (Adapter(name=statuspage.NAME, path=statuspage.PATH, read=statuspage.read),)
}

AUTO = (statuspage.NAME,)
"""What `kind = "auto"` tries, in order; the first that can be read wins."""


def for_kind(kind: str) -> tuple[Adapter, ...]:
    """The adapters to try for a profile's `kind`; none for a kind that is not known."""
    if kind == "auto":
        return tuple(ADAPTERS[name] for name in AUTO)
    return (ADAPTERS[kind],) if kind in ADAPTERS else ()
