"""What browsers of real devices wrote, by replay: tests/recorded/browser/README.md says whose.

Most people never change any of it, and of those no finding may come.
"""

from __future__ import annotations

import json
import plistlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.browser.facts import BrowserFact, OwnDns, OwnProxy
from checks.browser.private_relay import PLACE as RELAY
from checks.browser.safari import SETTINGS as SAFARI
from tests.checks.browser.paper import RECORDED, Content, Paper
from tests.checks.browser.test_elsewhere import (
    CHROME,
    EDGE,
    FIREFOX,
    LAUNCH_SERVICES,
    MAC_CHROME,
    PROFILE,
    collected,
    login,
)
from tests.support import NOW, profile_from

WINDOWS, MAC = RECORDED / "windows", RECORDED / "macos"
HIVE = json.loads((RECORDED.parent / "permissions/windows-hkcu.json").read_bytes())
VIVALDI = r"C:\Users\hana\AppData\Local\Vivaldi\User Data"
CHOICE = r"HKCU\Software\Microsoft\Windows\Shell\Associations\UrlAssociations\https\UserChoice"
MAC_FIREFOX = "/Users/hana/Library/Application Support/Firefox"
MANAGED = "/Library/Managed Preferences"


def chromium(kind: Path, place: str) -> dict[str, Content]:
    """A recorded profile as it lies on the device."""
    common = {"Local State", "Last Version"}
    return {
        f"{place}/{each.name if each.name in common else f'Default/{each.name}'}": each.read_bytes()
        for each in kind.iterdir()
    }


def mac(chosen: str, files: dict[str, Content]) -> Paper:
    handlers = (MAC / f"launch-services-{chosen}.plist").read_bytes()
    return Paper("macos", {LAUNCH_SERVICES: handlers, **files})


def untouched(fact: BrowserFact) -> None:
    """Nothing in it keeps anybody from logging in."""
    assert fact.settings is not None, fact.settings_failure
    assert fact.settings.used
    site = login(fact)
    assert (site.cookies, site.javascript, site.barred) == ("allowed", True, False)
    assert fact.settings.proxy.mode == "system"
    assert fact.settings.dns == OwnDns(mode="automatic")


# --- the default browser ---


def test_the_choice_in_a_registry_of_windows() -> None:
    fact = collected(Paper("windows", chromium(WINDOWS / "edge-112", EDGE), HIVE))
    assert (fact.brand, fact.version) == ("edge", "112.0.1722.58")
    untouched(fact)


Keys = dict[str, dict[str, Any]]
HIVES = {"[HKEY_CURRENT_USER": "HKCU", "[HKEY_LOCAL_MACHINE": "HKLM"}


def imported(name: str) -> Keys:
    """The keys of a .reg file with texts and numbers."""
    keys: Keys = {}
    key = ""
    for line in (WINDOWS / name).read_text().splitlines()[1:]:
        if line.startswith("["):
            hive, _, rest = line.rstrip("]").partition("\\")
            key = f"{HIVES[hive]}\\{rest}"
            keys[key] = {}
        elif line:
            value, _, held = line.partition("=")
            number = held.removeprefix("dword:")
            text = held.strip('"')
            keys[key][value.strip('"')] = int(number, 16) if number != held else text
    return keys


def test_a_choice_with_its_name_in_other_letters() -> None:
    assert collected(Paper("windows", registry=imported("choice-chrome.reg"))).brand == "chrome"


@pytest.mark.parametrize(
    ("chosen", "brand"),
    [("chrome", "chrome"), ("firefox", "firefox"), ("brave", "brave"), ("none", "safari")],
)
def test_the_choice_on_macs(chosen: str, brand: str) -> None:
    """Beside the browser each entry names a version "-"; without one for https it is Safari."""
    assert collected(mac(chosen, {})).brand == brand


# --- Chromium ---


@pytest.mark.parametrize(
    ("kind", "place", "prog_id", "brand", "version"),
    [
        ("chrome-144", CHROME, "ChromeHTML", "chrome", "144.0.7559.110"),
        ("edge-112", EDGE, "MSEdgeHTM", "edge", "112.0.1722.58"),
        ("vivaldi-5.7", VIVALDI, "VivaldiHTM", "vivaldi", "5.7.2921.63"),
    ],
)
def test_profiles_of_windows(kind: str, place: str, prog_id: str, brand: str, version: str) -> None:
    files = chromium(WINDOWS / kind, place)
    fact = collected(Paper("windows", files, {CHOICE: {"ProgId": prog_id}}))
    assert (fact.brand, fact.version) == (brand, version)
    untouched(fact)


@pytest.mark.parametrize(
    ("kind", "version"), [("chrome-146", "146.0.7680.165"), ("chrome-52", None)]
)
def test_profiles_of_macs(kind: str, version: str | None) -> None:
    """The older keeps its extensions with the rest, one of them switched off by a number."""
    fact = collected(mac("chrome", chromium(MAC / kind, MAC_CHROME)))
    assert (fact.brand, fact.version) == ("chrome", version)
    untouched(fact)


def test_a_browser_that_has_been_installed_and_never_started() -> None:
    bundle = (MAC / "chrome-87-Info.plist").read_bytes()
    fact = collected(mac("chrome", {"/Applications/Google Chrome.app/Contents/Info.plist": bundle}))
    assert (fact.brand, fact.version) == ("chrome", "87.0.4280.67")
    assert fact.settings is not None
    assert not fact.settings.used


def test_a_setting_in_a_recorded_profile_is_found_among_all_the_others() -> None:
    files = chromium(WINDOWS / "chrome-144", CHROME)
    place = f"{CHROME}/Default/Preferences"
    held = json.loads(files[place])  # type: ignore[arg-type]
    rules = held["profile"]["content_settings"]["exceptions"]
    assert len(rules) > 50
    rules["cookies"] = {"https://login.app.test:443,*": {"last_modified": "1", "setting": 2}}
    secure = f"{CHROME}/Default/Secure Preferences"
    extensions = json.loads(files[secure])  # type: ignore[arg-type]
    _, _, on, _, off, *_ = extensions["extensions"]["settings"].values()
    assert (on["disable_reasons"], off["disable_reasons"]) == ([], [8192])
    off["preferences"] = {"proxy": {"mode": "direct"}}
    on["preferences"] = {"proxy": {"mode": "fixed_servers", "server": "vpn.test:1080"}}
    files |= {place: json.dumps(held), secure: json.dumps(extensions)}
    fact = collected(Paper("windows", files, {CHOICE: {"ProgId": "ChromeHTML"}}))
    assert (login(fact).cookies, login(fact).cookies_by) == ("blocked", "user")
    assert fact.settings is not None
    assert fact.settings.proxy == OwnProxy(
        mode="fixed", by="extension", server="vpn.test", port=1080
    )


@pytest.mark.parametrize(
    ("name", "prog_id", "server"),
    [
        ("chrome", "ChromeHTML", "doh.ffmuc.net"),
        ("vivaldi", "VivaldiHTM", "freedns.controld.com"),
        ("chrome-hardened", "ChromeHTML", None),
        ("edge", "MSEdgeHTM", None),
    ],
)
def test_policies_that_administrators_of_windows_import(
    name: str, prog_id: str, server: str | None
) -> None:
    """Most rules are about other things, and of those none is a finding."""
    keys = {CHOICE: {"ProgId": prog_id}, **imported(f"policies-{name}.reg")}
    fact = collected(Paper("windows", registry=keys))
    assert fact.settings is not None
    own = OwnDns(mode="only", by="policy", server=server) if server else OwnDns(mode="automatic")
    assert fact.settings.dns == own
    site = login(fact)
    assert (site.cookies, site.javascript, site.barred) == ("allowed", True, False)


def test_policies_of_firefox_on_windows() -> None:
    """Other sites' cookies alone are refused; names are looked up by the system, if one wishes."""
    keys = {CHOICE: {"ProgId": "FirefoxURL-308046B0AF4A39CB"}, **imported("policies-firefox.reg")}
    fact = collected(Paper("windows", registry=keys))
    assert fact.settings is not None
    assert fact.settings.dns == OwnDns(by="policy")
    assert fact.settings.third_party_blocked
    assert (login(fact).cookies, login(fact).cookies_by) == ("allowed", "policy")


def test_a_company_that_manages_chrome_on_macs() -> None:
    managed = (MAC / "managed-chrome.plist").read_bytes()
    files = {
        **chromium(MAC / "chrome-146", MAC_CHROME),
        f"{MANAGED}/com.google.Chrome.plist": managed,
    }
    fact = collected(mac("chrome", files))
    assert fact.settings is not None
    assert fact.settings.dns == OwnDns(mode="system", by="policy")
    assert fact.settings.proxy == OwnProxy(
        mode="fixed", by="policy", server="127.0.0.1", port=7897, loopback=True
    )
    assert login(fact).cookies == "allowed"


# --- Firefox ---


def firefox(kind: Path, root: str) -> dict[str, Content]:
    """The profile that the recorded profiles.ini names as this installation's."""
    listed = (kind / "profiles.ini").read_text()
    name = listed.partition("[Install")[2].partition("Default=")[2].splitlines()[0]
    files: dict[str, Content] = {f"{root}/profiles.ini": listed}
    for each in kind.iterdir():
        if each.name != "profiles.ini":
            files[f"{root}/{name}/{each.name}"] = each.read_bytes()
    return files


def test_firefox_of_windows() -> None:
    """Its extensions hold settings, none of them the proxy."""
    keys = {CHOICE: {"ProgId": "FirefoxURL-50250CDB397F5770"}}
    fact = collected(Paper("windows", firefox(WINDOWS / "firefox-113", FIREFOX), keys))
    assert (fact.brand, fact.version) == ("firefox", "113.0.1-1")
    assert fact.settings is not None
    assert fact.settings.proxy == OwnProxy()
    site = login(fact)
    assert (site.cookies, site.javascript) == ("allowed", True)


def test_an_extension_of_firefox_that_blocks_all_cookies() -> None:
    """The recorded one holds the setting, and blocks less; how it is then written, MDN tells."""
    files = firefox(WINDOWS / "firefox-113", FIREFOX)
    held = next(name for name in files if name.endswith("extension-settings.json"))
    preferences = next(name for name in files if name.endswith("prefs.js"))
    text = bytes(files[held]).decode()  # type: ignore[arg-type]
    assert '"behavior":"reject_trackers_and_partition_foreign"' in text
    files[held] = text.replace("reject_trackers_and_partition_foreign", "reject_all")
    files[preferences] = 'user_pref("network.cookie.cookieBehavior", 2);\n'
    keys = {CHOICE: {"ProgId": "FirefoxURL-50250CDB397F5770"}}
    site = login(collected(Paper("windows", files, keys)))
    assert (site.cookies, site.cookies_by) == ("blocked", "extension")


def test_firefox_of_a_mac() -> None:
    """Two profiles are listed; that of this installation was used last. Its database is real."""
    files = firefox(MAC / "firefox-61", MAC_FIREFOX)
    files[f"{MAC_FIREFOX}/Profiles/nrdbct4l.default/prefs.js"] = (
        'user_pref("javascript.enabled", false);\n'
    )
    host = mac("firefox", files)
    host.modified = {f"{MAC_FIREFOX}/Profiles/nrdbct4l.default/prefs.js": NOW - timedelta(days=400)}
    fact = collected(host)
    assert (fact.brand, fact.version) == ("firefox", "61.0")
    site = login(fact)
    assert (site.cookies, site.javascript) == ("allowed", True)


@pytest.mark.parametrize("on", [False, True])
def test_policies_of_firefox_on_a_mac(on: bool) -> None:
    """Mozilla's own sample: cookies refused by the older key, all websites but two barred; off
    as it is handed out."""
    held: dict[str, Any] = plistlib.loads((MAC / "managed-firefox.plist").read_bytes())
    assert held["EnterprisePoliciesEnabled"] is False
    managed = plistlib.dumps({**held, "EnterprisePoliciesEnabled": on})
    fact = collected(mac("firefox", {f"{MANAGED}/org.mozilla.firefox.plist": managed}))
    site = login(fact)
    assert (site.cookies == "blocked", site.barred) == (on, on)
    assert fact.settings is not None
    assert (fact.settings.proxy.mode == "fixed", fact.settings.proxy.server) == (
        (True, "proxy.example.com") if on else (False, None)
    )
    if on:
        google = profile_from({"endpoint": [{"id": "login", "url": "https://www.google.com/a"}]})
        host = mac("firefox", {f"{MANAGED}/org.mozilla.firefox.plist": managed})
        assert not login(collected(host, google)).barred


# --- Safari and Private Relay ---


@pytest.mark.parametrize("year", [2014, 2018, 2021])
def test_safari_as_it_is_used(year: int) -> None:
    """The oldest has scripts switched off for its reading list alone, and other sites' cookies."""
    held = (MAC / f"safari-{year}.plist").read_bytes()
    fact = collected(mac("none", {f"/Users/hana/{SAFARI}": held}))
    assert fact.settings_failure is None
    site = login(fact)
    assert (site.cookies, site.javascript) == ("allowed", True)


@pytest.mark.parametrize(("kind", "tunnel"), [("off", "none"), ("region", "paused")])
def test_private_relay_of_real_macs(kind: str, tunnel: str) -> None:
    """Switched off; and switched on where Apple does not offer it, with a history behind."""
    held = (MAC / f"private-relay-{kind}.plist").read_bytes()
    assert collected(mac("none", {f"/Users/hana/{RELAY}": held}), PROFILE).tunnel == tunnel
