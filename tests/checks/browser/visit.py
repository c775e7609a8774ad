"""One visit to a page by a real browser, in namespaces of its own: what did the browser do?

Run as `unshare --net --mount python visit.py FAMILY HOME FILES SECONDS`: http://login.app.test/ is
served on the loopback of a network that has nothing else; FILES, a JSON object of absolute paths,
lie over this machine's own for the browser alone, which is stopped after SECONDS. Prints what came
to the server as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "login.app.test"
PROXY_PORT = 3128
PAGE = b"""<!doctype html><title>Log in</title><img src="/image">
<script>document.write('<img src="/script">')</script>"""

COMMANDS = {
    "chromium": [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-gpu",
        "--user-data-dir={home}/.config/chromium",
        "--dump-dom",
        f"http://{HOST}/",
    ],
    "firefox": ["firefox-esr", "--headless", "--screenshot", "/dev/null", f"http://{HOST}/"],
}


class Seen:
    """What the page and what it holds were asked for with."""

    def __init__(self) -> None:
        self.opened = False
        self.cookie = False
        self.script = False
        self.proxied = False


SEEN = Seen()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        whole = self.path.startswith("http://")
        path = "/" + self.path.split("/", 3)[-1] if whole else self.path
        if HOST not in (self.headers.get("Host") or ""):
            self.send_error(404)
            return
        SEEN.proxied |= whole
        SEEN.opened |= path == "/"
        SEEN.script |= path == "/script"
        SEEN.cookie |= path == "/image" and "seen=1" in (self.headers.get("Cookie") or "")
        self.send_response(200)
        self.send_header("Set-Cookie", "seen=1; Path=/")
        self.send_header("Content-Type", "text/html" if path == "/" else "image/png")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(PAGE if path == "/" else b"")

    def log_message(self, format: str, *args: object) -> None:
        """Not on our stderr."""


def lay_over(files: dict[str, str]) -> None:
    """Put files in place without touching the machine's own: a tmpfs over the directory of each, or
    over the one above it that is there."""
    for path, content in files.items():
        covered = Path(path).parent
        while not covered.exists():
            covered = covered.parent
        assert len(covered.parts) > 2, "nothing else may be covered"
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(covered)], check=True)
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(content, encoding="utf-8")


def main(family: str, home: str, files: dict[str, str], patience_s: float) -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    hosts = Path(home, "hosts")
    hosts.write_text(f"127.0.0.1 localhost {HOST}\n", encoding="utf-8")
    subprocess.run(["mount", "--bind", str(hosts), "/etc/hosts"], check=True)
    lay_over(files)
    for port in (80, PROXY_PORT):
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {"HOME": home, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    command = [word.replace("{home}", home) for word in COMMANDS[family]]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as browser:
        try:
            browser.wait(patience_s)
        except subprocess.TimeoutExpired:
            browser.kill()
    print(json.dumps(vars(SEEN)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), float(sys.argv[4]))
