"""Who lets only some through: walled gardens, portals that announce themselves, filters."""

from __future__ import annotations

import json

from tests.lab import faults, places
from tests.lab.actors import PORTAL_PAGE
from tests.lab.lab import PORTAL_NAME, World
from tests.lab.web import Page, Site, redirect

API_NAME = "capport.cafe.test"
"""The portal's API (RFC 8908): for programs, unlike the portal itself."""
VENDORS = (
    f"ip daddr != {{ {', '.join(each.ipv4 for each in places.PROBE_PLACES)} }}",
    f"ip6 daddr != {{ {', '.join(each.ipv6 for each in places.PROBE_PLACES)} }}",
)

USED_UP_PAGE = (
    "<!doctype html><html lang=ja><head><title>データ容量のお知らせ</title></head><body>"
    "<p>今月のデータ容量を使い切りました。データを追加購入すると通信を再開できます。</p></body></html>"
)
HOTEL_PAGE = (
    "<!doctype html><html><head><title>Guest internet</title></head><body>"
    "<p>Your data allowance for today has been used up. Please ask at the front desk.</p>"
    "</body></html>"
)
TERMS_PAGE = (
    "<!doctype html><html lang=ja><head><title>Cafe Free Wi-Fi</title></head><body>"
    "<h1>ようこそ</h1><p>規約に違反した場合、ご利用を停止することがあります。"
    "Access may be suspended if you violate these terms. フィルタリングを利用しています。</p>"
    "<form action=/accept><button>同意して接続</button></form></body></html>"
)
FORTIGUARD_PAGE = (
    "<html><head><title>Web Filter Violation</title></head><body>"
    "<h1>FortiGuard Intrusion Prevention - Access Blocked</h1><h3>Web Page Blocked</h3>"
    "<p>You have tried to access a web page that is in violation of your Internet usage policy.</p>"
    "</body></html>"
)
FAMILY_PAGE = (
    "<!doctype html><html lang=ja><head><title>閲覧が制限されています</title></head><body>"
    "<p>あんしんフィルターにより、このサイトの閲覧が制限されています。</p></body></html>"
)


def _router_serves(world: World, page: Page, **site: str) -> None:
    world.router_web.sites = [
        Site(names=(PORTAL_NAME,), http={"*": page}, https={"*": page}, **site)  # type: ignore[arg-type]
    ]
    world.router_dns.forge(PORTAL_NAME, places.ROUTER_IPV4)


def walled_garden(world: World, page: Page | None = None) -> None:
    """Vendors' pages get through, so that devices do not notice; all else leads to the portal."""
    _router_serves(world, page or redirect(f"http://{PORTAL_NAME}/welcome?mac=02-00-00-77-00-20"))
    for vendors in VENDORS:
        faults.send_to_router(world.net, f"{vendors} tcp dport 80", 80)
        faults.prohibit(world.net.router, "forward", f'iifname "lan" {vendors}')


def walled_garden_with_certificate(world: World) -> None:
    """Secure connections end at the portal as well, which shows its own certificate."""
    page = Page(body=PORTAL_PAGE)
    _router_serves(world, page)
    for vendors in VENDORS:
        faults.send_to_router(world.net, f"{vendors} tcp dport 80", 80)
        faults.send_to_router(world.net, f"{vendors} tcp dport 443", 443)


def announced(world: World, **state: object) -> None:
    """The network names its API in the lease; it is up, and says this."""
    world.router_web.sites.append(
        Site(
            names=(API_NAME,),
            https={
                "*": Page(
                    body=json.dumps(state), headers={"Content-Type": "application/captive+json"}
                )
            },
        )
    )
    world.router_dns.forge(API_NAME, places.ROUTER_IPV4)
    url = f"https://{API_NAME}/api/session?id=58f1"
    world.device.run_files["systemd/netif/links/2"] = (
        f"ADMIN_STATE=configured\nOPER_STATE=routable\nCAPTIVE_PORTAL={url}\n"
    )


def nothing_but_the_portal(world: World) -> None:
    """A portal that swallows whatever is not for itself."""
    world.router_web.sites = [Site(names=(PORTAL_NAME,), http={"*": Page(body=PORTAL_PAGE)})]
    world.router_dns.forge(PORTAL_NAME, places.ROUTER_IPV4)
    faults.drop(world.net.router, "forward", 'iifname "lan"')


def filter_cuts(world: World, *hosts: places.Place) -> None:
    """A filter that cuts secure connections, and answers plain ones with its page."""
    page = redirect("http://blocked.isp.test/block.html?url=login.app.test&ip=192.168.77.20")
    world.router_web.sites = [Site(names=("blocked.isp.test",), http={"*": page})]
    for place in hosts:
        faults.reset(world.net.router, "forward", *faults.to(place, faults.HTTPS))
        for match in faults.to(place, "tcp dport 80"):
            faults.send_to_router(world.net, match, 80)


def filter_for_all(world: World) -> None:
    """A family filter that has let nothing through since it was set to the youngest age."""
    world.router_web.sites = [
        Site(names=("filter.home.test",), http={"*": Page(status=403, body=FAMILY_PAGE)})
    ]
    faults.send_to_router(world.net, "tcp dport 80", 80)
    faults.reset(world.net.router, "forward", faults.HTTPS)


def filter_that_reads(world: World, host: str) -> None:
    """A company's filter, trusted by the device, that shows its page for one host."""
    from tests.lab import actors

    actors.inspector(world)
    actors.trust_inspector(world)
    blocked = next(each for each in world.router_web.sites if host in each.names)
    blocked.https = {"*": Page(status=403, body=FORTIGUARD_PAGE)}
