"""What leaves the device: nothing private, and still a report that can be diagnosed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from diag.model import (
    Answers,
    Fact,
    FreeText,
    Observation,
    PrivateHost,
    PrivateIp,
    PrivateMac,
    PrivateName,
    PrivatePath,
    PrivateSsid,
    PrivateUser,
    Public,
    ServiceIp,
)
from diag.privacy import Redactor, redact
from tests.toys import snapshot_of, toy_check

SEEDS = [
    "192.168.1.23",
    "10.0.0.5",
    "203.0.113.77",
    "fd12:3456:789a::1",
    "fe80::1c2b:3dff:fe4e:5f60",
    "2001:db8::42",
    "aa:bb:cc:dd:ee:ff",
    "AA-BB-CC-DD-EE-FF",
    "taro.yamada@example.co.jp",
    "6f9619ff-8b86-d011-b42d-00c04fc964ff",
    "/home/taro/Documents",
    "/Users/hanako/Library",
    "C:\\Users\\hanako\\AppData",
    "Bearer abcdefghijklmnop",
    "token=s3cr3tvalue",
    "http://taro:hunter2@proxy.corp.local:8080/",
    "https://example.net/cb?session=abc123",
    "taro-laptop",
]
GONE = [
    "192.168.1.23",
    "10.0.0.5",
    "203.0.113.77",
    "fd12:3456",
    "1c2b:3dff",
    "2001:db8::42",
    "aa:bb:cc:dd:ee:ff",
    "AA-BB-CC-DD-EE-FF",
    "taro",
    "hanako",
    "6f9619ff",
    "abcdefghijklmnop",
    "s3cr3tvalue",
    "hunter2",
    "abc123",
]


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    mac: PrivateMac
    note: FreeText = ""


class SeededFact(Fact, frozen=True, kw_only=True):
    gateway: PrivateIp
    service: ServiceIp
    local_service: ServiceIp
    host: PrivateHost
    asked: PrivateHost
    ssid: PrivateSsid
    user: PrivateUser
    path: PrivatePath
    name: PrivateName | None
    shown: Public
    free: FreeText
    neighbours: tuple[Inner, ...]
    by_address: dict[PrivateIp, Public]
    more: tuple[PrivateIp, ...] = ()


FACT = SeededFact(
    gateway="192.168.1.23",
    service="93.184.216.34",
    local_service="10.0.0.5",
    host="taro-laptop.corp.local",
    asked="login.app.test",
    ssid="hanako home",
    user="taro",
    path="/home/taro/Documents",
    name=None,
    shown="1.2.3.4",
    free=" and ".join(SEEDS),
    neighbours=(Inner(mac="aa:bb:cc:dd:ee:ff", note="seen from 192.168.1.23"),),
    by_address={"192.168.1.23": "ok"},
    more=("192.168.1.23", "127.0.0.1"),
)


def redacted() -> tuple[SeededFact, dict[str, int], bytes]:
    check = toy_check("seeded", fact=SeededFact, collect=lambda *_: FACT)
    snapshot = snapshot_of([], endpoint=[{"id": "login", "url": "https://login.app.test/"}])
    snapshot = msgspec.structs.replace(
        snapshot,
        observations={
            "seeded": Observation(fact=FACT, took_s=0.1),
            "gone": Observation(fact={"deep": [{"text": "from 192.168.1.23"}]}, took_s=0.1),
        },
        answers=Answers(error_text="E-12 for taro.yamada@example.co.jp on 192.168.1.23"),
    )
    result = redact(snapshot, {"seeded": check}, ["taro-laptop", "taro"])
    fact: Any = result.snapshot.observations["seeded"].fact
    return fact, result.counts, msgspec.json.encode(result.snapshot)


def test_no_seed_is_left_anywhere() -> None:
    _, _, exported = redacted()
    text = exported.decode()
    assert [seed for seed in GONE if seed in text] == []


def test_the_same_value_has_the_same_token_in_fields_and_in_text() -> None:
    fact, _, exported = redacted()
    assert fact.gateway == "ip-1"
    assert fact.neighbours[0].note == "seen from ip-1"
    assert fact.by_address == {"ip-1": "ok"}
    assert fact.more == ("ip-1", "127.0.0.1"), "loopback tells nothing"
    assert b'"text":"from ip-1"' in exported, "a check that is not installed is scanned as a whole"


def test_what_is_public_stays() -> None:
    fact, _, _ = redacted()
    assert fact.service == "93.184.216.34", "a global address of a host that the profile names"
    assert fact.asked == "login.app.test", "the profile names it"
    assert fact.shown == "1.2.3.4", "a version is no address"


def test_a_private_address_of_a_service_is_private() -> None:
    fact, _, _ = redacted()
    assert fact.local_service.startswith("ip-")


def test_replacements_are_counted_by_kind() -> None:
    _, counts, _ = redacted()
    assert {"ip", "mac", "ssid", "user", "host", "path", "email", "uuid", "secret"} <= set(counts)
    assert counts["ssid"] == 1


def test_redacting_twice_changes_nothing() -> None:
    redactor = Redactor()
    once = redactor.scan("from 192.168.1.23 by aa:bb:cc:dd:ee:ff")
    assert Redactor().scan(once) == once == "from ip-1 by mac-1"


@pytest.mark.parametrize(
    "text",
    [
        "version 10.0.26100",
        "at 21:40:05",
        "2026-11-22T12:00:00+00:00",
        "login.app.test answered 503",
        "sha256 9f86d081884c7d659a2feaa0c55ad015",
        "::: a title :::",
        "C++ std::vector",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert Redactor().scan(text) == text
