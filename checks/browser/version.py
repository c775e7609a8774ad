r"""Which version of the default browser is on this device, and who brings its updates.

Chromium browsers note in `Last Version` what last ran; on Windows the maker's updater notes what is
installed (`pv` below ...\Update\Clients), on macOS the program's Info.plist says so: the newer of
both counts, since an update may wait for the browser to be started.
"""

from __future__ import annotations

from msgspec import Struct

from checks.browser.default import Default
from checks.browser.facts import Origin
from checks.browser.files import plist_of, read_ini, whole
from checks.browser.firefox.profile import FirefoxProfile
from checks.places import home
from diag.host import Host
from diag.model import Failed

PROGRAMS = ("/usr/lib/firefox-esr", "/usr/lib/firefox", "/usr/lib64/firefox", "/opt/firefox")
"""Where Firefox lies on Linux, if it has never been started."""
WINDOWS_PROGRAMS = r"C:\Program Files\Mozilla Firefox"
MAC_PROGRAMS = "/Applications/Firefox.app/Contents/Resources"

MADE_BY_MOZILLA = "mozilla"
"""How the id of Mozilla's own packages begins, in distribution.ini."""
SHORT = 200


class Version(Struct, frozen=True, kw_only=True):
    version: str | None = None
    esr: bool = False
    origin: Origin = "vendor"


def of_chromium(host: Host, default: Default, directory: str) -> Version:
    known = [_last_run(host, directory), *_installed(host, default)]
    numbers = [(number, each) for each in known if (number := parts(each))]
    distributed = default.product.brand == "chromium"
    return Version(
        version=max(numbers)[1] if numbers else None,
        origin="distribution" if distributed else "vendor",
    )


def parts(version: str) -> tuple[int, ...] | None:
    """The numbers of a version, `140.12.0esr` as well; None if it is none."""
    plain = version.strip().removesuffix("esr").split(".")
    if not all(each.isascii() and each.isdigit() and len(each) < 10 for each in plain):
        return None
    return tuple(int(each) for each in plain)


def _last_run(host: Host, directory: str) -> str:
    try:
        data = whole(host, f"{directory}/Last Version", SHORT)
    except Failed:
        return ""
    return (data or b"").decode("ascii", errors="replace").strip()


def _installed(host: Host, default: Default) -> list[str]:
    product = default.product
    if host.family == "macos":
        return [_of_bundle(host, product.app)]
    if host.family != "windows" or not product.updater:
        return []
    clients = rf"{product.updater}\Clients\{product.update_id}"
    places = (rf"HKLM\SOFTWARE\WOW6432Node\{clients}", rf"HKCU\Software\{clients}")
    return [_registry_text(host, place, "pv") for place in places]


def _registry_text(host: Host, path: str, name: str) -> str:
    try:
        return host.registry(path).text(name)
    except Failed:
        return ""


def _of_bundle(host: Host, app: str) -> str:
    for place in ("/Applications", _own_applications(host)):
        try:
            held = plist_of(host, f"{place}/{app}/Contents/Info.plist") if place else None
        except Failed:
            continue
        version = (held or {}).get("CFBundleShortVersionString")
        if isinstance(version, str):
            return version
    return ""


def _own_applications(host: Host) -> str:
    try:
        return f"{home(host)}/Applications"
    except Failed:
        return ""


def of_safari(host: Host, default: Default) -> Version:
    return Version(version=_of_bundle(host, default.product.app) or None, origin="system")


# --- Firefox ---


def firefox_program(host: Host, default: Default, profile: FirefoxProfile | None) -> str:
    """The directory of the installed Firefox; empty if it was not found."""
    known = [profile.program] if profile and profile.program else []
    if host.family == "windows":
        known.append(WINDOWS_PROGRAMS)
    elif host.family == "macos":
        known.append(MAC_PROGRAMS)
    elif not default.flatpak and not default.snap:
        known += PROGRAMS
    for directory in known:
        if _application(host, directory):
            return directory
    return ""


def of_firefox(host: Host, profile: FirefoxProfile | None, program: str) -> Version:
    """application.ini says what is installed, and from which of Mozilla's branches it was made."""
    held = _application(host, program) if program else {}
    version = held.get("Version") or (profile.version if profile else "")
    branch = held.get("SourceRepository", "")
    return Version(
        version=version or None,
        esr="mozilla-esr" in branch,
        origin=_origin(host, program or (profile.program if profile else "")),
    )


def _application(host: Host, directory: str) -> dict[str, str]:
    try:
        held = read_ini(host, f"{directory}/application.ini")
    except Failed:
        return {}
    return dict(held["App"]) if held and "App" in held else {}


def _origin(host: Host, program: str) -> Origin:
    """What lies below /usr came with the distribution, unless Mozilla packed it."""
    if host.family != "linux" or not program.startswith("/usr/"):
        return "vendor"
    try:
        held = read_ini(host, f"{program}/distribution/distribution.ini")
    except Failed:
        return "distribution"
    made_by = held.get("Global", "id", fallback="") if held else ""
    return "vendor" if made_by.startswith(MADE_BY_MOZILLA) else "distribution"
