"""Budget 2: 30 HTTPS probes side by side against `xargs -P30 curl`, with the device's authorities.

Both ask one server on loopback that answers after 50 ms, and both are timed as whole processes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

from diag.net.trust import BUNDLES
from tests.bench.timing import Line, Timing, in_turn, ratio

PROBES = 30
CPU_BOUND = 0.4
RSS_BOUND_MIB = 64.0

SERVER = """
import asyncio, ssl, sys

async def serve(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    await asyncio.sleep(0.05)
    writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok")
    await writer.drain()
    writer.close()

async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""

PROBE = """
import os, resource, sys
from diag.deadline import Deadline
from diag.host import real_host
from diag.net import http, tcp, tls
from diag.net.gather import gather
from diag.net.resolve import lookup

host, port, deadline = real_host(), int(sys.argv[1]), Deadline.after(10.0)

def probe():
    address = lookup(host, "localhost", "ipv4", deadline).addresses[0]
    connected = tcp.connect(host, address, port, deadline)
    shaken = tls.handshake(connected.sock, "localhost", deadline)
    with shaken.sock as sock:
        return http.request(sock, f"localhost:{port}", "/", deadline).status

seen = gather({n: probe for n in range(int(sys.argv[2]))}, deadline)
assert list(seen.values()) == [200] * int(sys.argv[2]), seen
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
os._exit(0)
"""


@contextmanager
def _server(place: Path) -> Iterator[tuple[str, Path]]:
    """Its port, and the device's authorities with its own among them."""
    authority = trustme.CA()
    certificate = place / "server.pem"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
    bundle = place / "authorities.pem"
    device = next((Path(path) for path in BUNDLES if Path(path).is_file()), None)
    bundle.write_bytes((device.read_bytes() if device else b"") + authority.cert_pem.bytes())
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(certificate)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip(), bundle
    finally:
        server.kill()
        server.wait()


def lines() -> Iterator[Line]:
    if shutil.which("curl") is None or shutil.which("xargs") is None:
        return
    with tempfile.TemporaryDirectory() as name, _server(Path(name)) as (port, bundle):
        ours = [sys.executable, "-c", PROBE, port, str(PROBES)]
        curl = f"curl -sS -o {os.devnull} --cacert {bundle}"
        urls = f"yes https://localhost:{port}/ | head -n {PROBES}"
        theirs = ["sh", "-c", f"{urls} | xargs -P{PROBES} -n1 {curl}"]
        env = {**os.environ, "SSL_CERT_FILE": str(bundle)}
        for argv in (ours, theirs):
            subprocess.run(argv, check=True, env=env, stdout=subprocess.DEVNULL)
        diag, xargs = in_turn(ours, theirs, env=env)
        yield ratio(f"2 {PROBES} HTTPS probes", diag, xargs, 1.0)
        yield _cpu(diag, xargs)
        done = subprocess.run(ours, check=True, env=env, capture_output=True, text=True)
        memory = float(done.stdout)
        yield Line(
            "2 their memory at most", memory, RSS_BOUND_MIB, "MiB", "one process, 30 threads"
        )


def _cpu(ours: Timing, theirs: Timing) -> Line:
    detail = f"{ours.cpu_s * 1000:.0f} ms against {theirs.cpu_s * 1000:.0f} ms"
    return Line("2 their processor time", ours.cpu_s / theirs.cpu_s, CPU_BOUND, "x", detail)
