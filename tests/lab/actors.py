"""Who else may stand on the way: a captive portal, a web inspector, a proxy."""

from __future__ import annotations

from copy import deepcopy

from tests.lab import faults, places
from tests.lab.lab import PORTAL_NAME, World
from tests.lab.name_server import NameServer
from tests.lab.net import wait_until
from tests.lab.web import Page, Site, Web, redirect

PORTAL_PAGE = (
    "<!doctype html><html lang=ja><head><title>Cafe Free Wi-Fi</title></head><body>"
    "<h1>ようこそ</h1><form action=/accept><button>同意して接続</button></form></body></html>"
)
PROXY_PORT = 3128
MITMPROXY_PORT = 8080
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


SUSPENDED_PAGE = (
    "<!doctype html><html lang=ja><head><title>ご利用停止のお知らせ</title></head><body>"
    "<p>料金のお支払いが確認できないため、インターネットのご利用を停止しております。</p></body></html>"
)
FILTER_PAGE = (
    "<!doctype html><html lang=ja><head><title>アクセスが制限されています</title></head><body>"
    "<p>このサイトへのアクセスはフィルタリングによりブロックされました。"
    "This site is blocked by your administrator. カテゴリ: 金融</p></body></html>"
)


def content_filter(world: World) -> None:
    """The network's name server leads the app's login to the filter's block page."""
    page = Page(status=403, body=FILTER_PAGE)
    world.router_web.sites = [
        Site(
            names=("block.filter.test",),
            http={"*": page},
            https={"*": page},
            certificate="unknown_ca",
        )
    ]
    world.router_dns.forge("login.app.test", places.ROUTER_IPV4)
    world.router_dns.forge("api.app.test", places.ROUTER_IPV4)


OPENNDS_PORT = 2050
OPENNDS_CONFIG = """
GatewayInterface lan
GatewayName Cafe
GatewayIPRange 192.168.77.0/24
FirewallRuleSet authenticated-users {
    FirewallRule allow all
}
FirewallRuleSet preauthenticated-users {
    FirewallRule allow tcp port 53
    FirewallRule allow udp port 53
}
FirewallRuleSet users-to-router {
    FirewallRule allow udp port 53
    FirewallRule allow tcp port 53
}
"""
OPENNDS_ENTER = """
mount -t tmpfs tmpfs /run
mkdir -p /run/lock
mount -t tmpfs tmpfs /tmp
echo "$2" >/tmp/dhcp.leases
mount --bind /bin/true "$(readlink -f "$(command -v nft)")"
exec unshare --pid --fork --mount-proc opennds -f -c "$1"
"""
"""openNDS 9 sets nft chains that iptables then cannot use: without nft it works. A space of its own
for processes and files keeps its scripts off the machine."""


def real_portal(world: World) -> None:
    """openNDS on the router. It knows IPv4 only, so the line has no IPv6."""
    faults.only_ipv4(world.net)
    config = world.net.dir / "opennds.conf"
    config.write_text(OPENNDS_CONFIG, encoding="ascii")

    def start() -> None:
        router, log = world.net.router, world.net.dir / "opennds.log"
        # It serves none but clients of the DHCP server beside it.
        lease = f"4102444800 {places.DEVICE_MAC} {places.DEVICE_IPV4} pc *"
        router.start("sh", "-ec", OPENNDS_ENTER, "sh", str(config), lease, log=log)
        # Its rules come before its web server: what is refused last marks the end.
        wait_until(lambda: "reject" in router.run("nft", "list", "ruleset"), "openNDS", 30)
        wait_until(lambda: _listening(world, OPENNDS_PORT), "openNDS", 30)

    world.later.append(start)


def real_inspector(world: World) -> None:
    """mitmproxy on the router, with the lab's inspecting authority as its own."""
    home = world.net.dir / "mitmproxy"
    home.mkdir()
    authority = world.certificates.interceptor
    (home / "mitmproxy-ca.pem").write_bytes(
        authority.private_key_pem.bytes() + authority.cert_pem.bytes()
    )
    faults.send_to_router(world.net, "tcp dport 443", MITMPROXY_PORT)

    def start() -> None:
        world.net.router.start(
            "mitmdump", "--mode", "transparent", "--listen-port", str(MITMPROXY_PORT),
            "--set", f"confdir={home}",
            "--set", f"ssl_verify_upstream_trusted_ca={world.certificates.bundle}",
            "--set", "block_global=false",
            log=world.net.dir / "mitmproxy.log",
        )  # fmt: skip
        wait_until(lambda: _listening(world, MITMPROXY_PORT), "mitmproxy", 30)

    world.later.append(start)


def _listening(world: World, port: int) -> bool:
    return bool(world.net.router.run("ss", "-Hltn", f"sport = :{port}").strip())


def security_suite(world: World) -> None:
    """A program on the device that scans what comes over TLS, with a root of its own, trusted."""
    device_web = Web(world.net.device, world.net.dir / "device-web", world.certificates)
    device_web.sites = _inspected(world)
    device_web.ports = (443,)
    # What the suite itself sends would pass: here it answers in the place of all hosts.
    world.net.device.nft(
        "inet",
        "suite",
        "type nat hook output priority -100",
        "tcp dport 443 redirect to :443",
    )
    trust_inspector(world)
    world.later.append(device_web.start)


def _inspected(world: World) -> list[Site]:
    sites = [each for each in deepcopy(world.web.sites) if each.names]
    for one in sites:
        one.addresses = ()
        one.certificate = "intercepted"
    return sites


def inspector(world: World) -> None:
    """Every HTTPS connection ends at the router, which shows certificates of its own authority."""
    world.router_web.sites = _inspected(world)
    world.router_web.ports = (443,)
    faults.send_to_router(world.net, "tcp dport 443", 443)


def trust_inspector(world: World) -> None:
    """The owner of the device has added the inspector's root."""
    world.device.roots = world.certificates.both
    world.device.added_roots["web-inspection.crt"] = world.certificates.interceptor_root


def use_proxy(world: World, url: str = PROXY_URL) -> None:
    """The device is told to use a proxy; whether one listens there is another matter."""
    world.net.router.ip(f"addr add {places.SECOND_HOST_IPV4}/24 dev lan")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        world.device.environment[name] = url


def local_resolver(world: World) -> None:
    """A name server on the device itself, as systemd-resolved, dnsmasq or unbound may be."""
    resolver = NameServer(
        world.net.device,
        world.net.dir / "device-dns",
        forwards_to=world.device.nameservers,
    )
    world.device.nameservers = ("127.0.0.1",)
    world.later.append(resolver.start)


def proxy(world: World, *extra: str, url: str = PROXY_URL) -> None:
    """A real proxy (tinyproxy) on the LAN, which the device is told to use; `extra` settings."""
    use_proxy(world, url)
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
    # It asks outside by itself: names may be its business alone on its network.
    resolver.write_text(f"nameserver {places.CLOUDFLARE_DNS.ipv4}\n", encoding="ascii")
    log = world.net.dir / "tinyproxy.log"
    # tinyproxy resolves names by the system's file, which is the router's in its own mount view.
    enter = 'mount --bind "$1" /etc/resolv.conf; shift; exec "$@"'
    world.net.router.start(
        "sh", "-ec", enter, "sh", str(resolver), "tinyproxy", "-d", "-c", str(config), log=log
    )  # fmt: skip
    wait_until(lambda: _listening(world, PROXY_PORT), "tinyproxy")
