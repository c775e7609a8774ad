from __future__ import annotations

import pytest

from diag.net.addresses import family_of, is_address, is_internal, scope


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", "global"),
        ("172.32.0.1", "global"),
        ("100.128.0.1", "global"),
        ("10.1.2.3", "private"),
        ("172.31.255.255", "private"),
        ("192.168.0.1", "private"),
        ("192.0.0.2", "private"),
        ("100.64.0.1", "shared"),
        ("127.0.0.2", "loopback"),
        ("169.254.169.254", "link_local"),
        ("0.0.0.0", "unspecified"),
        ("198.18.0.1", "benchmark"),
        ("203.0.113.9", "documentation"),
        ("239.255.255.250", "multicast"),
        ("255.255.255.255", "reserved"),
        ("2606:4700::1111", "global"),
        ("::1", "loopback"),
        ("::", "unspecified"),
        ("fe80::1%eth0", "link_local"),
        ("fec0::1", "unique_local"),
        ("fd12::1", "unique_local"),
        ("2001:db8::1", "documentation"),
        ("ff02::1", "multicast"),
    ],
)
def test_scope(address: str, expected: str) -> None:
    assert scope(address) == expected


@pytest.mark.parametrize(
    "carrier",
    ["::ffff:{}", "::{}", "64:ff9b::{}"],
)
def test_an_address_that_carries_another_is_where_that_one_is(carrier: str) -> None:
    assert scope(carrier.format("10.0.0.1")) == "private"
    assert scope(carrier.format("8.8.8.8")) == "global"
    assert scope("2002:7f00:1::") == "loopback"


def test_what_a_public_host_must_not_send_us_to() -> None:
    assert is_internal("127.0.0.1")
    assert is_internal("fe80::1%eth0")
    assert not is_internal("8.8.8.8")


def test_what_is_an_address() -> None:
    assert is_address("192.0.2.1")
    assert is_address("fe80::1%eth0")
    assert not is_address("192.0.2")
    assert not is_address("login.app.test")
    assert (family_of("192.0.2.1"), family_of("::1")) == ("ipv4", "ipv6")
