"""The version of a Windows program, read from the file: three short looks into it.

PE Format (learn.microsoft.com): headers, the table of sections, in `.rsrc` the tree type - name -
language, and behind its leaf VS_VERSIONINFO, whose VS_FIXEDFILEINFO has the four numbers.
"""

from __future__ import annotations

import struct

from diag.host import Host
from diag.model import Failed

HEAD = 4096
TREE = 64 << 10
RESOURCE = 4096

RT_VERSION = 16
FIXED_SIGNATURE = 0xFEEF04BD
SUBTREE = 0x80000000
MOST_SECTIONS = 96
"""The most that Windows loads."""


def file_version(host: Host, path: str) -> str | None:
    """Four numbers with dots; None if the program says none. Raises Failed: tool_missing, denied,
    unparsable."""
    try:
        return _read(host, path)
    except (struct.error, ValueError, IndexError):
        raise Failed("unparsable", "read the program's version") from None


def _read(host: Host, path: str) -> str | None:
    section = _resources(host.read_part(path, 0, HEAD))
    if section is None:
        return None
    address, start = section
    tree = host.read_part(path, start, TREE)
    leaf = _leaf(tree)
    if leaf is None:
        return None
    at, size = struct.unpack_from("<II", tree, leaf)
    if at < address:
        raise ValueError
    info = host.read_part(path, start + at - address, min(size, RESOURCE))
    found = info.find(struct.pack("<I", FIXED_SIGNATURE))
    if found < 0:
        return None
    file_high, file_low, product_high, product_low = struct.unpack_from("<IIII", info, found + 8)
    return _dotted(file_high, file_low) or _dotted(product_high, product_low)


def _resources(head: bytes) -> tuple[int, int] | None:
    """Where the section of resources is in memory and in the file."""
    (pe,) = struct.unpack_from("<I", head, 0x3C)
    if head[:2] != b"MZ" or head[pe : pe + 4] != b"PE\0\0":
        raise ValueError
    (sections,) = struct.unpack_from("<H", head, pe + 6)
    (optional,) = struct.unpack_from("<H", head, pe + 20)
    table = pe + 24 + optional
    for index in range(min(sections, MOST_SECTIONS)):
        entry = table + 40 * index
        if head[entry : entry + 8].rstrip(b"\0") == b".rsrc":
            _, address, _, start = struct.unpack_from("<IIII", head, entry + 8)
            return address, start
    return None


def _leaf(tree: bytes) -> int | None:
    """The first language of the first version; the tree has three levels."""
    at = _below(tree, 0, RT_VERSION)
    for _ in range(2):
        if at is None or not at & SUBTREE:
            return None
        at = _below(tree, at & ~SUBTREE, None)
    return None if at is None or at & SUBTREE else at


def _below(tree: bytes, directory: int, wanted: int | None) -> int | None:
    """What an entry of a directory leads to: that of this number, or the first."""
    named, numbered = struct.unpack_from("<HH", tree, directory + 12)
    for index in range(named + numbered):
        number, leads_to = struct.unpack_from("<II", tree, directory + 16 + 8 * index)
        if wanted is None or number == wanted:
            return int(leads_to)
    return None


def _dotted(high: int, low: int) -> str | None:
    numbers = (high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF)
    return ".".join(map(str, numbers)) if any(numbers) else None
