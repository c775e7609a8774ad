"""One text, packed in every way in which servers pack a body, and sent in every framing."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest

from tests.net.servers import Reply, answer, chunked

TEXT = "アクセスが集中しています".encode() * 50


def raw_deflate(data: bytes) -> bytes:
    """Without zlib's frame (RFC 1950), as some servers understand "deflate"."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


_GZIP = gzip.compress(TEXT, mtime=0)
_IN_TWO = gzip.compress(TEXT[:99], mtime=0) + gzip.compress(TEXT[99:], mtime=0)

each_packing = pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param("identity", TEXT, id="identity"),
        pytest.param("gzip", _GZIP, id="gzip"),
        pytest.param("x-gzip", _GZIP, id="x-gzip"),
        pytest.param("GZIP", _GZIP, id="capitals"),
        pytest.param("deflate", zlib.compress(TEXT), id="deflate"),
        pytest.param("deflate", raw_deflate(TEXT), id="raw deflate"),
        pytest.param("gzip", _IN_TWO, id="two members"),
        pytest.param("gzip", _GZIP + b"padding", id="padding"),
    ],
)
"""The ids are the same in every run: a packed body holds the time at which it was packed."""

each_framing = pytest.mark.parametrize("framing", ["length", "chunks", "end"])


def packed(encoding: str, body: bytes, framing: str) -> Reply:
    fields = {"Content-Encoding": encoding}

    def reply(_: bytes) -> Iterator[bytes]:
        if framing == "chunks":
            yield from chunked([body[:1], body[1:40], body[40:]], fields)
        else:
            yield answer(body, headers=fields, length=-1 if framing == "length" else None)

    return reply
