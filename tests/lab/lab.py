"""The world of the lab, put together: `World` to arrange a situation, `Lab` to run diag in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.lab import name_server, places, web
from tests.lab.certificates import certificates
from tests.lab.device import PATH, Device, Ran
from tests.lab.net import Net, sweep
from tests.lab.web import Web

REPOSITORY = Path(__file__).resolve().parents[2]
RUN_TIMEOUT_S = 60.0
PORTAL_NAME = "portal.cafe.test"
TOOLS = (
    *("ip", "nft", "tc", "ss", "sysctl", "taskset", "unshare", "gcc"),
    *("dnsmasq", "unbound", "tinyproxy", "opennds", "iptables", "mitmdump", "tayga"),
)
"""What the lab calls; docs/lab.md names the packages that bring it."""

Profile = dict[str, Any]


def app_profile() -> Profile:
    """The app of the lab: two endpoints that login needs, a website, a status page, a store."""
    return {
        "schema": 1,
        "app": {"id": "lab", "name": {"en": "Example", "ja": "エグザンプル"}},
        "endpoint": [
            {
                "id": "login",
                "url": "https://login.app.test/",
                "role": "login",
                "expect_body": web.LOGIN_TEXT,
                "sorry_body": web.BUSY_TEXT,
            },
            {"id": "api", "url": "https://api.app.test/v1/health", "role": "api"},
            {"id": "www", "url": "https://www.app.test/", "role": "web"},
        ],
        "status_page": {"url": "https://status.app.test", "components": ["Login"]},
        "install": {"linux": {"dpkg": "example"}},
        "store": {"json": {"url": "https://store.app.test/version.json", "pointer": "/version"}},
        "account": {
            "two_factor": ["sms"],
            "reset_url": "https://login.app.test/reset",
            "lockout_after": 5,
            "reset_unlocks": False,
            "method": [
                {
                    "name": {"en": "Card number and PIN", "ja": "カード番号と暗証番号"},
                    "id": {"pattern": "[0-9]{10}"},
                    "secret": {"pattern": "[0-9]{4}"},
                }
            ],
        },
        "support": {"url": "https://app.test/contact", "phone": "0120-000-000"},
    }


def toml(profile: Profile) -> str:
    """A profile as TOML: tables at the top, inline below."""
    lines: list[str] = []
    tables: list[str] = []
    for key, value in profile.items():
        if isinstance(value, dict):
            tables += [f"[{key}]", *(f"{k} = {_inline(v)}" for k, v in value.items()), ""]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for each in value:
                tables += [f"[[{key}]]", *(f"{k} = {_inline(v)}" for k, v in each.items()), ""]
        else:
            lines.append(f"{key} = {_inline(value)}")
    return "\n".join([*lines, "", *tables])


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_inline(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


class World:
    """A device behind a router on an internet, all well, until a situation changes something.

    The cables are up at once; servers start after the situation has had its say.
    """

    def __init__(self) -> None:
        self.net = Net()
        self.certificates = certificates()
        here = self.net.dir
        self.public_dns = name_server.public(self.net.internet, here / "public-dns")
        self.router_dns = name_server.NameServer(
            self.net.router, here / "router-dns", forwards_to=(places.CLOUDFLARE_DNS.ipv4,)
        )
        self.web = Web(self.net.internet, here / "web", self.certificates)
        self.web.sites = web.public_sites()
        self.router_web = Web(self.net.router, here / "router-web", self.certificates)
        """A web server on the router; runs if a situation gives it sites (a portal)."""
        self.device = Device(self.net.device, here / "device", self.certificates.bundle)
        self.profile = app_profile()
        self.later: list[Callable[[], object]] = []
        """Actors of a situation, started after the servers."""

    def endpoint(self, endpoint_id: str) -> dict[str, Any]:
        found: dict[str, Any] = next(
            each for each in self.profile["endpoint"] if each["id"] == endpoint_id
        )
        return found

    def start(self) -> None:
        """Start the servers, side by side: each takes a moment."""
        servers = (self.public_dns, self.router_dns, self.web, self.router_web)
        errors: list[BaseException] = []

        def start(server: name_server.NameServer | Web) -> None:
            try:
                server.start()
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=start, args=(server,)) for server in servers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for error in errors:
            raise error
        for act in self.later:
            act()


@dataclass(frozen=True)
class Outcome:
    """What `diag` did on the device."""

    code: int
    report: dict[str, Any]
    stdout: str
    stderr: str
    took_s: float
    """Wall time of the whole process, start-up included."""
    requests: tuple[dict[str, str], ...]
    """What the world's web servers were asked meanwhile."""

    def causes(self, *severities: str) -> list[str]:
        """Codes of the causes in order; of these severities, if any are named."""
        causes = self.report["causes"]
        return [c["code"] for c in causes if not severities or c["severity"] in severities]

    def under(self, code: str) -> list[str]:
        """Codes that are listed under this cause."""
        return [
            explained["code"]
            for cause in self.report["causes"]
            if cause["code"] == code
            for explained in cause["explains"]
        ]


class Lab:
    """`with Lab(arrange) as lab: outcome = lab.run("--symptom", "login")`."""

    def __init__(self, arrange: Callable[[World], object] | None = None) -> None:
        self.world = World()
        self._arrange = arrange

    def __enter__(self) -> Lab:
        try:
            self.world.net.up()
            if self._arrange:
                self._arrange(self.world)
            self.world.start()
        except BaseException:
            self.world.net.down()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.world.net.down()

    def diag(self, *args: str) -> Ran:
        """Run `diag` with these arguments on the device, from this work tree."""
        return self.world.device.run(
            sys.executable, "-m", "diag", *args, timeout_s=RUN_TIMEOUT_S, cwd=REPOSITORY
        )

    def run(self, *args: str) -> Outcome:
        """`diag run` on the lab's app. Raises ValueError with what it said if no report came."""
        profile = self.world.net.dir / "app.toml"
        profile.write_text(toml(self.world.profile), encoding="utf-8")
        ran = self.diag("run", "--app", str(profile), "--format", "json", "-o", "-", *args)
        profile.unlink()
        try:
            report = json.loads(ran.stdout)
        except ValueError:
            raise ValueError(
                f"diag ended with {ran.code} and no report:\n{ran.stdout[-500:]}\n{ran.stderr}"
            ) from None
        requests = (*self.world.web.requests(), *self.world.router_web.requests())
        return Outcome(ran.code, report, ran.stdout, ran.stderr, ran.took_s, requests)


def replay(outcome: Outcome, directory: Path) -> dict[str, Any]:
    """Diagnose a report again: no network, no profile, an empty home."""
    saved, home = directory / "report.json", directory / "replay-home"
    saved.write_text(outcome.stdout, encoding="utf-8")
    home.mkdir()
    done = subprocess.run(
        ("unshare", "--net", sys.executable, "-m", "diag", "replay", str(saved),
         "--format", "json", "-o", "-"),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PATH": PATH, "HOME": str(home), "LANG": "C.UTF-8"},
        cwd=REPOSITORY,
        timeout=RUN_TIMEOUT_S,
        check=False,
    )  # fmt: skip
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def conclusions(report: dict[str, Any]) -> dict[str, Any]:
    """What a replay has to repeat: codes, subjects, order, verdict and remedies."""
    verdict = report["verdict"]
    return {
        "causes": [
            (
                cause["code"],
                cause["subjects"],
                cause["severity"],
                cause["confidence"],
                [(each["code"], each["subject"]) for each in cause["explains"]],
            )
            for cause in report["causes"]
        ],
        "verdict": (
            verdict["where"],
            verdict["confidence"],
            [each["code"] for each in verdict["alternatives"]],
        ),
        "remedies": [(each["code"], each["cause"], each["who"]) for each in report["remedies"]],
    }


def unavailable() -> str | None:
    """Why the lab cannot be set up here, or None if it can. Sweeps what crashed runs left."""
    import shutil

    if sys.platform != "linux":
        return "the lab needs Linux network namespaces"
    if os.geteuid() != 0:
        return "the lab needs root: it makes network namespaces"
    missing = [
        tool
        for tool in TOOLS
        if not shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    ]
    if missing:
        return f"the lab needs these tools: {', '.join(missing)}"
    sweep()
    return None
