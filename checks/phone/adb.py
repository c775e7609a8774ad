"""Talking to the adb server of this PC: its own protocol over loopback, and nothing started.

A request is four hexadecimal digits of length and a service's name; the server says OKAY or FAIL,
the latter with a reason (AOSP, packages/modules/adb: OVERVIEW.TXT, SERVICES.TXT). Its version is
not asked for: every version in use answers what is asked here in the same form.
"""

from __future__ import annotations

import re
import socket
from typing import Literal

from msgspec import Struct

from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed
from diag.net.stream import before

SERVER = "127.0.0.1"
PORT = 5037
"""Where adb's server listens, unless the user's environment says otherwise."""
CONNECT_S = 1.0
"""On loopback an answer is a matter of microseconds."""
LISTING_S = 2.0
OUTPUT_LIMIT = 1 << 20
"""Most bytes that are read of what a phone says (1 MiB)."""
CHUNK = 1 << 16

DeviceState = Literal["ready", "unauthorized", "offline", "no_permission", "other"]

STATES: dict[str, DeviceState] = {
    "device": "ready",
    "unauthorized": "unauthorized",
    "authorizing": "unauthorized",
    "offline": "offline",
    "connecting": "offline",
    "detached": "offline",
}
NO_PERMISSION = "no permissions"
"""Linux: udev does not let this user open the device; a reason follows in brackets."""

LENGTH = re.compile(rb"[0-9A-Fa-f]{4}")
MODEL = re.compile(r"\w{1,60}", re.ASCII)
SOCKET_OF_THIS_PC = re.compile(r"tcp:(?:(?:localhost|127\.0\.0\.1):)?(\d{1,5})")


class Device(Struct, frozen=True, kw_only=True):
    """A phone as the server lists it. `usb`: it hangs on a cable, as far as the server tells."""

    serial: str
    state: DeviceState
    usb: bool = False
    model: str | None = None

    @property
    def emulated(self) -> bool:
        return self.serial.startswith("emulator-")


class Refused(Exception):
    """The server said FAIL, and why."""


class Output(Struct, frozen=True):
    """What a command on the phone wrote; `whole` if the phone ended it, not a limit."""

    data: bytes
    whole: bool


def port(host: Host) -> int:
    """The server's port, where the user's environment names another (as adb itself reads it)."""
    named = SOCKET_OF_THIS_PC.fullmatch(host.getenv("ADB_SERVER_SOCKET") or "")
    text = named.group(1) if named else host.getenv("ANDROID_ADB_SERVER_PORT") or ""
    number = int(text) if re.fullmatch(r"[0-9]{1,5}", text) else 0
    return number if 0 < number < 1 << 16 else PORT


def devices(host: Host, deadline: Deadline) -> tuple[Device, ...]:
    """The devices that the server knows of, in its order.

    Raises Failed: refused (no server runs), timeout, unparsable (something else listens there).
    """
    bound = deadline.within(LISTING_S)
    with _connect(host, bound) as connection:
        try:
            _ask(connection, "host:devices-l", bound)
            reply = _block(connection, bound)
        except Refused as error:
            raise Failed("unparsable", "list phones", str(error)) from None
        except TimeoutError:
            raise Failed("timeout", "list phones") from None
        except OSError as error:
            raise Failed("unreachable", "list phones", type(error).__name__) from None
    found = map(_device, reply.decode(errors="replace").splitlines())
    return tuple(device for device in found if device is not None)


def run(host: Host, serial: str, script: str, deadline: Deadline) -> Output:
    """What a shell script writes on the phone, as far as it comes by the deadline.

    Raises Failed: unreachable (the phone is gone), refused (the server), timeout (nothing came),
    unparsable.
    """
    with _connect(host, deadline) as connection:
        try:
            _ask(connection, f"host:transport:{serial}", deadline)
            _ask(connection, f"exec:{script}", deadline)
        except Refused as error:
            raise Failed("unreachable", "ask the phone", str(error)) from None
        except TimeoutError:
            raise Failed("timeout", "ask the phone") from None
        except OSError as error:
            raise Failed("unreachable", "ask the phone", type(error).__name__) from None
        return _output(connection, deadline)


def end_server(host: Host, deadline: Deadline) -> None:
    """Ask the server to end; one that does not answer is left to whoever started it."""
    try:
        with _connect(host, deadline) as connection:
            _ask(connection, "host:kill", deadline)
    except (Failed, Refused, OSError):
        return


def _connect(host: Host, deadline: Deadline) -> socket.socket:
    try:
        return host.connect(SERVER, port(host), deadline.within(CONNECT_S).remaining())
    except TimeoutError:
        raise Failed("timeout", "reach adb") from None
    except OSError as error:
        raise Failed("refused", "reach adb", type(error).__name__) from None


def _ask(connection: socket.socket, service: str, deadline: Deadline) -> None:
    """Raises Refused, Failed(unparsable) for a server that is not adb's, OSError."""
    data = service.encode()
    before(deadline, connection, lambda: connection.sendall(b"%04x" % len(data) + data))
    status = _exactly(connection, 4, deadline)
    if status == b"FAIL":
        raise Refused(_block(connection, deadline).decode(errors="replace")[:200])
    if status != b"OKAY":
        raise Failed("unparsable", "ask adb")


def _block(connection: socket.socket, deadline: Deadline) -> bytes:
    length = _exactly(connection, 4, deadline)
    if not LENGTH.fullmatch(length):
        raise Failed("unparsable", "ask adb")
    return _exactly(connection, int(length, 16), deadline)


def _exactly(connection: socket.socket, count: int, deadline: Deadline) -> bytes:
    data = b""
    while len(data) < count:
        wanted = count - len(data)
        more = before(deadline, connection, lambda wanted=wanted: connection.recv(wanted))  # type: ignore[misc]
        if not more:
            raise ConnectionResetError
        data += more
    return data


def _output(connection: socket.socket, deadline: Deadline) -> Output:
    data = bytearray()
    while len(data) < OUTPUT_LIMIT:
        try:
            more = before(deadline, connection, lambda: connection.recv(CHUNK))
        except OSError:
            return Output(bytes(data), whole=False)
        if not more:
            return Output(bytes(data), whole=True)
        data += more
    return Output(bytes(data[:OUTPUT_LIMIT]), whole=False)


def _device(line: str) -> Device | None:
    """A line of `devices-l`: serial, state, then `key:value` words."""
    serial, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    if not serial or not rest:
        return None
    if rest.startswith(NO_PERMISSION):
        return Device(serial=serial, state="no_permission", usb=True)
    state, *words = rest.split()
    known = dict(word.split(":", 1) for word in words if ":" in word)
    return Device(
        serial=serial,
        state=STATES.get(state, "other"),
        usb="usb" in known,
        model=_model(known.get("model", "")),
    )


def _model(word: str) -> str | None:
    """`SM_A515F`: adb writes an underscore for every sign that is no letter or digit."""
    return word.replace("_", " ") if MODEL.fullmatch(word) else None
