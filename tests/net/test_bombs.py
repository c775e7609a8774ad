"""Bodies that would not fit: read in a process of its own, whose memory is then looked at."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.net.servers import Reply, answer, endless, web_server

MEMORY_KIB = 64 << 10
ZEROS = 256 << 20

READ = """
import json, re, socket, sys
from diag.deadline import Deadline
from diag.host import Failed, real_host
from diag.net import documents, http

def by_request(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        got = http.request(sock, "localhost", "/", Deadline.after(20.0))
    return len(got.body), got.outcome if got.outcome != "ok" else str(got.complete)

def by_get(port):
    try:
        got = documents.get(real_host(), f"http://127.0.0.1:{port}/", Deadline.after(20.0))
    except Failed as failed:
        return 0, failed.failure.code
    return len(got.body), str(got.complete)

act = {"request": by_request, "get": by_get}[sys.argv[1]]
seen = {port: act(int(port)) for port in sys.argv[2:]}
# Not ru_maxrss, which a child takes over from the process that started it.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]
print(json.dumps([seen, int(peak)]))
"""


def _packed(make: Callable[[], zlib._Compress]) -> bytes:
    packer = make()
    pieces = [packer.compress(bytes(1 << 20)) for _ in range(ZEROS >> 20)]
    return b"".join([*pieces, packer.flush()])


@cache
def bombs() -> dict[str, Reply]:
    """Ten bodies of 256 MiB or more once they are decoded, most of them small on the wire."""
    gz = _packed(lambda: zlib.compressobj(9, wbits=31))
    zl = _packed(lambda: zlib.compressobj(9))
    raw = _packed(lambda: zlib.compressobj(9, wbits=-15))
    mega = bytes(1 << 20)
    chunk = b"100000\r\n" + mega + b"\r\n"
    by_chunks = answer(headers={"Transfer-Encoding": "chunked"}, length=None)
    packed_chunks = answer(
        headers={"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}, length=None
    )

    def packed(encoding: str, body: bytes) -> Reply:
        said = answer(body, headers={"Content-Encoding": encoding})
        return lambda _: (said,)

    def packed_in_chunks(_: bytes) -> list[bytes]:
        pieces = [gz[at : at + 100] for at in range(0, len(gz), 100)]
        framed = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces]
        return [packed_chunks, *framed, b"0\r\n\r\n"]

    return {
        "gzip": packed("gzip", gz),
        "deflate": packed("deflate", zl),
        "deflate without its wrapping": packed("deflate", raw),
        "gzip of many members": packed("gzip", gzip.compress(mega) * (ZEROS >> 20)),
        "gzip in gzip": packed("gzip, gzip", gzip.compress(gz)),
        "gzip in small chunks": packed_in_chunks,
        "a length beyond all bounds": endless(answer(length=1 << 40), mega),
        "no length at all": endless(answer(length=None), mega),
        "chunks without end": endless(by_chunks, chunk),
        "a chunk without end": endless(by_chunks + b"ffffffffff\r\n", mega),
        "a chunk size without end": endless(by_chunks, b"0" * 65536),
        "headers without end": endless(b"HTTP/1.1 200 OK\r\n", b"X-Header: %b\r\n" % mega[:999]),
        "a header without end": endless(b"HTTP/1.1 200 OK\r\nX-Header: ", b"x" * 65536),
    }


@pytest.mark.parametrize("by", ["request", "get"])
def test_bodies_that_would_not_fit(by: str) -> None:
    with ExitStack() as stack:
        ports = {
            str(stack.enter_context(web_server(reply)).port): name
            for name, reply in bombs().items()
        }
        done = subprocess.run(
            [sys.executable, "-c", READ, by, *ports],
            cwd=Path(__file__).parent.parent.parent,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    seen, memory = json.loads(done.stdout)
    outcomes = {ports[port]: tuple(outcome) for port, outcome in seen.items()}
    assert {name for name, outcome in outcomes.items() if outcome != (2 << 20, "False")} == {
        "gzip in gzip",
        "a chunk size without end",
        "headers without end",
        "a header without end",
    }
    assert len(outcomes) == len(bombs()) >= 10
    assert memory <= MEMORY_KIB
