"""The menu entry inside an AppImage, read where it is: nothing is mounted, unpacked or started.

An AppImage of type 2 is a program (ELF) with a squashfs image behind it, which holds a `.desktop`
file at its top (AppImage specification). Read of squashfs 4.0 is what it takes to find that file:
superblock, inodes, directories, one fragment or block. gzip and xz are served, and zstd where
Python has it (3.14); of others nothing is known.

Every read is bounded; anything unexpected is Failed(unparsable).
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from msgspec import Struct

from diag.host import Host
from diag.model import Failed

MAGIC = b"hsqs"
SUPERBLOCK = struct.Struct("<4sIIIIHHHHHHQQQQQQQQ")
METADATA = 8192
"""Most bytes of a metadata block, unpacked."""
LARGEST_FILE = 256 << 10
SMALLEST_BLOCK, LARGEST_BLOCK = 4 << 10, 1 << 20
MOST_BLOCKS = 64
"""Metadata blocks that one directory or inode may take: some 500 KiB."""
LINKS_FOLLOWED = 5

DIRECTORY, FILE, LINK = 1, 2, 3
EXTENDED = 7
"""Added to a kind for the inodes with more fields."""
NO_FRAGMENT = 0xFFFFFFFF

Unpack = Callable[[bytes, int], bytes]


class Inode(Struct, frozen=True):
    """What is needed of one: where a directory's listing or a file's data begins."""

    kind: int
    start: int = 0
    offset: int = 0
    size: int = 0
    fragment: int = NO_FRAGMENT
    blocks: tuple[int, ...] = ()
    target: str = ""


def root_desktop_entry(host: Host, path: str) -> str | None:
    """The first `.desktop` file at the top of an AppImage; None if it has none."""
    try:
        image = Image(host, path, _behind_the_program(host, path))
        name = next((name for name in sorted(image.root()) if name.endswith(".desktop")), None)
        return None if name is None else image.file(name).decode("utf-8", "replace")
    except (struct.error, IndexError, KeyError, ValueError, OverflowError, RecursionError) as error:
        raise Failed("unparsable", "read the AppImage", type(error).__name__) from None


def _behind_the_program(host: Host, path: str) -> int:
    """Where the image begins: behind the table of sections, the last part of an ELF file."""
    head = host.read_part(path, 0, 64)
    if head[:4] != b"\x7fELF" or head[8:11] != b"AI\x02":
        raise Failed("unsupported", "read the AppImage", "not of type 2")
    if head[4] == 2:  # 64 bits
        (table,) = struct.unpack_from("<Q", head, 0x28)
        size, count = struct.unpack_from("<HH", head, 0x3A)
    else:
        (table,) = struct.unpack_from("<I", head, 0x20)
        size, count = struct.unpack_from("<HH", head, 0x2E)
    return int(table + size * count)


class Image:
    """A squashfs image inside a file."""

    def __init__(self, host: Host, path: str, start: int) -> None:
        self._host = host
        self._path = path
        self._start = start
        fields = SUPERBLOCK.unpack(self._bytes(0, SUPERBLOCK.size))
        if fields[0] != MAGIC or fields[9] != 4:
            raise Failed("unparsable", "read the AppImage", "no squashfs 4")
        if not SMALLEST_BLOCK <= fields[3] <= LARGEST_BLOCK:
            raise Failed("unparsable", "read the AppImage", "size of blocks")
        self._block_size = fields[3]
        self._unpack = _unpacker(fields[5])
        self._root = fields[11]
        self._inodes, self._directories, self._fragments = fields[15], fields[16], fields[17]

    def root(self) -> dict[str, int]:
        """The names at the top, with where their inodes are."""
        return self._names(self._inode(self._root))

    def file(self, path: str) -> bytes:
        """A file's content, links inside the image followed. Raises KeyError if it is not there."""
        for _ in range(LINKS_FOLLOWED):
            inode = self._walk(path)
            if inode.kind != LINK:
                return self._content(inode)
            path = _joined(path, inode.target)
        raise Failed("unparsable", "read the AppImage", "too many links")

    def _walk(self, path: str) -> Inode:
        inode = self._inode(self._root)
        for name in path.split("/"):
            inode = self._inode(self._names(inode)[name])
        return inode

    def _bytes(self, start: int, size: int) -> bytes:
        return self._host.read_part(self._path, self._start + start, size)

    def _metadata(self, at: int, offset: int, size: int) -> bytes:
        """`size` bytes from `offset` of the unpacked blocks that begin at `at`."""
        held = b""
        for _ in range(MOST_BLOCKS):
            if len(held) >= offset + size:
                break
            (header,) = struct.unpack("<H", self._bytes(at, 2))
            length = header & 0x7FFF
            packed = self._bytes(at + 2, length)
            held += packed if header & 0x8000 else self._unpack(packed, METADATA)
            at += 2 + length
        return held[offset : offset + size]

    def _inode(self, reference: int) -> Inode:
        at, offset = self._inodes + (reference >> 16), reference & 0xFFFF
        (kind,) = struct.unpack("<H", self._metadata(at, offset, 2))

        def fields(form: str) -> tuple[int, ...]:
            size = struct.calcsize(form)
            return struct.unpack(form, self._metadata(at, offset + 16, size))

        if kind == DIRECTORY:
            start, _, size, inside, _ = fields("<IIHHI")
            return Inode(DIRECTORY, start, inside, size)
        if kind == DIRECTORY + EXTENDED:
            _, size, start, _, _, inside, _ = fields("<IIIIHHI")
            return Inode(DIRECTORY, start, inside, size)
        if kind == FILE:
            start, fragment, inside, size = fields("<IIII")
            blocks = self._block_sizes(at, offset + 32, size, fragment)
            return Inode(FILE, start, inside, size, fragment, blocks)
        if kind == FILE + EXTENDED:
            start, size, _, _, fragment, inside, _ = fields("<QQQIIII")
            blocks = self._block_sizes(at, offset + 56, size, fragment)
            return Inode(FILE, start, inside, size, fragment, blocks)
        if kind in (LINK, LINK + EXTENDED):
            _, size = fields("<II")
            target = self._metadata(at, offset + 24, min(size, 4096))
            return Inode(LINK, target=target.decode())
        return Inode(kind)

    def _block_sizes(self, at: int, offset: int, size: int, fragment: int) -> tuple[int, ...]:
        if size > LARGEST_FILE:
            raise Failed("unparsable", "read the AppImage", "the file is too large")
        whole, rest = divmod(size, self._block_size)
        count = whole + (1 if rest and fragment == NO_FRAGMENT else 0)
        return struct.unpack(f"<{count}I", self._metadata(at, offset, 4 * count))

    def _names(self, directory: Inode) -> dict[str, int]:
        if directory.kind != DIRECTORY:
            raise KeyError
        size = min(directory.size - 3, MOST_BLOCKS * METADATA)
        listing = self._metadata(self._directories + directory.start, directory.offset, size)
        found: dict[str, int] = {}
        at = 0
        while at + 12 <= len(listing):
            count, block, _ = struct.unpack_from("<III", listing, at)
            at += 12
            for _ in range(count + 1):
                inside, _, _, length = struct.unpack_from("<HhHH", listing, at)
                name = listing[at + 8 : at + 9 + length].decode("utf-8", "replace")
                found[name] = block << 16 | inside
                at += 9 + length
        return found

    def _content(self, inode: Inode) -> bytes:
        if inode.kind != FILE:
            raise KeyError
        data, at = b"", inode.start
        for packed in inode.blocks:
            data += self._block(at, packed, min(self._block_size, inode.size - len(data)))
            at += packed & 0xFFFFFF
        if inode.fragment != NO_FRAGMENT:
            table, entry = divmod(inode.fragment, METADATA // 16)
            (blocks,) = struct.unpack("<Q", self._bytes(self._fragments + 8 * table, 8))
            start, packed, _ = struct.unpack("<QII", self._metadata(blocks, 16 * entry, 16))
            tail = self._block(start, packed, self._block_size)
            data += tail[inode.offset : inode.offset + inode.size - len(data)]
        return data

    def _block(self, at: int, packed: int, size: int) -> bytes:
        """A data block; its 25th bit says that it is not packed, no length that it is all zeros."""
        length = packed & 0xFFFFFF
        if length == 0:
            return bytes(size)
        held = self._bytes(at, min(length, LARGEST_BLOCK))
        return held if packed & 1 << 24 else self._unpack(held, self._block_size)


def _joined(path: str, target: str) -> str:
    """Where a link leads, as a path from the top of the image."""
    if target.startswith("/"):
        return target.strip("/")
    parts = path.split("/")[:-1]
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _unpacker(compressor: int) -> Unpack:
    """By the superblock's number; what it gives is cut at a limit."""
    if compressor == 1:
        return _gzip
    if compressor == 4:
        return _xz
    if compressor == 6:
        return _zstd
    raise Failed("unsupported", "read the AppImage", f"compressor {compressor}")


def _gzip(data: bytes, limit: int) -> bytes:
    import zlib

    try:
        return zlib.decompressobj().decompress(data, limit)
    except zlib.error as error:
        raise ValueError from error


def _xz(data: bytes, limit: int) -> bytes:
    import lzma

    try:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=64 << 20).decompress(data, limit)
    except lzma.LZMAError as error:
        raise ValueError from error


def _zstd(data: bytes, limit: int) -> bytes:
    from importlib import import_module

    try:
        zstd = import_module("compression.zstd")
    except ImportError:
        raise Failed("unsupported", "read the AppImage", "zstd") from None
    try:
        unpacked: bytes = zstd.ZstdDecompressor().decompress(data, limit)
    except zstd.ZstdError as error:
        raise ValueError from error
    return unpacked
