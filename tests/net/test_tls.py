from __future__ import annotations

import os
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from diag.deadline import Deadline
from diag.net import http, tls, trust
from diag.net.gather import gather
from tests.net.servers import (
    answer,
    dripping,
    expired,
    farewell,
    hang_up,
    not_yet_valid,
    old_tls,
    published,
    reset,
    reset_at_once,
    self_signed,
    tcp_server,
    tls_with,
    wants_client_certificate,
    web_server,
    without_issuer,
)

HOST = "login.app.test"
PAGE = answer(b"hello")

Served = Callable[[trustme.CA], ssl.SSLContext]


def dialled(port: int, address: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection((address, port))


def shaken(port: int, name: str = HOST, seconds: float = 5.0) -> tls.TlsResult:
    result = tls.handshake(dialled(port), name, Deadline.after(seconds))
    if result.sock is not None:
        result.sock.close()
    return result


def by_another_authority(_: trustme.CA) -> ssl.SSLContext:
    return tls_with(trustme.CA(organization_name="Somebody Else").issue_cert(HOST))


BAD: dict[tls.TlsOutcome, Served] = {
    "expired": lambda authority: expired(authority, HOST),
    "not_yet_valid": lambda authority: not_yet_valid(authority, HOST),
    "wrong_host": lambda authority: tls_with(authority.issue_cert("other.test")),
    "unknown_issuer": by_another_authority,
    "self_signed": lambda _: self_signed(),
    "chain_incomplete": lambda authority: without_issuer(authority, HOST),
}
"""Six bad certificates, by how they are called; what calls one so may take a second look."""


# --- what holds ---------------------------------------------------------------------------------


def test_a_chain_that_holds(authority: trustme.CA) -> None:
    issuing = authority.create_child_ca()
    with web_server(PAGE, tls_with(issuing.issue_cert(HOST, common_name=HOST))) as web:
        result = tls.handshake(dialled(web.port), HOST, Deadline.after(5.0))
        assert (result.outcome, result.version) == ("ok", "TLSv1.3")
        assert result.sock is not None
        with result.sock as sock:
            assert http.request(sock, HOST, "/", Deadline.after(5.0)).body == b"hello"
    assert result.certificate is not None
    assert (result.certificate.subject, result.certificate.names) == (HOST, (HOST,))
    assert result.certificate.not_before < result.certificate.not_after
    assert len(result.chain) == 2
    assert result.chain[-1] == "Test Trust"
    root = ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())
    assert result.last == root


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_an_address_in_a_certificate(authority: trustme.CA, address: str) -> None:
    with web_server(PAGE, tls_with(authority.issue_cert(address)), address) as web:
        result = tls.handshake(dialled(web.port, address), address, Deadline.after(5.0))
        assert result.outcome == "ok"
        assert result.sock is not None
        result.sock.close()
        other = tls.handshake(dialled(web.port, address), "192.0.2.1", Deadline.after(5.0))
        assert other.outcome == "wrong_host"


def test_an_address_with_a_scope_is_asked_for_without_it(authority: trustme.CA) -> None:
    with web_server(PAGE, tls_with(authority.issue_cert("fe80::1"))) as web:
        assert shaken(web.port, "fe80::1%eth0").outcome == "ok"


def test_a_host_name_written_in_japanese(authority: trustme.CA) -> None:
    with web_server(PAGE, tls_with(authority.issue_cert("xn--wgv71a119e.test"))) as web:
        assert shaken(web.port, "日本語.test").outcome == "ok"


def test_ciphers_that_browsers_still_speak(authority: trustme.CA) -> None:
    """Python's own list leaves them out; the login works nevertheless."""
    context = tls_with(authority.issue_cert(HOST, key_type=trustme.KeyType.RSA))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-GCM-SHA256")
    with web_server(PAGE, context) as web:
        assert shaken(web.port).outcome == "ok"


def test_an_authority_that_is_trusted_need_not_be_a_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: trustme.CA
) -> None:
    issuing = authority.create_child_ca()
    bundle = tmp_path / "issuing.pem"
    issuing.cert_pem.write_to_path(bundle)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    trust._over_openssl.cache_clear()
    with web_server(PAGE, tls_with(issuing.issue_cert(HOST))) as web:
        assert shaken(web.port).outcome == "ok"


# --- what does not ------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", BAD)
def test_six_bad_certificates(outcome: tls.TlsOutcome, authority: trustme.CA) -> None:
    with web_server(PAGE, BAD[outcome](authority)) as web:
        result = shaken(web.port)
        expected = "unknown_issuer" if outcome == "chain_incomplete" else outcome
        assert (result.outcome, result.sock) == (expected, None)
        assert result.outcome in tls.REFUSED
        assert web.heads == []


@pytest.mark.parametrize("outcome", BAD)
def test_a_refused_certificate_is_read_without_a_word(
    outcome: tls.TlsOutcome, authority: trustme.CA
) -> None:
    with web_server(PAGE, BAD[outcome](authority)) as web:
        shown = tls.read_refused(dialled(web.port), HOST, Deadline.after(5.0))
        assert web.heads == []
    assert shown is not None
    assert shown.issuer_missing == (outcome == "chain_incomplete")
    if outcome == "wrong_host":
        assert shown.certificate.names == ("other.test",)
    if outcome == "unknown_issuer":
        assert shown.certificate.issuer_organisation == "Somebody Else"
    if outcome == "expired":
        assert shown.certificate.not_after.timestamp() < time.time()


def test_an_unknown_authority_that_is_sent_along_is_not_a_missing_one() -> None:
    other = trustme.CA(organization_name="Somebody Else")
    with web_server(PAGE, published(other, HOST)) as web:
        shown = tls.read_refused(dialled(web.port), HOST, Deadline.after(5.0))
    assert shown is not None
    assert (len(shown.issuers), shown.issuer_missing) == (1, False)


def test_a_common_name_is_no_host_name(authority: trustme.CA) -> None:
    """RFC 9525: only subjectAltName counts, as in every browser."""
    with web_server(PAGE, tls_with(authority.issue_cert(common_name=HOST))) as web:
        assert shaken(web.port).outcome == "wrong_host"


def test_a_certificate_that_is_not_for_servers(authority: trustme.CA) -> None:
    with web_server(PAGE, tls_with(_for_clients_only(authority))) as web:
        assert shaken(web.port).outcome == "untrusted"


def _for_clients_only(authority: trustme.CA) -> trustme.LeafCert:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
    from cryptography.x509.oid import ExtendedKeyUsageOID

    leaf = authority.issue_cert(HOST)
    given = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    builder = x509.CertificateBuilder(
        issuer_name=given.issuer,
        subject_name=given.subject,
        public_key=given.public_key(),
        serial_number=given.serial_number,
        not_valid_before=given.not_valid_before_utc,
        not_valid_after=given.not_valid_after_utc,
        extensions=[
            each for each in given.extensions if not isinstance(each.value, x509.ExtendedKeyUsage)
        ],
    ).add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=True)
    key = load_pem_private_key(authority.private_key_pem.bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    leaf.cert_chain_pems[0] = trustme.Blob(pem)
    leaf.private_key_and_cert_chain_pem = trustme.Blob(leaf.private_key_pem.bytes() + pem)
    return leaf


def test_only_old_versions(authority: trustme.CA) -> None:
    with web_server(PAGE, old_tls(authority, HOST)) as web:
        assert shaken(web.port).outcome == "too_old"


def test_an_old_version_chosen_by_the_server() -> None:
    """A ServerHello of TLS 1.1 (RFC 4346, 7.4.1.3), where others send an alert."""
    hello = bytes.fromhex("160302002a 020000260302") + bytes(32) + bytes.fromhex("00002f00")
    with tcp_server(lambda connection: _after_hello(connection, hello)) as server:
        assert shaken(server.port).outcome == "too_old"


def test_an_alert_that_says_no_more() -> None:
    """handshake_failure to a ClientHello: no cipher in common, or no such host here."""
    alert = bytes.fromhex("15 0303 0002 0228")
    with tcp_server(lambda connection: _after_hello(connection, alert)) as server:
        assert shaken(server.port).outcome == "failed"


def _after_hello(connection: socket.socket, said: bytes) -> None:
    connection.recv(5)
    connection.sendall(said)
    farewell(connection)


def test_a_client_certificate_wanted_before_tls_1_3(authority: trustme.CA) -> None:
    context = wants_client_certificate(authority, ssl.TLSVersion.TLSv1_2, HOST)
    with web_server(PAGE, context) as web:
        assert shaken(web.port).outcome == "client_certificate_required"


def test_a_client_certificate_wanted_with_tls_1_3(authority: trustme.CA) -> None:
    """The handshake is over by then: it shows when the answer is read."""
    context = wants_client_certificate(authority, ssl.TLSVersion.TLSv1_3, HOST)
    with web_server(PAGE, context) as web:
        result = tls.handshake(dialled(web.port), HOST, Deadline.after(5.0))
        assert result.sock is not None
        with result.sock as sock:
            answered = http.request(sock, HOST, "/", Deadline.after(5.0))
    assert answered.outcome == "client_certificate_required"


def test_a_web_page_where_tls_should_be() -> None:
    bad_request = answer(b"", "400 Bad Request")
    with tcp_server(lambda connection: _after_hello(connection, bad_request)) as server:
        assert shaken(server.port).outcome == "not_tls"


def test_another_protocol_where_tls_should_be() -> None:
    with tcp_server(lambda connection: _after_hello(connection, b"SSH-2.0-server\r\n")) as server:
        assert shaken(server.port).outcome == "not_tls"


def test_a_connection_that_is_reset() -> None:
    with tcp_server(reset) as server:
        assert shaken(server.port).outcome == "reset"


def test_a_connection_that_was_reset_before_the_handshake() -> None:
    with tcp_server(reset_at_once) as server:
        sock = dialled(server.port)
        sock.settimeout(5.0)
        with pytest.raises(ConnectionResetError):
            sock.recv(1)
        assert tls.handshake(sock, HOST, Deadline.after(5.0)).outcome == "reset"
        assert sock.fileno() == -1


def test_a_connection_that_ends_without_a_word() -> None:
    def leave(connection: socket.socket) -> None:
        connection.recv(65536)

    with tcp_server(leave) as server:
        assert shaken(server.port).outcome == "reset"
    with tcp_server(hang_up) as server:
        assert shaken(server.port, seconds=0.2).outcome == "timeout"


@pytest.mark.parametrize("name", ["", "a" * 300, ".."])
def test_names_that_are_none(name: str, authority: trustme.CA) -> None:
    with web_server(PAGE, tls_with(authority.issue_cert(HOST))) as web:
        assert shaken(web.port, name).outcome == "failed"


# --- bounds -------------------------------------------------------------------------------------


def test_a_handshake_that_drips_ends_by_the_deadline() -> None:
    hello = bytes.fromhex("160303002a 020000260303") + bytes(32) + bytes.fromhex("00002f00")

    def drip(connection: socket.socket) -> None:
        for piece in dripping(hello * 10):
            connection.sendall(piece)

    with tcp_server(drip) as server:
        for act in (tls.handshake, tls.read_refused):
            started = time.monotonic()
            act(dialled(server.port), HOST, Deadline.after(0.4))
            assert time.monotonic() - started < 0.9


def test_nothing_is_read_where_nothing_is_shown() -> None:
    with tcp_server(reset) as server:
        assert tls.read_refused(dialled(server.port), HOST, Deadline.after(5.0)) is None


def test_thirty_probes_side_by_side_read_the_authorities_once(authority: trustme.CA) -> None:
    """After the first of them there are none left to read."""
    with web_server(PAGE, tls_with(authority.issue_cert(HOST))) as web:
        assert shaken(web.port).outcome == "ok"
        Path(os.environ["SSL_CERT_FILE"]).unlink()

        def probe() -> tuple[str, bytes]:
            result = tls.handshake(dialled(web.port), HOST, Deadline.after(5.0))
            assert result.sock is not None
            with result.sock as sock:
                answered = http.request(sock, HOST, "/", Deadline.after(5.0))
            return result.chain[-1], answered.body

        seen = gather(dict.fromkeys(range(30), probe), Deadline.after(10.0))
    assert list(seen.values()) == [("Test Trust", b"hello")] * 30


def test_a_bundle_elsewhere_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: trustme.CA
) -> None:
    """For a Python whose OpenSSL was built to look where nothing is."""
    bundle = Path(os.environ["SSL_CERT_FILE"]).rename(tmp_path / "bundle.crt")
    monkeypatch.setattr(trust, "BUNDLES", (str(tmp_path / "none.crt"), str(bundle)))
    with web_server(PAGE, tls_with(authority.issue_cert(HOST))) as web:
        assert shaken(web.port).outcome == "ok"
