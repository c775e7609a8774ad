"""Web hosts of the lab's world: what each one serves and how it may fail.

`Web` is one server process (`web_server.py`) in one namespace. Situations change its `Site`s before
the world starts.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from tests.lab import places
from tests.lab.certificates import Certificates, Kind
from tests.lab.net import LabError, Namespace, wait_until
from tests.lab.places import Place

Tcp = Literal["serves", "mute", "resets"]
"""How the host treats a connection to port 443: mute accepts it and never says a word."""

LOGIN_TEXT = "ログイン"
LOGIN_PAGE = (
    "<!doctype html><html lang=ja><head><title>ログイン | Example</title></head><body>"
    "<form method=post action=/session><h1>ログイン</h1>"
    "<input name=id><input name=secret type=password><button>ログイン</button></form></body></html>"
)
BUSY_PAGE = (
    "<!doctype html><html lang=ja><head><title>お知らせ</title></head><body>"
    "<p>ただいまアクセスが集中しています。しばらくお待ちください。</p></body></html>"
)
BUSY_TEXT = "アクセスが集中"


@dataclass
class Page:
    """One answer. `drip_s`: seconds between single bytes. `dns`: answer DNS over HTTPS instead."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drip_s: float = 0.0
    date_offset_s: float = 0.0
    dns: bool = False
    charset: str = "utf-8"
    """What the body is written in. `Content-Type` says so unless `headers` has its own."""
    version: Literal["1.0", "1.1"] = "1.1"
    coding: Literal["", "chunked", "gzip"] = ""
    """How the body is packed, whether asked for or not."""


def json_page(content: object) -> Page:
    return Page(
        body=json.dumps(content, ensure_ascii=False), headers={"Content-Type": "application/json"}
    )


def redirect(to: str, status: int = 302) -> Page:
    return Page(status=status, headers={"Location": to})


@dataclass
class Site:
    """A web host. `https` and `http` hold pages by path, `*` for any other path."""

    names: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    https: dict[str, Page] = field(default_factory=dict)
    http: dict[str, Page] = field(default_factory=dict)
    certificate: Kind = "good"
    newest_tls: str = ""
    """The newest protocol it speaks, as ssl.TLSVersion names it; none: whatever is usual."""
    asks_client_certificate: bool = False
    tcp: Tcp = "serves"

    @property
    def page(self) -> Page:
        """The page that is served over HTTPS for any path without one of its own."""
        return self.https["*"]

    @page.setter
    def page(self, page: Page) -> None:
        self.https["*"] = page


def site(place: Place, body: str = "") -> Site:
    """A host that works: its page over HTTPS, and a redirect there over HTTP."""
    return Site(
        names=place.names or (place.ipv4,),
        addresses=(place.ipv4, place.ipv6),
        https={"*": Page(body=body or f"<html><title>{place.ipv4}</title>Hello</html>")},
        http={"*": redirect(f"https://{place.names[0]}/" if place.names else "/", 301)},
    )


class Web:
    """One web server process and its log."""

    def __init__(self, space: Namespace, directory: Path, certificates: Certificates) -> None:
        self.space = space
        self.directory = directory
        self.certificates = certificates
        self.sites: list[Site] = []
        self.ports: tuple[int, ...] = (80, 443)

    def __getitem__(self, name: str) -> Site:
        """The site of this host name."""
        return next(each for each in self.sites if name in each.names)

    @property
    def log(self) -> Path:
        return self.directory / "requests.jsonl"

    def start(self) -> None:
        if not self.sites:
            return
        self.directory.mkdir(exist_ok=True)
        config = self.directory / "config.json"
        config.write_text(
            json.dumps(
                {
                    "ports": self.ports,
                    "dns_port": 53,
                    "sites": [self._plain(each) for each in self.sites],
                }
            ),
            encoding="utf-8",
        )
        output = self.directory / "server.log"
        program = Path(__file__).with_name("web_server.py")
        process = self.space.start(
            sys.executable, "-I", str(program), str(config), str(self.log), log=output
        )

        def ready() -> bool:
            said = output.read_text(encoding="utf-8")
            if process.poll() is not None:
                raise LabError(f"web server ended: {said}")
            return "ready" in said

        wait_until(ready, "web server")

    def _plain(self, one: Site) -> dict[str, object]:
        identities = (*one.names, *one.addresses) if one.names == () else one.names
        if _is_resolver(one):
            identities = (*one.names, *one.addresses)
        return {
            **asdict(one),
            "certificate_file": str(self.certificates.file(one.certificate, identities)),
            "client_ca_file": str(self.certificates.bundle) if one.asks_client_certificate else "",
        }

    def requests(self, kind: str = "request") -> list[dict[str, str]]:
        """What was asked of this server: `request` lines or `connection` lines."""
        if not self.log.exists():
            return []
        lines = (json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines())
        return [line for line in lines if line["kind"] == kind]


def _is_resolver(one: Site) -> bool:
    return any(place.ipv4 in one.addresses for place in places.RESOLVER_PLACES)


def status_summary(
    indicator: str = "none",
    *,
    incidents: tuple[dict[str, object], ...] = (),
    maintenances: tuple[dict[str, object], ...] = (),
    login: str = "operational",
) -> dict[str, object]:
    """A Statuspage summary (`/api/v2/summary.json`) with the fields that its readers use."""
    words = {
        "none": "All Systems Operational",
        "minor": "Minor Service Outage",
        "major": "Partial System Outage",
        "critical": "Major Service Outage",
        "maintenance": "Service Under Maintenance",
    }
    component = {
        "id": "b13yz5g2cw10",
        "name": "Login",
        "status": login,
        "created_at": "2024-01-10T03:00:00.000Z",
        "updated_at": "2026-01-10T03:00:00.000Z",
        "position": 1,
        "description": None,
        "showcase": True,
        "group_id": None,
        "group": False,
        "only_show_if_degraded": False,
        "page_id": "kctbh9vrtdwd",
    }
    return {
        "page": {
            "id": "kctbh9vrtdwd",
            "name": "Example",
            "url": "https://status.app.test",
            "time_zone": "Asia/Tokyo",
            "updated_at": "2026-01-10T03:00:00.000Z",
        },
        "components": [component],
        "incidents": list(incidents),
        "scheduled_maintenances": list(maintenances),
        "status": {"indicator": indicator, "description": words[indicator]},
    }


def public_sites() -> list[Site]:
    """Every web host of the internet, all of them well."""
    login = site(places.LOGIN, LOGIN_PAGE)
    status = site(places.STATUS, "<html><title>Example Status</title></html>")
    status.https["/api/v2/summary.json"] = json_page(status_summary())
    store = site(places.STORE)
    store.https["/version.json"] = json_page({"version": "2.4.0"})
    return [
        login,
        site(places.WWW),
        site(places.API, '{"ok": true}'),
        status,
        store,
        *_probe_sites(),
        site(places.EXAMPLE),
        site(places.DEBIAN),
        *(_resolver_site(place) for place in places.RESOLVER_PLACES),
    ]


def _probe_sites() -> list[Site]:
    """The vendors' captive-portal probes with the answers that they give."""
    apple = site(places.APPLE_PROBE)
    apple.http["*"] = apple.https["*"] = Page(
        body="<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"
    )
    google = site(places.GOOGLE_PROBE)
    google.http["/generate_204"] = google.https["/generate_204"] = Page(status=204)
    microsoft = site(places.MICROSOFT_PROBE)
    microsoft.http["/connecttest.txt"] = Page(
        body="Microsoft Connect Test", headers={"Content-Type": "text/plain"}
    )
    firefox = site(places.FIREFOX_PROBE)
    firefox.http["/success.txt"] = Page(body="success\n", headers={"Content-Type": "text/plain"})
    firefox.http["/canonical.html"] = Page(
        body='<meta http-equiv="refresh"'
        ' content="0;url=https://support.mozilla.org/kb/captive-portal"/>'
    )
    gnome = site(places.GNOME_PROBE)
    gnome.http["/check_network_status.txt"] = Page(
        body="NetworkManager is online\n", headers={"X-NetworkManager-Status": "online"}
    )
    cloudflare = site(places.CLOUDFLARE_PROBE)
    cloudflare.http["/generate_204"] = Page(status=204)
    return [apple, google, microsoft, firefox, gnome, cloudflare]


def _resolver_site(place: Place) -> Site:
    """A public resolver's web side: DNS over HTTPS, with its addresses in the certificate."""
    one = site(place)
    one.https["/dns-query"] = Page(dns=True)
    return one
