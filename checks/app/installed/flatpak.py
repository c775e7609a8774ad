"""A Flatpak, read from the installation's own directory.

`app/ID/current/active` leads to what is deployed; `deploy` beside it is a GVariant `(ssasta{sv})`
of origin, commit, subpaths, size and more, among it `appdata-version`
(flatpak's common/flatpak-dir.c). Older deployments lack that: there the AppStream file is read.
"""

from __future__ import annotations

from checks.app.installed import InstalledCopy, names_in, plain_name, text_of
from checks.app.installed.homes import data_home
from checks.app.installed.strings import first_line
from diag.app_profile import LinuxInstall
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

SYSTEM = "/var/lib/flatpak"
EXTRA = "/etc/flatpak/installations.d"
MOST_INSTALLATIONS = 8
CONFIG_LIMIT = 64 << 10
DEPLOY_LIMIT = 256 << 10
APPSTREAM_LIMIT = 1 << 20

VERSION_KEY = b"appdata-version\0"
ALIGNMENT = 8
"""Entries of `a{sv}`, and the variants in them, begin at multiples of eight (GVariant, 2.2)."""


def ask_flatpak(host: Host, install: LinuxInstall, _: Deadline) -> tuple[InstalledCopy, ...]:
    """The user's own first, as `flatpak run` does; nothing where there is none."""
    app = plain_name(install.flatpak)
    found = [_deployed(host, f"{base}/app/{app}/current/active", app) for base in places(host)]
    copies = [copy for copy in found if copy is not None]
    return tuple(copies)


def places(host: Host) -> tuple[str, ...]:
    """The user's installation, the system's, and others of the system (flatpak-installation(5))."""
    own = data_home(host)
    found = [f"{own}/flatpak"] if own else []
    found.append(SYSTEM)
    for name in names_in(host, EXTRA)[:MOST_INSTALLATIONS]:
        if name.endswith(".conf"):
            found += _paths(text_of(host, f"{EXTRA}/{name}", CONFIG_LIMIT) or "")
    return tuple(dict.fromkeys(found))


def _paths(config: str) -> list[str]:
    """The `Path=` of each installation in a key file."""
    lines = (line.partition("=") for line in config.splitlines())
    values = [value.strip() for key, _, value in lines if key.strip() == "Path"]
    return [value.rstrip("/") for value in values if value.startswith("/")]


def _deployed(host: Host, active: str, app: str) -> InstalledCopy | None:
    try:
        deploy = host.read(f"{active}/deploy", DEPLOY_LIMIT)
    except Failed as error:
        if error.failure.code == "tool_missing":
            return None
        raise
    origin = deploy.partition(b"\0")[0].decode("utf-8", "replace")
    version = version_in(deploy) or _from_appstream(host, active, app)
    return InstalledCopy(
        version=version,
        maker_version=version,
        path=active,
        channel="flathub" if origin == "flathub" else None,
    )


def version_in(deploy: bytes) -> str | None:
    """The text of the variant that `appdata-version` stands for."""
    key = deploy.find(VERSION_KEY)
    while key % ALIGNMENT and key >= 0:  # the same word inside a text, such as the summary
        key = deploy.find(VERSION_KEY, key + 1)
    if key < 0:
        return None
    start = -(-(key + len(VERSION_KEY)) // ALIGNMENT) * ALIGNMENT
    value, _, rest = deploy[start:].partition(b"\0")
    return first_line(value.decode("utf-8", "replace")) if rest.startswith(b"\0s") else None


def _from_appstream(host: Host, active: str, app: str) -> str | None:
    """The newest release that the app's AppStream file names: the first one."""
    share = f"{active}/files/share"
    for path in (f"{share}/metainfo/{app}.metainfo.xml", f"{share}/appdata/{app}.appdata.xml"):
        text = text_of(host, path, APPSTREAM_LIMIT)
        if text is not None:
            return first_line(_release(text))
    return None


def _release(xml: str) -> str | None:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        release = fromstring(xml).find("releases/release")
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return None if release is None else release.get("version")
