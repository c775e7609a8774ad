"""Authorities that somebody added, where each system keeps them."""

from __future__ import annotations

import hashlib
import ssl
import struct

import pytest
import trustme

from checks.endpoint.added_roots import AddedRoots
from checks.endpoint.added_roots.macos import OF_DEVICE
from checks.endpoint.added_roots.windows import AUTH_ROOT, SHIPPED, STORES
from diag.host import RegistryKey
from diag.model import Failed
from tests.support import CommandAnswer, PaperHost, replay


def der(authority: trustme.CA) -> bytes:
    return ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())


def sha1(certificate: bytes) -> str:
    return hashlib.sha1(certificate, usedforsecurity=False).hexdigest().upper()


def blob(certificate: bytes, name: str = "検査") -> bytes:
    """As Windows stores it: properties, the certificate last."""
    friendly = name.encode("utf-16-le") + b"\0\0"
    values = ((3, hashlib.sha1(certificate, usedforsecurity=False).digest()), (11, friendly))
    return b"".join(
        struct.pack("<III", number, 1, len(value)) + value
        for number, value in (*values, (32, certificate))
    )


def windows(stores: dict[str, list[bytes]], auth_root: tuple[bytes, ...] = ()) -> PaperHost:
    registry: dict[str, RegistryKey | Failed | None] = {
        AUTH_ROOT: RegistryKey(subkeys=tuple(sha1(each).lower() for each in auth_root))
    }
    for store in STORES:
        held = {
            sha1(each): RegistryKey(values={"Blob": blob(each)}) for each in stores.get(store, ())
        }
        names = (*held, *(SHIPPED if store == STORES[0] else ()))
        registry[store] = RegistryKey(subkeys=names) if names else None
        registry |= {rf"{store}\{name}": key for name, key in held.items()}
    return replay(os="windows", registry=registry)


def macos(device: CommandAnswer, user: CommandAnswer = "", home: str = "/Users/me") -> PaperHost:
    ask = ("security", "find-certificate", "-a", "-p")
    keychain = f"{home}/Library/Keychains/login.keychain-db"
    return replay(
        os="macos",
        commands={(*ask, OF_DEVICE): device, (*ask, keychain): user},
        env={"HOME": home},
    )


@pytest.fixture(scope="module")
def theirs() -> trustme.CA:
    return trustme.CA(organization_name="Inspection")


@pytest.fixture(scope="module")
def other() -> trustme.CA:
    return trustme.CA(organization_name="Somebody else")


@pytest.mark.parametrize("store", STORES)
def test_every_store_of_windows(store: str, theirs: trustme.CA, other: trustme.CA) -> None:
    roots = AddedRoots(windows({store: [der(theirs)]}))
    assert roots.certificates() == (der(theirs),)
    assert roots.end(der(theirs)) is True
    assert roots.end(der(other)) is False


def test_what_came_with_windows_was_not_added(theirs: trustme.CA) -> None:
    host = windows({STORES[0]: [der(theirs)]}, auth_root=(der(theirs),))
    assert AddedRoots(host).certificates() == ()


def test_root_that_the_server_left_out(theirs: trustme.CA, other: trustme.CA) -> None:
    """Windows and macOS give the chain as sent: its end is issued by the root."""
    roots = AddedRoots(windows({STORES[3]: [der(theirs)]}))
    middle = theirs.create_child_ca()
    leaf = theirs.issue_cert("login.app.test").cert_chain_pems[0].bytes().decode()
    assert roots.end(der(middle)) is True
    assert roots.end(ssl.PEM_cert_to_DER_cert(leaf)) is True
    namesake = trustme.CA(organization_name="Inspection")
    assert roots.end(der(namesake.create_child_ca())) is False
    assert roots.end(der(other.create_child_ca())) is False


def test_what_is_no_certificate_is_passed_over(theirs: trustme.CA) -> None:
    stores = {STORES[0]: [b"nonsense"], STORES[1]: [der(theirs)]}
    assert AddedRoots(windows(stores)).end(der(theirs.create_child_ca())) is True
    cut_off = replay(
        os="windows",
        registry={
            AUTH_ROOT: None,
            **dict.fromkeys(STORES[1:]),
            STORES[0]: RegistryKey(subkeys=("AB", "CD", "EF")),
            rf"{STORES[0]}\AB": {"Blob": blob(der(theirs))[:-30] + b"\xff"},
            rf"{STORES[0]}\CD": {"Blob": "text"},
            rf"{STORES[0]}\EF": Failed("denied", "read the registry"),
        },
    )
    assert AddedRoots(cut_off).end(der(theirs)) is False


def test_both_keychains_of_macos(theirs: trustme.CA, other: trustme.CA) -> None:
    pems = (theirs.cert_pem.bytes().decode(), other.cert_pem.bytes().decode())
    roots = AddedRoots(macos(pems[0], pems[1]))
    assert roots.certificates() == (der(theirs), der(other))
    assert roots.end(der(theirs.create_child_ca())) is True
    no_user = Failed("timeout", "run security")
    assert AddedRoots(macos(pems[0], no_user)).certificates() == (der(theirs),)


def test_not_known_where_nobody_can_be_asked(theirs: trustme.CA) -> None:
    for host in (
        macos(Failed("timeout", "run security")),
        replay(os="windows", registry={AUTH_ROOT: Failed("denied", "read the registry")}),
        replay(os="other"),
    ):
        assert AddedRoots(host).end(der(theirs)) is None


def test_nothing_is_read_before_a_chain_is_there() -> None:
    assert AddedRoots(replay(os="windows")).end(b"") is None
