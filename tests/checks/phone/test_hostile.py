"""Answers that no phone gives: nothing breaks, and nothing takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.phone.adb import OUTPUT_LIMIT
from checks.phone.android import reading
from checks.phone.iphone import LINE, UDID
from checks.phone.script import MARK, sections
from tests.checks.phone.phones import PACKAGE, galaxy, pixel
from tests.support import NOW

PIECES = [
    *galaxy().values(),
    *pixel().values(),
    f"\n{MARK} package\n",
    f"\n{MARK} networks\n",
    f"\n{MARK} storage\n",
    f"Packages:\n  Package [{PACKAGE}] (",
    "User 0: ",
    "runtime permissions:\n",
    "NetworkAgentInfo{network{",
    "\x1b[31m",
    "\x00",
    "９９",
]
output = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=40)), max_size=12)


def read(data: bytes) -> None:
    reading(
        sections(data),
        package=PACKAGE,
        needs=("camera", "notifications", "photos"),
        asked=(NOW, NOW),
        cut=None,
    )


@settings(deadline=None, max_examples=200)
@given(output)
def test_any_answer_is_read_or_left(pieces: list[str]) -> None:
    read("".join(pieces).encode(errors="surrogatepass"))


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_left(data: bytes) -> None:
    read(f"\n{MARK} package\n".encode() + data)


REPEATED = [
    "User 0: ",
    "NetworkAgentInfo{network{",
    "nc{[ Transports: ",
    "android.permission.CAMERA: granted=false, flags=[ ",
    f"Package [{PACKAGE}] (1)\n",
    f"\n{MARK} networks\n",
    "POST_NOTIFICATION: ignore\n",
    "versionName=1 ",
    "x=",
    " ",
    "\n",
    "a",
]


@pytest.mark.parametrize("piece", REPEATED)
def test_the_largest_answer_is_read_in_no_time(piece: str) -> None:
    """The time is the promise: an answer of a phone must not hold up the whole run."""
    names = ("networks", "storage", "background", "notifications", "data_saver", "package")
    for name in names:
        head = f"\n{MARK} {name}\nActive default network: 1\nPackages:\n  Package [{PACKAGE}] (1)\n"
        data = (head + piece * (OUTPUT_LIMIT // len(piece))).encode()[:OUTPUT_LIMIT]
        started = time.monotonic()
        read(data)
        assert time.monotonic() - started < 2.0, (name, piece)


@pytest.mark.parametrize("piece", ["0", "00-", "ProductVersion: ", "ProductVersion: 1\n"])
def test_the_largest_answer_of_a_tool_is_read_in_no_time(piece: str) -> None:
    text = piece * (OUTPUT_LIMIT // len(piece))
    started = time.monotonic()
    UDID.findall(text)
    LINE.findall(text)
    assert time.monotonic() - started < 2.0
