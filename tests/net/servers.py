"""Real servers on loopback for tests: of the web, good and bad, over TLS or not, and proxies."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import AuthorityInformationAccessOID

from diag.host import RealHost, ResolvedAddress
from diag.host.system import current_system

DAY = timedelta(days=1)
LINGER_S = 2.0

Handler = Callable[[socket.socket], None]
Reply = Callable[[bytes], Iterable[bytes]]
"""What is sent, piece by piece, to a request's head."""


# --- servers ------------------------------------------------------------------------------------


class Server:
    """A port on loopback; every connection gets its own thread. Counts what it met."""

    def __init__(self, handler: Handler, address: str) -> None:
        self._handler = handler
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._door = socket.create_server((address, 0), family=family, backlog=128)
        self.port: int = self._door.getsockname()[1]
        self.connections = 0
        self.stopping = threading.Event()

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, ValueError):
            self._handler(connection)

    def stop(self) -> None:
        self.stopping.set()
        with self._door, suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)


@contextmanager
def tcp_server(handler: Handler, address: str = "127.0.0.1") -> Iterator[Server]:
    server = Server(handler, address)
    accepting = threading.Thread(target=server.accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        server.stop()
        accepting.join()


class WebServer:
    """What a web server was asked: `heads`, as they came in."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.server: Server

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def connections(self) -> int:
        return self.server.connections


@contextmanager
def web_server(
    reply: Reply | bytes, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1"
) -> Iterator[WebServer]:
    """Answers every request with what `reply` gives, then closes."""
    web = WebServer()

    def handle(connection: socket.socket) -> None:
        with over(tls, connection) as stream:
            head = read_head(stream)
            if not head:
                return
            web.heads.append(head)
            for piece in (reply,) if isinstance(reply, bytes) else reply(head):
                if web.server.stopping.is_set():
                    return
                stream.sendall(piece)
            farewell(stream)

    with tcp_server(handle, address) as web.server:
        yield web


def over(tls: ssl.SSLContext | None, connection: socket.socket) -> socket.socket:
    """The connection with TLS over it; an alert of ours gets through before it is closed."""
    if tls is None:
        return connection
    stream = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
    try:
        stream.do_handshake()
    except ssl.SSLError:
        farewell(stream)
        raise
    return stream


def farewell(stream: socket.socket) -> None:
    """Says that nothing more comes, and waits: closing over unread bytes would be a reset, which
    takes what we said last away from the other side. Beneath TLS, if there is any.
    """
    with suppress(OSError):
        socket.socket.shutdown(stream, socket.SHUT_WR)
        stream.settimeout(LINGER_S)
        while socket.socket.recv(stream, 65536):
            pass


def read_head(stream: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        got = stream.recv(4096)
        if not got:
            return b""
        head += got
    return head


def path_of(head: bytes) -> str:
    return head.split(b" ", 2)[1].decode()


# --- what they say ------------------------------------------------------------------------------


def answer(
    body: bytes = b"",
    status: str = "200 OK",
    headers: Mapping[str, str] | None = None,
    *,
    length: int | None = -1,
) -> bytes:
    """A whole answer. length: None for none, so that the body ends with the connection."""
    fields = dict(headers or {})
    if length is not None:
        fields.setdefault("Content-Length", str(len(body) if length < 0 else length))
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def chunked(pieces: Iterable[bytes], headers: Mapping[str, str] | None = None) -> Iterator[bytes]:
    yield answer(headers={"Transfer-Encoding": "chunked", **(headers or {})}, length=None)
    for piece in pieces:
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def endless(head: bytes, piece: bytes) -> Reply:
    """`head`, then `piece` again and again, for as long as somebody listens."""

    def reply(_: bytes) -> Iterator[bytes]:
        yield head
        while True:
            yield piece

    return reply


def redirect(location: str) -> bytes:
    return answer(status="302 Found", headers={"Location": location})


def dripping(data: bytes, every_s: float = 0.05) -> Iterator[bytes]:
    for position in range(len(data)):
        yield data[position : position + 1]
        time.sleep(every_s)


def body_dripping(length: int | None = 900) -> Iterator[bytes]:
    yield answer(b"hel", length=length)
    yield from dripping(b"l" * 800)


def silent(_: bytes) -> Iterator[bytes]:
    while True:
        time.sleep(0.02)
        yield b""


def hang_up(connection: socket.socket) -> None:
    """Ends the connection politely, without a word."""
    read_head(connection)


def reset(connection: socket.socket) -> None:
    """Ends it with a RST instead of a FIN, once something has come."""
    connection.recv(1)
    reset_at_once(connection)


def reset_at_once(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


# --- certificates -------------------------------------------------------------------------------


def tls_with(leaf: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return context


def expired(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    now = datetime.now(UTC)
    return tls_with(
        authority.issue_cert(*names, not_before=now - 90 * DAY, not_after=now - 2 * DAY)
    )


def not_yet_valid(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    now = datetime.now(UTC)
    return tls_with(
        authority.issue_cert(*names, not_before=now + 2 * DAY, not_after=now + 90 * DAY)
    )


def _with_chain(key: trustme.Blob, *certificates: trustme.Blob | bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pems = [each if isinstance(each, bytes) else each.bytes() for each in certificates]
    with trustme.Blob(key.bytes() + b"".join(pems)).tempfile() as path:
        context.load_cert_chain(path)
    return context


def self_signed() -> ssl.SSLContext:
    """A router's or printer's own: its issuer is itself."""
    own = trustme.CA()
    return _with_chain(own.private_key_pem, own.cert_pem)


def published(authority: trustme.CA, *names: str, with_issuer: bool = True) -> ssl.SSLContext:
    """Issued by an intermediate, and says where that is to be had, as public certificates do."""
    issuing = authority.create_child_ca()
    leaf = issuing.issue_cert(*names)
    issuers = leaf.cert_chain_pems[1:] if with_issuer else []
    return _with_chain(leaf.private_key_pem, _published(leaf, issuing), *issuers)


def without_issuer(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """So, but the server forgot the intermediate."""
    return published(authority, *names, with_issuer=False)


def _published(leaf: trustme.LeafCert, issuer: trustme.CA) -> bytes:
    given = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    access = x509.AccessDescription(
        AuthorityInformationAccessOID.CA_ISSUERS,
        x509.UniformResourceIdentifier("http://pki.app.test/issuing.crt"),
    )
    builder = x509.CertificateBuilder(
        issuer_name=given.issuer,
        subject_name=given.subject,
        public_key=given.public_key(),
        serial_number=given.serial_number,
        not_valid_before=given.not_valid_before_utc,
        not_valid_after=given.not_valid_after_utc,
        extensions=list(given.extensions),
    ).add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    key = load_pem_private_key(issuer.private_key_pem.bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def wants_client_certificate(
    authority: trustme.CA, version: ssl.TLSVersion, *names: str
) -> ssl.SSLContext:
    context = tls_with(authority.issue_cert(*names))
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    context.minimum_version = context.maximum_version = version
    return context


def old_tls(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """Speaks TLS 1.0 and 1.1 only."""
    context = tls_with(authority.issue_cert(*names))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


# --- proxies ------------------------------------------------------------------------------------


class Proxy:
    """What a proxy was asked for: targets of CONNECT and URLs of plain requests."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.credentials: list[str] = []
        self.server: Server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"


@contextmanager
def proxy_server(
    routes: Mapping[str, int], reply: Reply | None = None, *, plain: Reply | bytes = b""
) -> Iterator[Proxy]:
    """Tunnels to loopback ports by host name. reply: what it says to CONNECT instead.
    plain: what it says to requests without a tunnel.
    """
    proxy = Proxy()

    def handle(connection: socket.socket) -> None:
        head = read_head(connection)
        method, target = head.split(b" ", 2)[0], path_of(head)
        proxy.asked.append(target)
        proxy.credentials += [
            line.decode()
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"proxy-authorization")
        ]
        if reply is None and method == b"CONNECT":
            _tunnel(connection, routes[target.rpartition(":")[0]])
            return
        say = reply if reply is not None else plain
        for piece in (say,) if isinstance(say, bytes) else say(head):
            if proxy.server.stopping.is_set():
                return
            connection.sendall(piece)
        farewell(connection)

    with tcp_server(handle) as proxy.server:
        yield proxy


def _tunnel(connection: socket.socket, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as far:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_relay, args=(far, connection), daemon=True)
        back.start()
        _relay(connection, far)
        back.join()


def _relay(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


# --- a device -----------------------------------------------------------------------------------


class SignpostHost(RealHost):
    """This device, but with names of its own, and whose every connection ends at loopback:
    by (address, port), else at `elsewhere`. `dialled` is where it meant to go.
    """

    def __init__(
        self,
        names: Mapping[str, Iterable[str]] | None = None,
        routes: Mapping[tuple[str, int], int] | None = None,
        elsewhere: int | None = None,
    ) -> None:
        super().__init__(current_system())
        self._names = dict(names or {})
        self._routes = dict(routes or {})
        self._elsewhere = elsewhere
        self.asked: list[str] = []
        self.dialled: list[tuple[str, int]] = []

    def resolve(self, name: str, family: str, timeout_s: float) -> tuple[ResolvedAddress, ...]:
        self.asked.append(name)
        if name not in self._names:
            return super().resolve(name, family, timeout_s)
        return tuple(
            ResolvedAddress(family=family, address=address)
            for address in self._names[name]
            if (":" in address) == (family == "ipv6")
        )

    def connect(
        self,
        address: str,
        port: int,
        timeout_s: float,
        interface: str | None = None,
        segment: int | None = None,
    ) -> socket.socket:
        self.dialled.append((address, port))
        near = self._routes.get((address, port), self._elsewhere)
        if near is None:
            return super().connect(address, port, timeout_s, interface, segment)
        return super().connect("127.0.0.1", near, timeout_s, interface, segment)
