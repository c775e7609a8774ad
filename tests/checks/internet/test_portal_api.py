"""The Captive Portal API (RFC 8908), announced in leases of every kind, asked over real TLS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme

from checks.internet import CHECK, InternetFact, ProbeAnswer
from checks.internet.portal_api import MEDIA_TYPE, PortalApi, announced_api, portal_api
from diag.deadline import Deadline
from diag.host import FileStat
from diag.model import Failed, Finding
from tests.checks.internet.test_internet import LINE, MANAGER, NO_LEASE, nm_property
from tests.net.conftest import authority
from tests.net.servers import answer, tls_with, web_server
from tests.support import PaperHost, replay, view

__all__ = ["authority"]

NAME = "capport.cafe.test"
URL = f"https://{NAME}/api?id=58f1"
ADDRESS = "192.0.2.9"
LINKS = "/run/systemd/netif/links"
LEASES = "/var/lib/dhcp"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PORTAL = {"captive": True, "user-portal-url": "https://portal.cafe.test/welcome?mac=02-00-5e"}

NETWORKD = """\
# This is private data. Do not parse.
ADMIN_STATE=configured
OPER_STATE=routable
DNS=192.0.2.1
CAPTIVE_PORTAL={url}
DOMAINS=
"""
DHCLIENT = """\
lease {{
  interface "eth0";
  fixed-address 192.0.2.77;
  option dhcp-message-type 5;
  option {option} "{url}";
  renew 0 2026/11/22 18:00:00;
}}
"""


def stat(minutes_ago: int) -> FileStat:
    modified = NOW - timedelta(minutes=minutes_ago)
    return FileStat(size=100, modified=modified, is_dir=False, owner=0, mode=0o644)


def device(
    files: Mapping[str, tuple[str, int]] | None = None,
    dbus: Mapping[tuple[Any, ...], Any] | None = None,
    port: int = 1,
) -> PaperHost:
    """A device whose services keep these files: by path, the text and its age in minutes."""
    dirs: dict[str, list[str] | None] = dict(NO_LEASE["dirs"])
    for path in files or {}:
        place, _, name = path.rpartition("/")
        dirs[place] = [*(dirs[place] or []), name]
    return replay(
        files={path: text for path, (text, _) in (files or {}).items()},
        stats={path: stat(age) for path, (_, age) in (files or {}).items()},
        dirs=dirs,
        dbus=dbus or NO_LEASE["dbus"],
        resolves={(NAME, "ipv4"): [ADDRESS], (NAME, "ipv6"): "EAI_NODATA"},
        detours={(ADDRESS, 443): port},
    )


# --- where it is announced ---


def test_nobody_announces_one() -> None:
    assert announced_api(device()) is None


def test_by_systemd_networkd() -> None:
    host = device({f"{LINKS}/1": ("ADMIN_STATE=unmanaged\n", 1), f"{LINKS}/2": (_networkd(URL), 1)})
    assert announced_api(host) == ("networkd", URL)


def _networkd(url: str) -> str:
    return NETWORKD.format(url=url)


@pytest.mark.parametrize("option", ["default-url", "v4-captive-portal", "unknown-114"])
def test_by_dhclient_in_its_newest_lease(option: str) -> None:
    old = DHCLIENT.format(option=option, url="https://old.cafe.test/")
    new = DHCLIENT.format(option=option, url=URL)
    host = device(
        {
            f"{LEASES}/dhclient.wlan0.leases": (DHCLIENT.format(option=option, url="x"), 600),
            f"{LEASES}/dhclient.eth0.leases": (old + new, 5),
        }
    )
    assert announced_api(host) == ("dhclient", URL)


@pytest.mark.parametrize("option", ["v4_captive_portal", "default_url"])
def test_by_network_manager(option: str) -> None:
    active, lease = f"/{MANAGER}/ActiveConnection/1", f"/{MANAGER}/DHCP4Config/1"
    host = device(
        dbus={
            LINE: (active,),
            nm_property(active, f"{MANAGER}.Connection.Active", "Dhcp4Config"): (lease,),
            nm_property(lease, f"{MANAGER}.DHCP4Config", "Options"): (
                {"ip_address": "192.0.2.77", option: URL},
            ),
        }
    )
    assert announced_api(host) == ("networkmanager", URL)


def test_a_network_manager_without_a_line() -> None:
    assert announced_api(device(dbus={LINE: ("/",)})) is None


def test_a_network_that_says_that_it_has_none() -> None:
    url = "urn:ietf:params:capport:unrestricted"
    assert announced_api(device({f"{LINKS}/2": (_networkd(url), 1)})) is None


def test_other_systems_are_not_asked() -> None:
    assert announced_api(replay(os="windows")) is None


# --- what it says ---


def asked(
    authority: trustme.CA,
    state: object,
    *,
    url: str = URL,
    names: str = NAME,
    status: str = "200 OK",
) -> tuple[PortalApi, list[bytes]]:
    body = state if isinstance(state, bytes) else json.dumps(state).encode()
    reply = answer(body, status=status, headers={"Content-Type": MEDIA_TYPE})
    with web_server(reply, tls_with(authority.issue_cert(names))) as server:
        host = device({f"{LINKS}/2": (_networkd(url), 1)}, port=server.port)
        told = portal_api(host, Deadline.after(3.0))
    assert told is not None
    return told, server.heads


def test_an_answer(authority: trustme.CA) -> None:
    told, heads = asked(authority, {**PORTAL, "bytes-remaining": 0, "seconds-remaining": 12.5})
    assert told == PortalApi(
        source="networkd",
        captive=True,
        portal_scheme="https",
        portal_host="portal.cafe.test",
        portal_path="/welcome",
        seconds_left=12.5,
        bytes_left=0,
    )
    (head,) = heads
    assert head.startswith(b"GET /api?id=58f1 HTTP/1.1")
    assert b"Accept: application/captive+json" in head
    assert b"mac=02" not in repr(told).encode()


@pytest.mark.parametrize("state", [b"<html>", {}, {"captive": "yes"}, {"captive": None}])
def test_what_is_no_answer(authority: trustme.CA, state: object) -> None:
    told, _ = asked(authority, state)
    assert told.captive is None
    assert told.failure is not None
    assert told.failure.code == "unparsable"


def test_a_page_that_is_none_of_the_web(authority: trustme.CA) -> None:
    told, _ = asked(authority, {"captive": True, "user-portal-url": "javascript:alert(1)"})
    assert (told.captive, told.portal_host) == (True, None)


def test_refusals(authority: trustme.CA) -> None:
    told, _ = asked(authority, PORTAL, status="403 Forbidden")
    assert told.failure is not None
    assert (told.captive, told.failure.code) == (None, "refused")


def test_a_server_that_is_not_the_one_announced(authority: trustme.CA) -> None:
    told, heads = asked(authority, PORTAL, names="other.test")
    assert told.failure is not None
    assert (told.captive, told.failure.detail) == (None, "wrong_host")
    assert heads == []


def test_only_over_tls(authority: trustme.CA) -> None:
    told, heads = asked(authority, PORTAL, url=URL.replace("https", "http"))
    assert told.failure is not None
    assert (told.failure.code, heads) == ("unparsable", [])


def test_nobody_answers() -> None:
    with web_server(b"") as server:
        pass
    host = device({f"{LINKS}/2": (_networkd(URL), 1)}, port=server.port)
    told = portal_api(host, Deadline.after(3.0))
    assert told is not None
    assert told.failure is not None
    assert told.failure.code == "unreachable"


# --- what follows ---


def found(fact: InternetFact) -> list[tuple[str, str]]:
    judged = CHECK.judge(fact, view(fact))
    return [(each.code, each.confidence) for each in judged if isinstance(each, Finding)]


def probes(outcome: str) -> tuple[ProbeAnswer, ...]:
    error = {"layer": "tcp", "error": "timeout"} if outcome == "no_answer" else {}
    return (
        ProbeAnswer(vendor="apple", family="ipv4", outcome=outcome, took_s=0.1, **error),  # type: ignore[arg-type]
    )


CAPTIVE = PortalApi(source="networkd", captive=True)


@pytest.mark.parametrize(
    ("outcome", "api", "expected"),
    [
        ("no_answer", CAPTIVE, [("captive_portal.signin", "certain")]),
        ("expected", CAPTIVE, [("captive_portal.signin", "likely")]),
        ("expected", PortalApi(source="networkd", captive=False), []),
        ("no_answer", PortalApi(source="networkd", captive=False), [("internet.down", "certain")]),
        (
            "no_answer",
            PortalApi(source="networkd", captive=True, bytes_left=0),
            [("internet.access_suspended", "certain")],
        ),
        (
            "no_answer",
            PortalApi(source="networkd", captive=True, bytes_left=5_000),
            [("captive_portal.signin", "certain")],
        ),
        (
            "no_answer",
            PortalApi(source="networkd", failure=Failed("timeout", "portal API").failure),
            [("internet.down", "certain")],
        ),
    ],
)
def test_what_it_makes_of_the_answers(
    outcome: str, api: PortalApi, expected: list[tuple[str, str]]
) -> None:
    assert found(InternetFact(probes=probes(outcome), connects=(), api=api)) == expected
