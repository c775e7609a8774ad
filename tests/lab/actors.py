"""Who else may stand on the way: a captive portal, a web inspector, a proxy."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

from tests.lab import faults, places
from tests.lab.lab import World
from tests.lab.net import wait_until
from tests.lab.web import Page, Site, redirect

PORTAL_NAME = "portal.cafe.test"
PORTAL_PAGE = (
    "<!doctype html><html lang=ja><head><title>Cafe Free Wi-Fi</title></head><body>"
    "<h1>ようこそ</h1><form action=/accept><button>同意して接続</button></form></body></html>"
)
PROXY_PORT = 3128
PROXY_URL = f"http://{places.SECOND_HOST_IPV4}:{PROXY_PORT}"


def portal(world: World, page: Page | None = None) -> None:
    """Until someone signs in, port 80 leads to the router's own page and all else is refused.

    `page` is what port 80 says to any request; a redirect to the portal, if nothing is given.
    """
    answer = page or redirect(
        f"http://{PORTAL_NAME}/welcome?mac=02-00-00-77-00-20&ip={places.DEVICE_IPV4}"
    )
    world.router_web.sites = [
        Site(
            names=(PORTAL_NAME,),
            http={"*": answer, "/welcome": Page(body=PORTAL_PAGE)},
            https={"*": Page(body=PORTAL_PAGE)},
        )
    ]
    world.router_dns.forge(PORTAL_NAME, places.ROUTER_IPV4)
    faults.send_to_router(world.net, "tcp dport 80", 80)
    faults.prohibit(world.net.router, "forward", 'iifname "lan"')


def inspector(world: World) -> None:
    """Every HTTPS connection ends at the router, which shows certificates of its own authority."""
    sites = [each for each in deepcopy(world.web.sites) if each.names]
    for one in sites:
        one.addresses = ()
        one.certificate = "intercepted"
    world.router_web.sites = sites
    world.router_web.ports = (443,)
    faults.send_to_router(world.net, "tcp dport 443", 443)


def trust_inspector(world: World) -> None:
    """The owner of the device has added the inspector's root."""
    world.device.roots = world.certificates.both
    world.device.added_roots["web-inspection.crt"] = world.certificates.interceptor_root


def use_proxy(world: World, url: str = PROXY_URL) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        world.device.environment[name] = url


def proxy(world: World, *extra: str) -> None:
    """A real proxy (tinyproxy) on the LAN, which the device is told to use; `extra` settings."""
    use_proxy(world)
    config = world.net.dir / "tinyproxy.conf"
    config.write_text(
        "\n".join(
            (
                f"Port {PROXY_PORT}",
                f"Listen {places.SECOND_HOST_IPV4}",
                "Timeout 30",
                "MaxClients 100",
                "ConnectPort 443",
                *extra,
                "",
            )
        ),
        encoding="ascii",
    )
    world.later.append(lambda: _start_proxy(world))


def _start_proxy(world: World) -> None:
    config = world.net.dir / "tinyproxy.conf"
    resolver = world.net.dir / "proxy-resolv.conf"
    resolver.write_text(f"nameserver {places.ROUTER_IPV4}\n", encoding="ascii")
    log = world.net.dir / "tinyproxy.log"
    # tinyproxy resolves names by the system's file, which is the router's in its own mount view.
    enter = 'mount --bind "$1" /etc/resolv.conf; shift; exec "$@"'
    process = world.net.router.start(
        "sh", "-ec", enter, "sh", str(resolver), "tinyproxy", "-d", "-c", str(config), log=log
    )  # fmt: skip

    def listening() -> bool:
        wanted = f":{PROXY_PORT:04X} 00000000:0000 0A"
        return wanted in Path("/proc", str(process.pid), "net", "tcp").read_text(encoding="ascii")

    wait_until(listening, "tinyproxy")
