"""A line that takes time: carries packets between two namespaces with a delay each way.

The lab's kernel may have no netem, so this joins a TUN device in each namespace. Run as root:
`python long_line.py NETNS_A NAME_A NETNS_B NAME_B SECONDS`. Ends when its standard input closes.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
import sys
import threading
import time
from collections import deque
from contextlib import suppress

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
PACKET_LIMIT = 65536


def tunnel(namespace: str, name: str) -> int:
    """A TUN device in a namespace; the process moves there to open it."""
    libc = ctypes.CDLL(None, use_errno=True)
    space = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    if libc.setns(space, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns", namespace)
    os.close(space)
    device = os.open("/dev/net/tun", os.O_RDWR)
    request = struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI)
    fcntl.ioctl(device, TUNSETIFF, request)
    return device


def carry(source: int, target: int, delay_s: float) -> None:
    """Packets come out in the order and at the pace that they went in, later."""
    waiting: deque[tuple[float, bytes]] = deque()
    arrived = threading.Semaphore(0)

    def deliver() -> None:
        while True:
            arrived.acquire()
            due, packet = waiting.popleft()
            time.sleep(max(0.0, due - time.monotonic()))
            with suppress(OSError):
                os.write(target, packet)

    threading.Thread(target=deliver, daemon=True).start()
    while True:
        packet = os.read(source, PACKET_LIMIT)
        waiting.append((time.monotonic() + delay_s, packet))
        arrived.release()


def main() -> None:
    netns_a, name_a, netns_b, name_b, seconds = sys.argv[1:]
    a, b = tunnel(netns_a, name_a), tunnel(netns_b, name_b)
    for source, target in ((a, b), (b, a)):
        threading.Thread(target=carry, args=(source, target, float(seconds)), daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
