"""Ordinary probes, to prove the lab's world without diag: run on the device, answer in one word.

    probe.py tcp HOST PORT · tls HOST [ADDRESS] · http URL · dns NAME TYPE SERVER · doh NAME URL

The answer is what an engineer would call it: connected, timeout, ECONNREFUSED, the number of a
TLS verify error, an HTTP status, a DNS code or addresses.
"""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

TIMEOUT_S = 1.0


def tcp(host: str, port: str) -> str:
    try:
        with socket.create_connection((host, int(port)), TIMEOUT_S):
            return "connected"
    except TimeoutError:
        return "timeout"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))


def tls(host: str, address: str = "") -> str:
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((address or host, 443), TIMEOUT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as stream,
        ):
            stream.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            return stream.recv(12).decode()[9:] or "closed"
    except ssl.SSLCertVerificationError as error:
        return f"verify {error.verify_code}"
    except ssl.SSLError as error:
        return str(error.reason)
    except TimeoutError:
        return "timeout"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))


def http_get(url: str) -> str:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
    connection.request("GET", parts.path or "/")
    answer = connection.getresponse()
    body = answer.read().decode()
    return f"{answer.status} {answer.getheader('Location') or body}".strip()


def ask(name: str, kind: str, server: str) -> str:
    import dns.exception
    import dns.message
    import dns.query
    import dns.rcode

    question = dns.message.make_query(name, kind)
    try:
        answer = dns.query.udp(question, server, timeout=TIMEOUT_S)
    except dns.exception.Timeout:
        return "timeout"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    values = [item.to_text() for rrset in answer.answer for item in rrset]
    return " ".join(values) or dns.rcode.to_text(answer.rcode())


def doh(name: str, url: str) -> str:
    """Over HTTP/1.1, by the POST form of RFC 8484."""
    import dns.message

    parts = urlsplit(url)
    connection = http.client.HTTPSConnection(parts.netloc, timeout=TIMEOUT_S)
    question = dns.message.make_query(name, "A").to_wire()
    headers = {"Content-Type": "application/dns-message", "Accept": "application/dns-message"}
    connection.request("POST", parts.path, question, headers)
    answer = dns.message.from_wire(connection.getresponse().read())
    return " ".join(item.to_text() for rrset in answer.answer for item in rrset)


PROBES: dict[str, Callable[..., str]] = {
    "tcp": tcp,
    "tls": tls,
    "http": http_get,
    "dns": ask,
    "doh": doh,
}

if __name__ == "__main__":
    print(PROBES[sys.argv[1]](*sys.argv[2:]))
