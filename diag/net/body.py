"""A body as it comes in: decoded (RFC 9110, 8.4) and cut at its cap, so that a bomb stays small."""

from __future__ import annotations

import zlib

LIMIT = 2 << 20
PIECE = 16 << 10
"""Bytes read at a time."""

ENCODINGS = "gzip, deflate"
"""What can be decoded, as Accept-Encoding says it."""


class Undecodable(ValueError):
    """The body is not what its Content-Encoding says, or that is none we know."""


class Body:
    """Collects a body piece by piece. cut: there was more than the cap allows; no more is taken."""

    def __init__(self, encoding: str, limit: int) -> None:
        """Raises Undecodable."""
        self._limit = limit
        self._encoding = encoding.strip().lower()
        self._decoder = _decoder(self._encoding)
        self._begun = False
        self.data = bytearray()
        self.cut = False

    @property
    def whole(self) -> bool:
        """Whether what came so far may be all of it, as far as its encoding tells."""
        if self._decoder is not None and self._begun and not self._decoder.eof:
            return False
        return not self.cut

    def add(self, piece: bytes) -> None:
        """Raises Undecodable."""
        if self.cut:
            return
        room = self._limit + 1 - len(self.data)
        if self._decoder is None:
            self.data += piece[:room]
        else:
            self.data += self._decoded(self._decoder, piece, room)
        self._begun = True
        if len(self.data) > self._limit:
            del self.data[self._limit :]
            self.cut = True

    def _decoded(self, decoder: zlib._Decompress, piece: bytes, room: int) -> bytes:
        try:
            return decoder.decompress(piece, room)
        except zlib.error as error:
            if self._begun or self._encoding != "deflate":
                raise Undecodable(str(error)) from error
        # Some servers leave out the wrapping that RFC 9110 asks for.
        self._begun = True
        self._decoder = zlib.decompressobj(-zlib.MAX_WBITS)
        return self._decoded(self._decoder, piece, room)


def _decoder(encoding: str) -> zlib._Decompress | None:
    if encoding in ("", "identity"):
        return None
    if encoding in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(zlib.MAX_WBITS | 32)
    raise Undecodable(encoding)
