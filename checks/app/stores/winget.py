"""winget's community repository (Windows): the manifests on GitHub, listed by version.

winget itself reads an index of all packages, some megabytes in a database; two small documents of
the one package say the same.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from checks.app.stores.asking import Device, Fetch
from checks.app.stores.microsoft_store import RUNS
from checks.app.stores.normal import Absence, StoreVersion
from checks.app.stores.reading import (
    NotTold,
    instant,
    is_version,
    json_of,
    mappings,
    newest,
    os_version,
    text,
    texts,
    version_of,
    yaml_of,
)
from checks.app.versions import compare
from diag.app_profile import Winget

LIST_URL = "https://api.github.com"
MANIFEST_URL = "https://raw.githubusercontent.com"
REPOSITORY = "microsoft/winget-pkgs"
YAML_LIMIT = 32 << 10

NEUTRAL = ("neutral", "portable")


def ask(fetch: Fetch, store: Winget, device: Device) -> StoreVersion | Absence:
    folder = "/".join(quote(part, safe="") for part in store.id.split("."))
    path = f"manifests/{store.id[:1].lower()}/{folder}"
    base = (store.base_url or LIST_URL).rstrip("/")
    listed = fetch(f"{base}/repos/{REPOSITORY}/contents/{path}")
    if listed is None:
        return "gone"
    version = latest(listed)
    base = (store.base_url or MANIFEST_URL).rstrip("/")
    name = f"{quote(version, safe='')}/{quote(store.id, safe='')}.installer.yaml"
    manifest = fetch(f"{base}/{REPOSITORY}/master/{path}/{name}", accept="*/*", limit=YAML_LIMIT)
    if manifest is None:
        raise NotTold("other_form", "no manifest")
    return read(manifest, store.id, device.arch)


def latest(body: bytes) -> str:
    """The newest version in a listing of GitHub's; folders of other packages are no versions."""
    listed = json_of(body)
    if not isinstance(listed, list):
        raise NotTold("other_form", "no list")
    names = [str(each.get("name")) for each in mappings(listed) if each.get("type") == "dir"]
    versions = [name for name in names if is_version(name) and compare(name, name) is not None]
    best = newest(versions, str)
    if best is None:
        raise NotTold("no_version")
    return best


def read(body: bytes, package: str, arch: str) -> StoreVersion | Absence:
    manifest = yaml_of(body)
    if str(manifest.get("PackageIdentifier")).casefold() != package.casefold():
        raise NotTold("other_form", "another package")
    runs = (*RUNS.get(arch, (arch,)), *NEUTRAL)
    installers = [
        each
        for each in mappings(manifest.get("Installers"))
        if str(each.get("Architecture")).lower() in runs and not _is_refused(manifest, each, arch)
    ]
    if not installers:
        return "other_device"
    return StoreVersion(
        version=_version(manifest, installers),
        platform="windows",
        released=instant(_everywhere(manifest, installers, "ReleaseDate")),
        minimum_os=os_version(_everywhere(manifest, installers, "MinimumOSVersion")),
        notes=text(manifest.get("ReleaseNotes")),
    )


def _is_refused(manifest: dict[str, Any], installer: dict[str, Any], arch: str) -> bool:
    """Whether it does not run on this processor, although that would emulate its own."""
    key = "UnsupportedOSArchitectures"
    return arch in [each.lower() for each in texts(installer.get(key) or manifest.get(key))]


def _version(manifest: dict[str, Any], installers: list[dict[str, Any]]) -> str:
    """As Windows lists it once it is installed, where that is another one than winget's."""
    shown = {
        str(entry["DisplayVersion"])
        for place in (manifest, *installers)
        for entry in mappings(place.get("AppsAndFeaturesEntries"))
        if is_version(entry.get("DisplayVersion"))
    }
    return version_of(shown.pop() if len(shown) == 1 else manifest.get("PackageVersion"))


def _everywhere(manifest: dict[str, Any], installers: list[dict[str, Any]], key: str) -> Any:
    """A value that may stand at the top or at every installer alike."""
    values = {str(each.get(key)) for each in installers}
    return values.pop() if len(values) == 1 and values != {"None"} else manifest.get(key)
