"""A small server that speaks adb's protocol (AOSP, adb's SERVICES.TXT) and plays phones.

It can be started by itself, to look at a report of a phone that is not there:
`python -m tests.checks.phone.adb_server ANSWERS LISTING ASKED diag run --on phone`.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from checks.phone.script import END, MARK

SERIAL = "R58M4SECRET1"
LISTED = f"{SERIAL}         device usb:1-4 product:a51 model:SM_A515F device:a51 transport_id:1"

Answer = Callable[[socket.socket, str], None]


class AdbServer:
    """Phones by serial number, and what was asked of them.

    listing: what `host:devices-l` answers. says: gives the bytes for a script. hang: the
    service that is never answered. vanish: the phone is pulled off the cable after so many bytes;
    stay_open: adb does not notice. gone: it was pulled off after the listing. raw: no adb at all.
    """

    def __init__(
        self,
        listing: str = LISTED,
        says: Callable[[str], bytes] | None = None,
        *,
        hang: str | None = None,
        vanish: int | None = None,
        stay_open: bool = False,
        gone: bool = False,
        raw: bytes | None = None,
    ) -> None:
        self.listing = listing
        self.says = says or (lambda _: b"")
        self.hang = hang
        self.vanish = vanish
        self.stay_open = stay_open
        self.gone = gone
        self.raw = raw
        self.asked: list[str] = []
        self.ended = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def close(self) -> None:
        self._socket.close()
        for connection in self._open:
            connection.close()

    def _talk(self, connection: socket.socket) -> None:
        try:
            while service := self._service(connection):
                self.asked.append(service)
                if not self._answered(connection, service):
                    return
        except OSError:
            return

    def _service(self, connection: socket.socket) -> str:
        if self.raw is not None:
            connection.sendall(self.raw)
            connection.close()
            return ""
        length = connection.recv(4, socket.MSG_WAITALL)
        return connection.recv(int(length, 16), socket.MSG_WAITALL).decode() if length else ""

    def _answered(self, connection: socket.socket, service: str) -> bool:
        """Whether the connection goes on."""
        kind = service.split(":")[0] if not service.startswith("host") else service.split(":")[1]
        if self.hang == kind:
            self.ended.wait(30)
            return False
        if service == "host:devices-l":
            self._okay(connection, self.listing)
        elif service.startswith("host:transport:"):
            serial = service.removeprefix("host:transport:")
            if self.gone or f"{serial} " not in self.listing:
                self._fail(connection, f"device '{serial}' not found")
                return False
            connection.sendall(b"OKAY")
            return True
        elif service.startswith("exec:"):
            connection.sendall(b"OKAY")
            output = self.says(service.removeprefix("exec:"))
            connection.sendall(output if self.vanish is None else output[: self.vanish])
            if self.stay_open:
                self.ended.wait(30)
        elif service == "host:kill":
            connection.sendall(b"OKAY")
        else:
            self._fail(connection, "unknown host service")
        connection.close()
        return False

    @staticmethod
    def _okay(connection: socket.socket, text: str) -> None:
        data = text.encode()
        connection.sendall(b"OKAY%04x" % len(data) + data)

    @staticmethod
    def _fail(connection: socket.socket, reason: str) -> None:
        data = reason.encode()
        connection.sendall(b"FAIL%04x" % len(data) + data)


@contextmanager
def playing(server: AdbServer) -> Iterator[AdbServer]:
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.close()


def phone(answers: Mapping[str, str]) -> Callable[[str], bytes]:
    """A phone that gives these answers, by the names of sections, in the script's order; one that
    has none stays empty there, as it does for a command that it does not know."""

    def shell(script: str) -> bytes:
        settings = re.search(r"for s in ([a-z_ ]+);", script)
        names: list[str] = []
        for each in re.findall(rf'echo "{MARK} ([a-z_$]+)"', script):
            names += settings.group(1).split() if each == "$s" and settings else [each]
        said = (f"\n{MARK} {name}\n{answers.get(name, '')}\n" for name in names if name != END)
        return ("".join(said) + f"\n{MARK} {END}\n").encode()

    return shell


def answers_of(path: Path) -> dict[str, str]:
    """A phone's answers as recorded: a section's name on a line that begins with `== `."""
    text = path.read_text(encoding="utf-8")
    pieces = re.split(r"^== ([a-z0-9_]+)\n", text, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], (each.rstrip("\n") for each in pieces[2::2]), strict=True))


def main(answers: str, listing: str, asked: str, *command: str) -> int:
    """Play the phone for as long as a command runs, then note what was asked of it."""
    server = AdbServer(listing, phone(answers_of(Path(answers))))
    with playing(server):
        environment = {**os.environ, "ANDROID_ADB_SERVER_PORT": str(server.port)}
        done = subprocess.run(command, env=environment, check=False)
    Path(asked).write_text(json.dumps(server.asked), encoding="utf-8")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
