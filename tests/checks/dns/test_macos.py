"""The name servers of macOS, as `scutil` lists them."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.dns.configured import configured_servers
from diag.model import Failed
from tests.support import replay

RECORDED = Path(__file__).parents[2] / "recorded" / "dns"


def servers(text: str) -> tuple[str, ...]:
    return configured_servers(replay(os="macos", commands={("scutil", "--dns"): text}))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("scutil-dns.txt", ("100.100.100.100", "1.1.1.1", "8.8.8.8")),
        ("scutil-dns-ipv6.txt", ("2001:db8::1", "fe80::1%en0")),
    ],
)
def test_resolvers_for_all_names(name: str, found: tuple[str, ...]) -> None:
    assert servers((RECORDED / name).read_text(encoding="utf-8")) == found


def test_none_configured() -> None:
    assert servers("No DNS configuration available\n") == ()
    assert servers("DNS configuration\n\nresolver #1\n  domain   : local\n") == ()


def test_anything_else_is_not_taken_for_none() -> None:
    with pytest.raises(Failed, match="unparsable"):
        servers("")
