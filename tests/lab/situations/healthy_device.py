"""Devices that are set up in unusual ways, and are well."""

from tests.lab import actors, places
from tests.lab.lab import World
from tests.lab.situation import healthy

AD_HOSTS = tuple(f"ads{n}.tracker.example" for n in range(300))


@healthy()
def resolver_on_the_device(world: World) -> None:
    actors.local_resolver(world)


@healthy()
def resolver_on_the_device_of_systemd(world: World) -> None:
    actors.local_resolver(world)
    world.device.nameservers = ("127.0.0.53",)
    world.device.resolver_options = "edns0 trust-ad"
    world.device.search = ("home.arpa",)


@healthy()
def hosts_file_against_advertisements(world: World) -> None:
    world.device.hosts |= dict.fromkeys(AD_HOSTS, "0.0.0.0")


@healthy()
def hosts_file_says_what_the_servers_say(world: World) -> None:
    world.device.hosts["login.app.test"] = places.LOGIN.ipv4


@healthy()
def search_domains_and_many_dots(world: World) -> None:
    world.device.search = ("corp.office.test", "office.test", "test")
    world.device.resolver_options = "ndots:5"


@healthy()
def search_domain_with_a_wildcard(world: World) -> None:
    """Whatever is asked below the office's domain exists, so short names hit it first."""
    world.device.search = ("office.test",)
    world.device.resolver_options = "ndots:1"
    world.router_dns.wildcards["office.test"] = places.SECOND_HOST_IPV4


@healthy()
def resolver_against_advertisements(world: World) -> None:
    """The network's resolver says that advertisers have no address that leads anywhere."""
    for name in AD_HOSTS:
        world.router_dns.forge(name, "0.0.0.0", "::")


@healthy()
def clock_twenty_seconds_off(world: World) -> None:
    world.device.clock_offset_s = -20


@healthy()
def time_zone_of_new_york(world: World) -> None:
    world.device.environment["TZ"] = "America/New_York"


@healthy()
def time_zone_unknown(world: World) -> None:
    world.device.environment["TZ"] = "Nowhere/Atlantis"


@healthy()
def language_japanese(world: World) -> None:
    world.device.environment |= {"LANG": "ja_JP.UTF-8", "LC_ALL": "ja_JP.UTF-8"}


@healthy()
def language_ascii_only(world: World) -> None:
    world.device.environment |= {"LANG": "C", "LC_ALL": "POSIX"}


@healthy()
def app_that_is_not_installed_anywhere(world: World) -> None:
    """An app of the browser: the profile names no package and no store."""
    del world.profile["install"]
    del world.profile["store"]


@healthy()
def app_without_a_status_page(world: World) -> None:
    del world.profile["status_page"]


@healthy()
def app_newer_than_the_service_accepts(world: World) -> None:
    world.profile["app"]["minimum_version"] = "2.4.0"
