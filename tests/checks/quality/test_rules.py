"""What is made of a second look at the line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from checks.endpoint import EndpointFact
from checks.endpoint.facts import AddressProbe, EndpointProbe, FamilyProbe, HttpExchange
from checks.quality import CHECK, LineFact
from checks.quality.facts import CameIn, Flight, Sizes, Try
from diag.model import Finding, Unmeasured
from diag.net.resolve import Family
from tests.support import view

QUICK = [0.02] * 12
LONG_SLOW = Flight(host="login.app.test", octets=4000, spread_s=1.0)
FAST = Flight(host="login.app.test", octets=4000, spread_s=0.01)


def tries(*times: float | None, resent: int | None = None) -> tuple[Try, ...]:
    return tuple(Try(address="1.1.1.1", took_s=each, resent=resent) for each in times)


def judged(fact: LineFact, *others: Any) -> list[tuple[str, str, str]]:
    brief: list[tuple[str, str, str]] = []
    for each in CHECK.judge(fact, view(fact, *others)):
        if isinstance(each, Finding):
            brief.append((each.code, each.subject, each.confidence))
        elif isinstance(each, Unmeasured):
            brief.append((each.code, each.subject, "unknown"))
    return brief


def line(*times: float | None, **rest: Any) -> LineFact:
    return LineFact(**{"why": ("late",), "tries": tries(*times), **rest})


def test_nothing_gave_reason_to_look() -> None:
    assert judged(LineFact()) == []


def test_a_good_line() -> None:
    assert judged(line(*QUICK, flights=(FAST,))) == []


def test_too_few_connections_tell_nothing() -> None:
    assert judged(line(0.02, 1.02, None)) == [("internet.lossy", "path", "unknown")]


# --- loss ---


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([0.02] * 11 + [1.03], None),
        ([0.02] * 10 + [1.03, 1.04], "likely"),
        ([0.02] * 10 + [1.03, None], "likely"),
        ([0.02] * 10 + [3.05, None], "likely"),
        ([0.02] * 8 + [1.03, 1.02, None, None], "certain"),
        ([0.6] * 10 + [1.62, 1.61], "likely"),
        ([0.6] * 10 + [0.9, 1.1], None),
    ],
)
def test_connections_that_came_about_a_second_late(
    times: list[float | None], expected: str | None
) -> None:
    found = [("internet.lossy", "path", expected)] if expected else []
    assert judged(line(*times)) == found


def test_packets_that_the_system_knows_to_have_sent_again() -> None:
    """Even if every single connection needed that."""
    fact = line(tries=tries(*[1.02] * 12, resent=1))
    assert judged(fact) == [("internet.lossy", "path", "certain")]


def test_a_dead_end_is_not_a_lossy_line() -> None:
    assert judged(line(*[None] * 12)) == []


def test_how_many_were_lost() -> None:
    [finding] = CHECK.judge(line(*[0.02] * 9, 1.03, 1.04, None), view())
    assert isinstance(finding, Finding)
    assert finding.args == {"lost": 3, "tried": 12}


# --- pace ---


@pytest.mark.parametrize(
    ("flights", "expected"),
    [
        ([LONG_SLOW], "likely"),
        ([LONG_SLOW, LONG_SLOW], "certain"),
        ([LONG_SLOW, FAST], None),
        ([Flight(host="a", octets=700, spread_s=0.2)], None),
        ([Flight(host="a", octets=700, spread_s=0.2)] * 2, "certain"),
        ([Flight(host="a", octets=40, spread_s=0.2)] * 3, None),
        ([Flight(host="a", octets=4000, spread_s=0.17)], "likely"),
        ([Flight(host="a", octets=4000, spread_s=0.15)], None),
    ],
)
def test_the_pace_of_what_comes_in(flights: list[Flight], expected: str | None) -> None:
    found = [("internet.slow", "path", expected)] if expected else []
    assert judged(line(*QUICK, flights=tuple(flights))) == found


def test_the_fastest_counts() -> None:
    slower = Flight(host="a", octets=4000, spread_s=2.0)
    [finding] = CHECK.judge(line(*QUICK, flights=(slower, LONG_SLOW)), view())
    assert isinstance(finding, Finding)
    assert finding.args["kbit"] == 32


def test_far_away_is_slow_only_if_very_far() -> None:
    assert judged(line(*[0.7] * 12)) == []
    assert judged(line(*[1.8] * 12)) == [("internet.slow", "path", "likely")]


FULL = CameIn(octets=6500, packets=40, seconds=2.2)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ({"came_in": FULL}, [("internet.slow", "path", "likely")]),
        ({"came_in": None}, []),
        ({"came_in": CameIn(octets=900, packets=12, seconds=2.2)}, []),
        ({"came_in": CameIn(octets=3000, packets=40, seconds=2.2)}, []),
        ({"came_in": CameIn(octets=900_000, packets=700, seconds=2.2)}, []),
    ],
)
def test_a_line_full_of_the_little_that_it_carries(
    rest: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    times = [None] * 10 + [1.6, 1.9]
    fact = line(*times, quickest_s=0.3, **rest)
    codes = [each for each in judged(fact) if each[0] == "internet.slow"]
    assert codes == expected


@pytest.mark.parametrize(
    ("times", "quickest_s"),
    [
        ([None] * 11 + [0.02], 0.02),  # one came about at once
        ([0.62] * 12, 0.6),  # as far away as before
        ([1.02, 1.03, 1.04] + [None] * 9, 0.02),  # right after they were tried again
    ],
)
def test_what_is_not_crowding(times: list[float | None], quickest_s: float) -> None:
    fact = line(*times, quickest_s=quickest_s, came_in=FULL)
    assert "internet.slow" not in [code for code, *_ in judged(fact)]


# What lines in the lab gave: kilobits or loss, the quickest connection before, the connections, and
# what came in meanwhile.
SEEN: list[tuple[str, float, list[float | None], tuple[int, int, float]]] = [
    ("24 kbit", 0.64, [1.72, 1.71, 1.69, 1.68, 1.66, 1.64, 1.62, 1.61, None, None, 1.63, 1.62],
     (6224, 38, 2.07)),
    ("24 kbit", 0.004, [1.01, 1.0, 0.98, 0.98, 1.47, 1.46, 1.44] + [None] * 5, (6799, 27, 2.24)),
    ("48 kbit", 0.37, [0.07, 0.14, 0.47, 1.06, 1.04, 1.07, 1.05, 1.02, 1.25, 1.24, 1.23, 1.51],
     (11714, 51, 1.95)),
    ("48 kbit", 0.39, [1.24, 1.28, 1.28, 1.25, 1.23, 1.2, 1.19, 1.16, 1.14, 1.11, 1.09, 1.06],
     (9031, 63, 1.5)),
    ("48 kbit", 0.21, [0.45, 0.43, 0.5, 0.47, 0.44, 0.42, 0.39, 0.37, 0.35, 0.33, 0.43, 1.04],
     (9696, 41, 1.48)),
    ("1 of 2 lost", 1.02, [1.02, None, 1.0, 1.03, 1.02, 1.01, 1.0, None, 1.02, 1.01, 1.0, 1.03],
     (9349, 49, 2.08)),
    ("1 of 2 lost", 0.003, [1.02, 1.01, 1.03, 1.02] * 3, (18088, 34, 1.47)),
    ("1 of 4 lost", 0.001, [0.0, 1.03, 0.0, 1.02, 0.0, 0.0, 0.0, 0.0, None, 0.0, None, 0.0],
     (8947, 38, 2.2)),
]  # fmt: skip


@pytest.mark.parametrize(("what", "quickest_s", "times", "came_in"), SEEN)
def test_what_loses_packets_is_told_from_what_is_full(
    what: str, quickest_s: float, times: list[float | None], came_in: tuple[int, int, float]
) -> None:
    octets, packets, seconds = came_in
    resent = tuple(
        Try(address="1.1.1.1", took_s=each, resent=int(each >= 1.0) if each is not None else None)
        for each in times
    )
    fact = LineFact(
        why=("late",),
        quickest_s=quickest_s,
        tries=resent,
        came_in=CameIn(octets=octets, packets=packets, seconds=seconds),
    )
    ((code, *_),) = judged(fact)
    assert code == ("internet.lossy" if "lost" in what else "internet.slow")


def test_loss_makes_short_flights_slow() -> None:
    """What a lost packet delays says nothing about the pace."""
    short = Flight(host="a", octets=700, spread_s=0.4)
    fact = line(*[0.02] * 8, 1.02, 1.02, None, None, flights=(short, short))
    assert judged(fact) == [("internet.lossy", "path", "certain")]


# --- sizes ---


def sizes(endpoint: str, family: Family, usual: str = "stalled", small: str = "answered") -> Sizes:
    return Sizes(
        endpoint=endpoint,
        host=f"{endpoint}.app.test",
        family=family,
        usual=usual,  # type: ignore[arg-type]
        small=small,  # type: ignore[arg-type]
    )


def silent(*looks: Sizes, times: Sequence[float | None] = QUICK) -> LineFact:
    return LineFact(why=("silent",), tries=tries(*times), sizes=looks)


def test_large_packets_vanish() -> None:
    looks = (sizes("login", "ipv4"), sizes("login", "ipv6"), sizes("api", "ipv4"))
    assert judged(silent(*looks)) == [("path.mtu_blackhole", "path", "certain")]


def test_to_one_host_alone() -> None:
    looks = (sizes("login", "ipv4"), sizes("api", "ipv4", small="stalled"))
    assert judged(silent(*looks)) == [("path.mtu_blackhole", "endpoint:login", "likely")]


@pytest.mark.parametrize(
    ("usual", "small"),
    [
        ("stalled", "stalled"),
        ("answered", "answered"),
        ("failed", "answered"),
        ("stalled", "failed"),
    ],
)
def test_what_is_no_black_hole(usual: str, small: str) -> None:
    assert judged(silent(sizes("login", "ipv4", usual, small))) == []


def healthy_over(family: Family) -> EndpointFact:
    page = HttpExchange(outcome="ok", took_s=0.1, status=200, expected=True)
    probe = AddressProbe(address="192.0.2.1", scope="global", tcp="ok", tcp_s=0.1, http=page)
    way = FamilyProbe(family=family, usable=True, resolve="ok", resolve_s=0.0, probes=(probe,))
    return EndpointFact(
        endpoints=(EndpointProbe(id="www", host="www", port=443, tls=True, families=(way,)),)
    )


def test_over_one_family_alone() -> None:
    looks = (sizes("login", "ipv6"), sizes("api", "ipv6"))
    assert judged(silent(*looks), healthy_over("ipv4")) == [
        ("path.mtu_blackhole", "path/ipv6", "certain")
    ]
    assert judged(silent(*looks), healthy_over("ipv6")) == [
        ("path.mtu_blackhole", "path", "certain")
    ]


def test_on_a_lossy_line_one_alone_may_be_chance() -> None:
    times = [0.02] * 10 + [1.03, 1.04]
    assert judged(silent(sizes("login", "ipv4"), times=times)) == [
        ("internet.lossy", "path", "likely")
    ]


def test_no_time_was_left_to_look() -> None:
    assert judged(silent()) == [("path.mtu_blackhole", "path", "unknown")]
