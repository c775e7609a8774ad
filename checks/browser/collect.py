"""The default browser and its settings, as they concern the app's login page."""

from __future__ import annotations

from checks.browser import version
from checks.browser.default import Default, default_browser
from checks.browser.facts import BrowserFact, BrowserSettings, Tunnel
from checks.browser.site import Site, login_sites
from checks.browser.version import Version
from checks.places import app_data, config_dir, home
from diag.host import Host
from diag.model import Context, Failed, Failure


def collect(host: Host, ctx: Context) -> BrowserFact:
    """Raises Failed: not_configured if the profile names no page that a browser opens, or if this
    device has no browser."""
    sites = login_sites(ctx.profile)
    if not sites:
        raise Failed("not_configured", "endpoint")
    default = default_browser(host)
    if default is None:
        raise Failed("not_configured", "browser")
    engine = default.product.engine
    if engine == "chromium":
        return _chromium(host, default, sites)
    if engine == "firefox":
        return _firefox(host, default, sites)
    if engine == "safari":
        return _safari(host, default, sites)
    unknown = Failure(code="unsupported", operation="read the browser's settings")
    return _fact(default, Version(), unknown, None)


def _chromium(host: Host, default: Default, sites: tuple[Site, ...]) -> BrowserFact:
    from checks.browser.chromium.settings import read

    directory = _profiles(host, default)
    settings: BrowserSettings | Failure
    try:
        settings = read(host, default.product, directory, sites)
    except Failed as failed:
        settings = failed.failure
    return _fact(default, version.of_chromium(host, default, directory), settings)


def _firefox(host: Host, default: Default, sites: tuple[Site, ...]) -> BrowserFact:
    from checks.browser.firefox.profile import last_used
    from checks.browser.firefox.settings import read, vpn_on

    profile, program = None, ""
    settings: BrowserSettings | Failure
    tunnel: Tunnel | None = None
    try:
        profile = last_used(host, default)
        program = version.firefox_program(host, default, profile)
        settings = read(host, default.product, profile, program, sites)
        tunnel = "browser_vpn" if vpn_on(host, profile) else "none"
    except Failed as failed:
        settings = failed.failure
    return _fact(default, version.of_firefox(host, profile, program), settings, tunnel)


def _safari(host: Host, default: Default, sites: tuple[Site, ...]) -> BrowserFact:
    from checks.browser import private_relay
    from checks.browser.safari import read

    settings: BrowserSettings | None = None
    failure: Failure | None
    try:
        settings, failure = read(host, sites)
    except Failed as failed:
        failure = failed.failure
    known = version.of_safari(host, default)
    return _fact(default, known, settings or failure, private_relay.read(host), failure)


def _fact(
    default: Default,
    known: Version,
    settings: BrowserSettings | Failure | None,
    tunnel: Tunnel | None = "none",
    failure: Failure | None = None,
) -> BrowserFact:
    """`failure`: why settings are known in part alone."""
    return BrowserFact(
        brand=default.product.brand,
        engine=default.product.engine,
        name=default.product.name,
        version=known.version,
        esr=known.esr,
        origin=known.origin,
        settings=settings if isinstance(settings, BrowserSettings) else None,
        settings_failure=settings if isinstance(settings, Failure) else failure,
        tunnel=tunnel,
    )


def _profiles(host: Host, default: Default) -> str:
    """The directory in which a Chromium browser keeps its profiles. Raises Failed."""
    product = default.product
    if host.family == "windows":
        return app_data(host, product.roaming) + f"\\{product.windows}"
    if host.family == "macos":
        return f"{home(host)}/Library/Application Support/{product.macos}"
    if default.flatpak:
        return f"{home(host)}/.var/app/{default.flatpak}/config/{product.linux}"
    if default.snap == "chromium":
        return f"{home(host)}/snap/chromium/common/{product.linux}"
    if default.snap:
        return f"{home(host)}/snap/{default.snap}/current/.config/{product.linux}"
    return f"{config_dir(host)}/{product.linux}"
