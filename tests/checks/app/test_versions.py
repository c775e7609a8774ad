from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.app.versions import compare, upstream

NUMBERS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=5)


def dotted(numbers: list[int]) -> str:
    return ".".join(map(str, numbers))


def padded(numbers: list[int], length: int = 5) -> tuple[int, ...]:
    return (*numbers, *(0,) * (length - len(numbers)))


@pytest.mark.parametrize(
    ("installed", "offered", "order"),
    [
        ("1.9", "1.10", -1),
        ("1.2", "1.2.0", 0),
        ("v2.0.0", "2.0", 0),
        ("V 2.1", "2.0", 1),
        ("１．２．３", "1.2.4", -1),
        ("2.0rc1", "2.0", -1),
        ("5.0.07", "5.0.7", 0),
        ("1.2.3-4", "1.2.3-10", -1),
        ("1.2,3", "1.2,10", -1),
        ("7.3.2_1", "7.3.2", 1),
        ("1.2.3+456", "1.2.3", 0),
        ("1.2.3+456", "1.2.3+789", -1),
        ("2024.11.1", "2024.9.30", 1),
        ("v2024.10-beta (5)", "2024.10", -1),
        ("v2024.10-beta (5)", "2024.10-beta (6)", -1),
        ("v2024.10-beta (5)", "2024.10-beta", 0),
        ("1.2,345", "1.2", 0),
        ("1.2,345", "1.3", -1),
        ("１．２（３）", "1.2 (4)", -1),
        ("2.3 (Build 7)", "2.3 build 10", -1),
        ("1.2.0 (9)", "1.2 (10)", -1),
        ("2.3 (x64)", "2.3", 0),
        ("Version 2.3", "2.4", -1),
        ("2.0~rc1", "2.0", -1),
        ("1.2+abc", "1.2+abd", 0),
        ("10.0.19045.4046", "10.0.19041.0", 1),
        ("0.0.9", "2.5.1-SUM-2170.1", -1),
        ("1.0.2k", "1.2", -1),
        ("1.2-5-gabcdef", "1.2-12-gabcdef", -1),
    ],
)
def test_order(installed: str, offered: str, order: int) -> None:
    assert compare(installed, offered) == order
    assert compare(offered, installed) == -order


@pytest.mark.parametrize(
    "unreadable",
    [
        "",
        " ",
        "latest",
        "Varies with device",
        "1.2.x",
        "abc",
        "1..2",
        "٣.٤",
        "1" * 65,
        "1.2k",
        "1.2.0-SUM-2170.1",
        "1.2~1.3",
        "(5)",
        "v",
        "1.2 (beta)",
        "1.2-5-gabcdef",
    ],
)
def test_what_cannot_be_read_is_unknown(unreadable: str) -> None:
    assert compare(unreadable, "1.2") is None
    assert compare("1.2", unreadable) is None
    assert compare(unreadable, unreadable) is None


@given(NUMBERS, NUMBERS)
def test_numbers_are_ordered_as_numbers(left: list[int], right: list[int]) -> None:
    ours, theirs = padded(left), padded(right)
    assert compare(dotted(left), dotted(right)) == (ours > theirs) - (ours < theirs)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_are_ordered_the_same_both_ways_or_not_at_all(a: str, b: str) -> None:
    order = compare(a, b)
    back = compare(b, a)
    assert order in (-1, 0, 1, None)
    assert back == (None if order is None else -order)


@given(NUMBERS, st.sampled_from(["v", "V", " ", "v.", ""]))
def test_signs_around_do_not_matter(numbers: list[int], before: str) -> None:
    wide = dotted(numbers).translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789."})
    assert compare(f"{before}{dotted(numbers)} ", wide) == 0


@given(NUMBERS, st.integers(1, 3), st.integers(1, 20), st.sampled_from(["", "ubuntu1", "~deb12u2"]))
def test_epoch_and_revision_are_debians_own(
    numbers: list[int], epoch: int, revision: int, suffix: str
) -> None:
    assert upstream(f"{epoch}:{dotted(numbers)}-{revision}{suffix}") == dotted(numbers)


@pytest.mark.parametrize(
    ("debian", "maker"),
    [
        ("1:9.2p1-2+deb12u6", "9.2p1"),
        ("20.20.2-1nodesource1+repack1", "20.20.2"),
        ("2.9.14+dfsg-1.3~deb12u6", "2.9.14"),
        ("6.0-28", "6.0"),
        ("12.4+deb12u11", "12.4+deb12u11"),
        ("4.36.140", "4.36.140"),
        ("2.1.12-stable-8", "2.1.12-stable"),
    ],
)
def test_upstream(debian: str, maker: str) -> None:
    assert upstream(debian) == maker


@pytest.mark.skipif(not shutil.which("dpkg"), reason="no dpkg on this machine")
def test_dpkg_orders_plain_versions_the_same_way() -> None:
    for left, right in (("1.9", "1.10"), ("2.0", "1.99.99"), ("3", "3.1")):
        lower = subprocess.run(["dpkg", "--compare-versions", left, "lt", right], check=False)
        assert (compare(left, right) == -1) == (lower.returncode == 0)
