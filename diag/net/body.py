"""A body as it comes in: decoded (RFC 9110, 8.4) and cut at its cap, so that a bomb stays small."""

from __future__ import annotations

import zlib

LIMIT = 2 << 20
PIECE = 16 << 10
"""Bytes read at a time."""

ENCODINGS = "gzip, deflate"
"""What can be decoded, as Accept-Encoding says it."""


_GZIP = b"\x1f\x8b"
"""How each member of a gzip file begins (RFC 1952, 2.3.1)."""


class Undecodable(ValueError):
    """The body is not what its Content-Encoding says, or that is none we know."""


class Body:
    """Collects a body piece by piece. cut: there was more than the cap allows; no more is taken."""

    def __init__(self, encoding: str, limit: int) -> None:
        """Raises Undecodable."""
        self._limit = limit
        self._encoding = encoding.strip().lower()
        if self._encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Undecodable(encoding)
        self._decoder: zlib._Decompress | None = None
        self._undecoded = b""
        self.data = bytearray()
        self.cut = False

    @property
    def whole(self) -> bool:
        """Whether what came so far may be all of it, as far as its encoding tells."""
        ended = not self._undecoded if self._decoder is None else self._decoder.eof
        return ended and not self.cut

    def add(self, piece: bytes) -> None:
        """Raises Undecodable."""
        if self.cut:
            return
        room = self._limit + 1 - len(self.data)
        plain = self._encoding in ("", "identity")
        self.data += piece[:room] if plain else self._decoded(piece, room)
        if len(self.data) > self._limit:
            del self.data[self._limit :]
            self.cut = True

    def _decoded(self, piece: bytes, room: int) -> bytearray:
        decoded = bytearray()
        piece, self._undecoded = self._undecoded + piece, b""
        while piece and len(decoded) < room:
            if self._decoder is None or self._decoder.eof:
                if len(piece) < len(_GZIP):
                    self._undecoded = piece
                    break
                if self._decoder is not None and not piece.startswith(_GZIP):
                    break  # what follows the end is nobody's
                self._decoder = zlib.decompressobj(_form(self._encoding, piece))
            try:
                decoded += self._decoder.decompress(piece, room - len(decoded))
            except zlib.error as error:
                raise Undecodable(str(error)) from error
            piece = self._decoder.unused_data
        return decoded


def _form(encoding: str, start: bytes) -> int:
    """Some servers leave out the wrapping of "deflate" (RFC 1950, 2.2) that RFC 9110 asks for."""
    wrapped = start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
    return -zlib.MAX_WBITS if encoding == "deflate" and not wrapped else zlib.MAX_WBITS | 32
