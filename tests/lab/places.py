"""Who is where in the lab's world. These addresses exist inside its namespaces only.

Well-known hosts have addresses of their real networks, since code under test may treat
documentation prefixes as bogons; the app's hosts stand on addresses that look like any other.
"""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A host on the internet: its names, and one address of each family."""

    names: tuple[str, ...]
    ipv4: str
    ipv6: str


LOGIN = Place(("login.app.test",), "93.184.215.10", "2606:2800:21f:1::10")
WWW = Place(("www.app.test", "app.test"), "93.184.215.11", "2606:2800:21f:1::11")
API = Place(("api.app.test",), "93.184.215.12", "2606:2800:21f:1::12")
STATUS = Place(("status.app.test",), "104.18.30.13", "2606:4700:30::13")
STORE = Place(("store.app.test",), "104.18.31.14", "2606:4700:31::14")

APPLE_PROBE = Place(("captive.apple.com",), "17.253.31.201", "2403:300:a42:3::2")
GOOGLE_PROBE = Place(
    (
        "connectivitycheck.gstatic.com",
        "www.gstatic.com",
        "clients3.google.com",
        "www.google.com",
        "play.googleapis.com",
    ),
    "142.250.196.99",
    "2404:6800:4004:81f::2003",
)
MICROSOFT_PROBE = Place(
    ("www.msftconnecttest.com", "ipv6.msftconnecttest.com", "www.microsoft.com"),
    "23.218.95.9",
    "2600:140b:2::1732:9",
)
FIREFOX_PROBE = Place(("detectportal.firefox.com",), "34.107.221.82", "2600:1901:0:38d7::")
GNOME_PROBE = Place(("nmcheck.gnome.org",), "8.43.85.29", "2620:52:3:1::29")
CLOUDFLARE_PROBE = Place(
    ("cp.cloudflare.com", "www.cloudflare.com"), "104.16.132.229", "2606:4700::6810:84e5"
)
EXAMPLE = Place(("example.com", "www.example.com"), "93.184.215.14", "2606:2800:21f:cb07::14")
DEBIAN = Place(("www.debian.org",), "151.101.2.132", "2a04:4e42::644")

CLOUDFLARE_DNS = Place(("cloudflare-dns.com", "one.one.one.one"), "1.1.1.1", "2606:4700:4700::1111")
CLOUDFLARE_DNS_2 = Place((), "1.0.0.1", "2606:4700:4700::1001")
GOOGLE_DNS = Place(("dns.google",), "8.8.8.8", "2001:4860:4860::8888")
GOOGLE_DNS_2 = Place((), "8.8.4.4", "2001:4860:4860::8844")
QUAD9_DNS = Place(("dns.quad9.net",), "9.9.9.9", "2620:fe::fe")

APP_PLACES = (LOGIN, WWW, API, STATUS, STORE)
PROBE_PLACES = (
    APPLE_PROBE,
    GOOGLE_PROBE,
    MICROSOFT_PROBE,
    FIREFOX_PROBE,
    GNOME_PROBE,
    CLOUDFLARE_PROBE,
)
RESOLVER_PLACES = (CLOUDFLARE_DNS, CLOUDFLARE_DNS_2, GOOGLE_DNS, GOOGLE_DNS_2, QUAD9_DNS)
PLACES = (*APP_PLACES, *PROBE_PLACES, EXAMPLE, DEBIAN, *RESOLVER_PLACES)

LAN_IPV4 = "192.168.77.0/24"
DEVICE_MAC = "02:00:5e:77:00:20"
DEVICE_IPV4 = "192.168.77.20"
ROUTER_MAC = "02:00:5e:77:00:01"
ROUTER_IPV4 = "192.168.77.1"
SECOND_HOST_IPV4 = "192.168.77.8"
"""Another address on the router's LAN side: a proxy or portal host."""

LAN_IPV6 = "2400:4050:7700:1::/64"
DEVICE_IPV6 = "2400:4050:7700:1::20"
ROUTER_IPV6 = "2400:4050:7700:1::1"
ROUTER_LINK_LOCAL = "fe80::1"

WAN_ROUTER_IPV4 = "60.32.5.2"
WAN_ISP_IPV4 = "60.32.5.1"
WAN_ROUTER_LINK_LOCAL = "fe80::2"
WAN_ISP_LINK_LOCAL = "fe80::1"
