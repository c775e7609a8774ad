"""A database of SQLite, read from its bytes: the file itself is neither locked nor changed."""

from __future__ import annotations

from typing import Any

from diag.model import Failed

FORMAT_BYTES = (18, 19)
WAL, JOURNAL = 2, 1
"""Of the header (sqlite.org/fileformat.html, 1.3.2): a copy in memory has no write-ahead log."""
HEADER = 100


def rows(data: bytes, query: str, values: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Raises Failed(unparsable) for what is no database, or another one."""
    import sqlite3

    if len(data) < HEADER:
        raise Failed("unparsable", "read a database", "too short")
    copy = bytearray(data)
    for place in FORMAT_BYTES:
        copy[place] = JOURNAL if copy[place] == WAL else copy[place]
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(bytes(copy))
        return connection.execute(query, values).fetchall()
    except (sqlite3.Error, AttributeError, MemoryError) as error:
        raise Failed("unparsable", "read a database", type(error).__name__) from None
    finally:
        connection.close()
