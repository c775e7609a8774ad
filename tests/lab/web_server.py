"""A small web server whose every fault is a setting. Standard library only; run in a namespace.

`python web_server.py CONFIG LOG`: CONFIG is what `tests.lab.web` wrote; LOG gets one JSON line for
every connection and request. Listens on ports 80 and 443 of all addresses; a connection belongs to
the site whose address it came in on, else (behind a redirecting router) to the site that the TLS
server name or the Host header names, else to the first. Ends when its standard input closes.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path
from typing import Any

Config = dict[str, Any]

CONNECTION_TIMEOUT_S = 30.0
LINGER_S = 2.0
HEAD_LIMIT = 64 << 10
CHUNK = 100
REASONS = {200: "OK", 204: "No Content", 301: "Moved Permanently", 302: "Found", 307: "Moved",
           403: "Forbidden", 404: "Not Found", 407: "Proxy Authentication Required",
           429: "Too Many Requests", 451: "Unavailable For Legal Reasons",
           500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
           511: "Network Authentication Required"}  # fmt: skip


class Server:
    def __init__(self, config: Config, log: Path) -> None:
        self.sites: list[Config] = config["sites"]
        self.dns_port: int = config["dns_port"]
        self.by_address = {address: s for s in self.sites for address in s["addresses"]}
        self.by_name = {name: s for s in self.sites for name in s["names"]}
        self.contexts = {id(site): self._context(site) for site in self.sites}
        self.default = self.contexts[id(self.sites[0])]
        self.default.sni_callback = self._switch
        self.log = log.open("a", encoding="utf-8")
        self.log_lock = threading.Lock()

    @staticmethod
    def _context(site: Config) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(site["certificate_file"])
        if site["newest_tls"]:
            # OpenSSL 3 speaks TLS 1.0 and 1.1 at security level 0 only.
            context.set_ciphers("DEFAULT@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion[site["newest_tls"]]
        if site["client_ca_file"]:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(site["client_ca_file"])
        return context

    def _switch(self, tls: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name in self.by_name:
            tls.context = self.contexts[id(self.by_name[name])]

    def note(self, **what: object) -> None:
        with self.log_lock:
            self.log.write(json.dumps({"at": time.time(), **what}) + "\n")
            self.log.flush()

    def listen(self, port: int) -> None:
        door = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        door.bind(("::", port))
        door.listen(128)
        threading.Thread(target=self._accept, args=(door, port), daemon=True).start()

    def _accept(self, door: socket.socket, port: int) -> None:
        while True:
            connection, peer = door.accept()
            threading.Thread(
                target=self._serve, args=(connection, peer[0], port), daemon=True
            ).start()

    def _serve(self, connection: socket.socket, peer: str, port: int) -> None:
        # Clients that give up are what the lab is about: not worth a word.
        with suppress(OSError, ValueError), connection:
            connection.settimeout(CONNECTION_TIMEOUT_S)
            address = connection.getsockname()[0].removeprefix("::ffff:")
            site = self.by_address.get(address)
            self.note(kind="connection", peer=peer, address=address, port=port)
            if port == 80:
                self._http(connection, site, "http", peer)
            elif site is not None and site["tcp"] != "serves":
                self._refuse(connection, site["tcp"])
            else:
                context = self.contexts[id(site)] if site else self.default
                with self._handshake(connection, context) as tls:
                    name = None
                    if site is None:
                        name = next((n for n, s in self.by_name.items()
                                     if self.contexts[id(s)] is tls.context), None)  # fmt: skip
                    self._http(tls, site or self.by_name.get(name or ""), "https", peer)

    @staticmethod
    def _handshake(connection: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
        tls = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        try:
            tls.do_handshake()
        except ssl.SSLError:
            # Closing at once would reset the connection and take our alert away from the client.
            with suppress(OSError):
                socket.socket.shutdown(tls, socket.SHUT_WR)
                tls.settimeout(LINGER_S)
                while os.read(tls.fileno(), 65536):
                    pass
            tls.close()
            raise
        return tls

    @staticmethod
    def _refuse(connection: socket.socket, how: str) -> None:
        if how == "resets":
            connection.recv(1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            time.sleep(CONNECTION_TIMEOUT_S)

    def _http(self, stream: socket.socket, site: Config | None, scheme: str, peer: str) -> None:
        head, rest = self._head(stream)
        lines = head.split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        headers = {
            k.strip().lower(): v.strip() for k, _, v in (s.partition(":") for s in lines[1:])
        }
        host = headers.get("host", "").rsplit(":", 1)[0]
        site = self.by_name.get(host, site or self.sites[0]) if site is None else site
        path = target.split("?")[0]
        self.note(kind="request", peer=peer, scheme=scheme, host=host, method=method, path=target)
        wanted = int(headers.get("content-length", "0"))
        while len(rest) < wanted:
            rest += stream.recv(65536)
        pages = site[scheme]
        page = pages.get(path) or pages.get("*") or {"status": 404, "body": "not here"}
        if page.get("dns"):
            self._dns_over_https(stream, method, target, rest)
        else:
            self._send(stream, page, method)

    @staticmethod
    def _head(stream: socket.socket) -> tuple[str, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            more = stream.recv(65536)
            if not more or len(received) > HEAD_LIMIT:
                raise ValueError("no request")
            received += more
        head, _, rest = received.partition(b"\r\n\r\n")
        return head.decode("latin-1"), rest

    @staticmethod
    def _send(stream: socket.socket, page: Config, method: str) -> None:
        time.sleep(page.get("delay_s", 0))
        status = page.get("status", 200)
        charset, version = page.get("charset", "utf-8"), page.get("version", "1.1")
        body = page.get("body", "").encode(charset)
        packed: dict[str, str] = {}
        if page.get("coding") == "gzip":
            body = gzip.compress(body)
            packed["Content-Encoding"] = "gzip"
        headers = {
            "Date": formatdate(time.time() + page.get("date_offset_s", 0), usegmt=True),
            "Server": "lab",
            "Content-Type": f"text/html; charset={charset}",
            "Content-Length": str(len(body)),
            "Connection": "close",
            **packed,
            **page.get("headers", {}),
        }
        if status == 204:
            headers.pop("Content-Type")
            headers.pop("Content-Length")
        if version == "1.0":
            # The end of the connection is the end of the answer.
            headers.pop("Content-Length", None)
            headers.pop("Connection", None)
        if page.get("coding") == "chunked":
            headers.pop("Content-Length")
            headers["Transfer-Encoding"] = "chunked"
            body = b"".join(
                b"%x\r\n%b\r\n" % (len(part), part)
                for part in (*(body[at : at + CHUNK] for at in range(0, len(body), CHUNK)), b"")
            )
        head = f"HTTP/{version} {status} {REASONS.get(status, 'Status')}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        if method == "HEAD" or status == 204:
            body = b""
        if drip_s := page.get("drip_s", 0):
            for byte in head.encode() + body:
                stream.sendall(bytes([byte]))
                time.sleep(drip_s)
        else:
            stream.sendall(head.encode() + body)
        with suppress(OSError):
            stream.shutdown(socket.SHUT_WR)

    def _dns_over_https(self, stream: socket.socket, method: str, target: str, body: bytes) -> None:
        """RFC 8484, by asking the name server beside us."""
        from base64 import urlsafe_b64decode
        from urllib.parse import parse_qs, urlsplit

        question = body
        if method == "GET":
            packed = parse_qs(urlsplit(target).query).get("dns", [""])[0]
            question = urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as upstream:
            upstream.settimeout(5)
            upstream.sendto(question, ("127.0.0.1", self.dns_port))
            answer = upstream.recv(65535)
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\n"
            f"Date: {formatdate(usegmt=True)}\r\n"
            f"Content-Length: {len(answer)}\r\nConnection: close\r\n\r\n"
        )
        stream.sendall(head.encode() + answer)


def main() -> None:
    config = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    server = Server(config, Path(sys.argv[2]))
    for port in config["ports"]:
        server.listen(port)
    print("ready", flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
