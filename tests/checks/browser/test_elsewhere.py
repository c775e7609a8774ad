"""Browsers on Windows and macOS, and in Flatpak and snap, from files and keys as they write them.

What Chromium and Firefox write is the same everywhere (test_real_*.py); where it lies is not.
"""

from __future__ import annotations

import json
import plistlib
import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.browser import CHECK
from checks.browser.facts import BrowserFact, OwnDns, OwnProxy, SiteSettings
from checks.browser.private_relay import PLACE as RELAY
from checks.browser.safari import SETTINGS as SAFARI
from diag.app_profile import AppProfile
from diag.model import Failed
from tests.checks.browser.paper import RECORDED, Content, Paper
from tests.support import NOW, context, profile_from

PROFILE = profile_from(
    {
        "endpoint": [
            {"id": "login", "url": "https://login.app.test/start", "role": "login"},
            {"id": "api", "url": "https://api.app.test/", "role": "api"},
        ]
    }
)
CHOICE = r"HKCU\Software\Microsoft\Windows\Shell\Associations\UrlAssociations\https"
CHROME = r"C:\Users\hana\AppData\Local\Google\Chrome\User Data"
EDGE = r"C:\Users\hana\AppData\Local\Microsoft\Edge\User Data"
FIREFOX = r"C:\Users\hana\AppData\Roaming\Mozilla\Firefox"
MAC_CHROME = "/Users/hana/Library/Application Support/Google/Chrome"
LAUNCH_SERVICES = (
    "/Users/hana/Library/Preferences/com.apple.LaunchServices/com.apple.launchservices.secure.plist"
)
BLOCKED = {"expiration": "0", "last_modified": "13242370390164654", "model": 0, "setting": 2}
"""An entry of Preferences as Chrome 87 wrote it (quoted in public scripts)."""


def collected(host: Paper, profile: AppProfile = PROFILE) -> BrowserFact:
    return CHECK.collect(host, context(profile))


def login(fact: BrowserFact) -> SiteSettings:
    assert fact.settings is not None, fact.settings_failure
    (site,) = fact.settings.sites
    return site


def chrome_preferences(**more: Any) -> str:
    rules = {"[*.]app.test,*": BLOCKED, "https://other.test:443,*": BLOCKED}
    held = {"content_settings": {"exceptions": {"cookies": rules}}, "name": "Person 1"}
    return json.dumps({"profile": held, "account_info": [{"email": "hana@mail.test"}], **more})


# --- Windows ---


@pytest.mark.parametrize(
    ("chosen", "brand", "name"),
    [
        ("ChromeHTML", "chrome", "Google Chrome"),
        ("ChromeHTML.ZYAKG4SLR6GA4QK5WQXPCF4ABM", "chrome", "Google Chrome"),
        ("MSEdgeHTM", "edge", "Microsoft Edge"),
        ("FirefoxURL-308046B0AF4A39CB", "firefox", "Firefox"),
        ("BraveHTML", "brave", "Brave"),
        ("IE.HTTPS", "other", ""),
    ],
)
def test_default_browser_of_windows(chosen: str, brand: str, name: str) -> None:
    host = Paper("windows", registry={rf"{CHOICE}\UserChoice": {"ProgId": chosen, "Hash": "x="}})
    fact = collected(host)
    assert (fact.brand, fact.name) == (brand, name)


def test_the_newer_place_of_windows_comes_first() -> None:
    keys = {
        rf"{CHOICE}\UserChoiceLatest\ProgId": {"ProgId": "MSEdgeHTM"},
        rf"{CHOICE}\UserChoice": {"ProgId": "ChromeHTML"},
    }
    assert collected(Paper("windows", registry=keys)).brand == "edge"


def test_a_newer_place_without_a_choice_leaves_the_older() -> None:
    """As somebody measured on Windows 11 in August 2026: both keys, a hash alone in the newer."""
    keys = {
        rf"{CHOICE}\UserChoiceLatest": {"Hash": "x="},
        rf"{CHOICE}\UserChoice": {"ProgId": "ChromeHTML", "Hash": "y="},
    }
    assert collected(Paper("windows", registry=keys)).brand == "chrome"


def test_chrome_on_windows() -> None:
    files = {
        f"{CHROME}/Local State": json.dumps({"profile": {"last_used": "Profile 2"}}),
        f"{CHROME}/Last Version": "150.0.7400.10",
        f"{CHROME}/Default/Preferences": "{}",
        f"{CHROME}/Profile 2/Preferences": chrome_preferences(),
    }
    installed = (
        r"HKLM\SOFTWARE\WOW6432Node\Google\Update\Clients\{8A69D345-D564-463c-AFF1-A69D9E530F96}"
    )
    keys = {
        rf"{CHOICE}\UserChoice": {"ProgId": "ChromeHTML"},
        installed: {"pv": "154.0.8037.97", "name": "Google Chrome"},
    }
    fact = collected(Paper("windows", files, keys))
    assert (fact.version, fact.origin) == ("154.0.8037.97", "vendor")
    assert login(fact) == SiteSettings(
        endpoint="login",
        host="login.app.test",
        cookies="blocked",
        cookies_by="user",
        javascript=True,
    )


def test_extension_that_takes_the_proxy() -> None:
    """On Windows extensions stand in Secure Preferences; one that is switched off has no say."""
    wanted = {"preferences": {"proxy": {"mode": "fixed_servers", "server": "10.9.9.9:3128"}}}
    off = {"preferences": {"proxy": {"mode": "direct"}}, "state": 0}
    also_off = {"preferences": {"proxy": {"mode": "direct"}}, "disable_reasons": [1]}
    secure = {"extensions": {"settings": {"a" * 32: off, "b" * 32: also_off, "c" * 32: wanted}}}
    files = {
        f"{EDGE}/Default/Preferences": "{}",
        f"{EDGE}/Default/Secure Preferences": json.dumps(secure),
        f"{EDGE}/Local State": json.dumps({"dns_over_https": {"mode": "automatic"}}),
    }
    fact = collected(Paper("windows", files))
    assert fact.settings is not None
    assert fact.settings.dns == OwnDns(mode="automatic", by="user")
    assert fact.settings.proxy == OwnProxy(
        mode="fixed", by="extension", server="10.9.9.9", port=3128
    )


def test_policies_of_windows() -> None:
    """HKLM comes before HKCU; lists are keys of their own with numbered values."""
    place = r"SOFTWARE\Policies\Microsoft\Edge"
    keys: dict[str, dict[str, Any]] = {
        rf"HKCU\{place}": {"DefaultJavaScriptSetting": 2, "DnsOverHttpsMode": "secure"},
        rf"HKLM\{place}": {
            "DnsOverHttpsMode": "off",
            "ProxySettings": '{"ProxyMode": "pac_script", "ProxyPacUrl": "http://p.test/p.pac"}',
        },
        rf"HKLM\{place}\CookiesBlockedForUrls": {"1": "https://login.app.test", "2": "other.test"},
        rf"HKLM\{place}\URLBlocklist": {"1": "app.test/start"},
    }
    fact = collected(Paper("windows", registry=keys))
    site = login(fact)
    assert (site.cookies, site.cookies_by) == ("blocked", "policy")
    assert (site.javascript, site.javascript_by) == (False, "policy")
    assert site.barred
    assert fact.settings is not None
    assert not fact.settings.used
    assert fact.settings.dns == OwnDns(mode="system", by="policy")
    assert fact.settings.proxy == OwnProxy(mode="script", by="policy")


def test_firefox_on_windows() -> None:
    profile = f"{FIREFOX}/Profiles/x.default-release"
    program = r"C:\Program Files\Mozilla Firefox"
    files = {
        f"{FIREFOX}/profiles.ini": (
            "[Install308046B0AF4A39CB]\r\nDefault=Profiles/x.default-release\r\nLocked=1\r\n"
            "[Profile0]\r\nName=default\r\nIsRelative=1\r\nPath=Profiles/old.default\r\nDefault=1\r\n"
        ),
        f"{profile}/prefs.js": (
            '// Mozilla User Preferences\r\nuser_pref("network.trr.mode", 3);\r\n'
            'user_pref("network.trr.custom_uri", "https://dns.quad9.net/dns-query");\r\n'
            'user_pref("browser.startup.homepage", "https://private.test/");\r\n'
        ),
        f"{profile}/compatibility.ini": (
            f"[Compatibility]\r\nLastVersion=157.0_20261110/20261110\r\nLastPlatformDir={program}\r\n"
        ),
        f"{program}/application.ini": (
            "[App]\r\nVersion=157.0\r\n"
            "SourceRepository=https://hg.mozilla.org/releases/mozilla-release\r\n"
        ),
    }
    keys: dict[str, dict[str, Any]] = {
        rf"{CHOICE}\UserChoice": {"ProgId": "FirefoxURL-308046B0AF4A39CB"},
        r"HKLM\SOFTWARE\Policies\Mozilla\Firefox\Cookies": {"Locked": 1},
        r"HKLM\SOFTWARE\Policies\Mozilla\Firefox\Cookies\Block": {"1": "https://login.app.test"},
    }
    fact = collected(Paper("windows", files, keys))
    assert (fact.version, fact.esr, fact.origin) == ("157.0", False, "vendor")
    assert (login(fact).cookies, login(fact).cookies_by) == ("blocked", "policy")
    assert fact.settings is not None
    assert fact.settings.dns == OwnDns(mode="only", by="user", server="dns.quad9.net")


# --- macOS ---


def mac(files: dict[str, Content], chosen: bool = True) -> Paper:
    handlers = (RECORDED / "launch-services.plist").read_bytes()
    return Paper("macos", {**({LAUNCH_SERVICES: handlers} if chosen else {}), **files})


def test_chrome_on_macos() -> None:
    managed = {"CookiesAllowedForUrls": ["[*.]app.test"], "DefaultCookiesSetting": 2}
    files: dict[str, Content] = {
        f"{MAC_CHROME}/Default/Preferences": chrome_preferences(),
        f"{MAC_CHROME}/Last Version": "154.0.8037.97",
        "/Applications/Google Chrome.app/Contents/Info.plist": plistlib.dumps(
            {"CFBundleShortVersionString": "155.0.8059.26"}, fmt=plistlib.FMT_BINARY
        ),
        "/Library/Managed Preferences/com.google.Chrome.plist": plistlib.dumps(managed),
    }
    fact = collected(mac(files))
    assert (fact.brand, fact.version) == ("chrome", "155.0.8059.26")
    assert (login(fact).cookies, login(fact).cookies_by) == ("allowed", "policy")


def relay(status: object) -> bytes:
    """In the structure of the recorded ones (test_recorded.py), without their history."""
    archive = {
        "$archiver": "NSKeyedArchiver",
        "$top": {"ServiceStatus": plistlib.UID(1)},
        "$objects": ["$null", {"PrivacyProxyServiceStatus": status, "$class": plistlib.UID(2)}],
    }
    inner = plistlib.dumps(archive, fmt=plistlib.FMT_BINARY)
    return plistlib.dumps({"NSPServiceStatusManagerInfo": inner}, fmt=plistlib.FMT_BINARY)


@pytest.mark.parametrize(
    ("held", "tunnel"),
    [
        (relay(0), "none"),
        (relay(1), "private_relay"),
        (relay(2), "paused"),
        (relay(5), None),
        (relay("1"), None),
        (b"no plist", None),
        (plistlib.dumps({}), None),
    ],
)
def test_safari_and_private_relay(held: bytes, tunnel: str | None) -> None:
    """Safari's own settings are closed to us, which is said."""
    files: dict[str, Content] = {
        f"/Users/hana/{RELAY}": held,
        "/Applications/Safari.app/Contents/Info.plist": plistlib.dumps(
            {"CFBundleShortVersionString": "26.1"}
        ),
    }
    fact = collected(mac(files, chosen=False))
    assert (fact.brand, fact.version, fact.origin) == ("safari", "26.1", "system")
    assert fact.tunnel == tunnel
    assert fact.settings is None
    assert fact.settings_failure is not None
    assert fact.settings_failure.code == "denied"


POLICY_OF_WEBKIT = "WebKitPreferences.storageBlockingPolicy"
OLDER = "com.apple.Safari.ContentPageGroupIdentifier.WebKit2StorageBlockingPolicy"


@pytest.mark.parametrize(
    ("held", "cookies", "by"),
    [
        ({}, "allowed", "default"),
        ({"BlockStoragePolicy": 2, POLICY_OF_WEBKIT: 1, OLDER: 1}, "allowed", "user"),
        ({"BlockStoragePolicy": 1, "WebKitStorageBlockingPolicy": 0}, "allowed", "user"),
        ({"BlockStoragePolicy": 3}, "allowed", "user"),
        ({POLICY_OF_WEBKIT: True}, "allowed", "user"),
        ({"BlockStoragePolicy": 0}, "blocked", "user"),
        ({"BlockStoragePolicy": 0, "WebKitStorageBlockingPolicy": 2}, "blocked", "user"),
        ({OLDER: 2}, "blocked", "user"),
        ({"BlockStoragePolicy": 0, POLICY_OF_WEBKIT: 1}, None, "user"),
        ({"BlockStoragePolicy": "0", POLICY_OF_WEBKIT: [2]}, "allowed", "default"),
    ],
)
def test_safaris_cookies_with_full_disk_access(
    held: dict[str, Any], cookies: str | None, by: str
) -> None:
    """The keys that real ones hold (test_recorded.py), with each value that the manifest of the
    Mac administrators' community gives a meaning."""
    host = mac({f"/Users/hana/{SAFARI}": plistlib.dumps(held)}, chosen=False)
    site = login(collected(host))
    assert (site.cookies, site.cookies_by, site.javascript) == (cookies, by, True)


def test_safaris_scripts_with_full_disk_access() -> None:
    held = plistlib.dumps({"WebKitPreferences.javaScriptEnabled": False})
    site = login(collected(mac({f"/Users/hana/{SAFARI}": held}, chosen=False)))
    assert (site.javascript, site.javascript_by, site.cookies) == (False, "user", "allowed")


@pytest.mark.parametrize("place", ["", "/hana"])
def test_what_an_administrator_set_for_safari_is_open_to_all(place: str) -> None:
    managed = f"/Library/Managed Preferences{place}/com.apple.Safari.plist"
    files: dict[str, Content] = {
        managed: plistlib.dumps({"BlockStoragePolicy": 0}),
        f"/Users/hana/{SAFARI}": Failed("denied", "read", SAFARI),
    }
    fact = collected(mac(files, chosen=False))
    site = login(fact)
    assert (site.cookies, site.cookies_by, site.javascript) == ("blocked", "policy", None)
    assert fact.settings_failure is not None
    assert fact.settings_failure.code == "denied"
    files[f"/Users/hana/{SAFARI}"] = plistlib.dumps({"BlockStoragePolicy": 1})
    fact = collected(mac(files, chosen=False))
    assert (login(fact).cookies, login(fact).javascript) == ("blocked", True)
    assert fact.settings_failure is None


def test_other_rules_of_an_administrator_do_not_open_safari() -> None:
    managed = "/Library/Managed Preferences/com.apple.Safari.plist"
    fact = collected(mac({managed: plistlib.dumps({"AutoFillPasswords": False})}, chosen=False))
    assert fact.settings is None
    assert fact.settings_failure is not None


@pytest.mark.parametrize("content", [b"", b"bplist00", b"<plist>", b"[]"])
def test_a_broken_profile_leaves_safari_unknown(content: bytes) -> None:
    managed = "/Library/Managed Preferences/com.apple.Safari.plist"
    fact = collected(mac({managed: content}, chosen=False))
    assert fact.settings is None
    assert fact.settings_failure is not None


# --- Linux: packages of their own ---

ENTRY = "x-scheme-handler/https="


def linux(entry: str, command: str, files: dict[str, Content]) -> Paper:
    return Paper(
        "linux",
        {
            "/home/hana/.config/mimeapps.list": f"[Default Applications]\n{ENTRY}{entry};\n",
            f"/usr/share/applications/{entry}": f"[Desktop Entry]\nExec={command} %u\n",
            **files,
        },
    )


def test_snap_and_flatpak_keep_their_own() -> None:
    snap = linux(
        "chromium_chromium.desktop",
        "/snap/bin/chromium",
        {"/home/hana/snap/chromium/common/chromium/Default/Preferences": chrome_preferences()},
    )
    assert login(collected(snap)).cookies == "blocked"
    inside = "/home/hana/.var/app/com.google.Chrome/config/google-chrome"
    flatpak = linux(
        "com.google.Chrome.desktop",
        "/usr/bin/flatpak run --branch=stable --command=/app/bin/chrome com.google.Chrome @@u",
        {f"{inside}/Default/Preferences": chrome_preferences()},
    )
    fact = collected(flatpak)
    assert (fact.brand, login(fact).cookies) == ("chrome", "blocked")


def test_firefox_of_a_snap_used_last() -> None:
    root = "/home/hana/snap/firefox/common/.mozilla/firefox"
    files: dict[str, Content] = {
        f"{root}/profiles.ini": "[InstallA]\nDefault=a.default\n[InstallB]\nDefault=b.default\n",
        f"{root}/a.default/prefs.js": 'user_pref("javascript.enabled", false);\n',
        f"{root}/b.default/prefs.js": "",
        f"{root}/b.default/compatibility.ini": (
            "[Compatibility]\nLastVersion=157.0_1/1\nLastPlatformDir=/snap/firefox/77/usr/lib/firefox\n"
        ),
    }
    host = linux("firefox_firefox.desktop", "/snap/bin/firefox", files)
    host.modified = {f"{root}/a.default/prefs.js": NOW - timedelta(days=3)}
    fact = collected(host)
    assert (fact.version, fact.origin) == ("157.0", "vendor")
    assert login(fact).javascript is True


@pytest.mark.parametrize(
    ("files", "brand"),
    [
        (
            {"/etc/xdg/mimeapps.list": f"[Default Applications]\n{ENTRY}brave-browser.desktop\n"},
            "brave",
        ),
        (
            {
                "/usr/share/applications/mimeinfo.cache": (
                    f"[MIME Cache]\n{ENTRY}brave-browser.desktop;\n"
                )
            },
            "brave",
        ),
        (
            {
                "/home/hana/.config/mimeapps.list": (
                    f"[Removed Associations]\n{ENTRY}brave-browser.desktop\n"
                    f"[Default Applications]\n{ENTRY}gone.desktop;brave-browser.desktop\n"
                )
            },
            "brave",
        ),
        ({"/usr/bin/firefox": "ELF"}, "firefox"),
    ],
)
def test_where_linux_says_which(files: dict[str, Content], brand: str) -> None:
    entry = "[Desktop Entry]\nExec=/usr/bin/brave-browser-stable %U\n"
    held = {"/usr/share/applications/brave-browser.desktop": entry, **files}
    assert collected(Paper("linux", held)).brand == brand


def test_a_device_without_a_browser_is_not_looked_at() -> None:
    with pytest.raises(Failed) as failed:
        collected(Paper("linux"))
    assert failed.value.failure.code == "not_configured"


def test_a_profile_without_pages_is_not_looked_at() -> None:
    api = profile_from({"endpoint": [{"id": "api", "url": "https://a.test/", "role": "api"}]})
    for profile in (profile_from({}), api):
        with pytest.raises(Failed) as failed:
            collected(Paper("windows"), profile)
        assert failed.value.failure.code == "not_configured"


# --- broken and hostile files ---

DEEP = "[" * 5000
BROKEN: list[Content] = ["", "{", "null", '{"profile": []}', b"\xff\xfe{", DEEP, "x" * (17 << 20)]


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_broken_preferences_are_told(content: Content) -> None:
    fact = collected(Paper("windows", {f"{EDGE}/Default/Preferences": content}))
    assert fact.settings is None
    assert fact.settings_failure is not None
    assert fact.settings_failure.code == "unparsable"


def test_values_of_the_wrong_kind_are_no_settings() -> None:
    odd = {
        "profile": {
            "content_settings": {"exceptions": {"cookies": ["x"], "javascript": {"*,*": "no"}}},
            "default_content_setting_values": {"cookies": "2"},
            "cookie_controls_mode": None,
        },
        "proxy": "direct",
        "extensions": {"settings": {"a": 3, "b": {"preferences": {"proxy": {"mode": ["x"]}}}}},
    }
    state = {"profile": {"last_used": "../../../etc"}, "dns_over_https": {"mode": 3}}
    files = {
        f"{EDGE}/Default/Preferences": json.dumps(odd),
        f"{EDGE}/Local State": json.dumps(state),
    }
    fact = collected(Paper("windows", files))
    assert (login(fact).cookies, login(fact).javascript) == ("allowed", True)
    assert fact.settings is not None
    assert fact.settings.proxy.mode == "system"


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + b"x" * 200, b"x", b"x" * 5000])
def test_broken_permissions_leave_cookies_unknown(content: bytes) -> None:
    root = "/home/hana/.mozilla/firefox"
    files: dict[str, Content] = {
        "/usr/bin/firefox": "ELF",
        f"{root}/profiles.ini": "[Profile0]\nPath=p\nDefault=1\n",
        f"{root}/p/prefs.js": "",
        f"{root}/p/permissions.sqlite": content,
    }
    assert login(collected(Paper("linux", files))).cookies is None


def test_a_database_with_a_log_beside_it_is_read(tmp_path: Any) -> None:
    path = tmp_path / "permissions.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE moz_perms (origin TEXT, type TEXT, permission INTEGER)")
    connection.execute("INSERT INTO moz_perms VALUES ('https://app.test', 'cookie', 2)")
    connection.commit()
    connection.close()
    root = "/home/hana/.mozilla/firefox"
    files: dict[str, Content] = {
        "/usr/bin/firefox": "ELF",
        f"{root}/profiles.ini": "[Profile0]\nPath=p\nDefault=1\n",
        f"{root}/p/prefs.js": "",
        f"{root}/p/permissions.sqlite": path.read_bytes(),
    }
    assert login(collected(Paper("linux", files))).cookies == "blocked"


def test_nothing_of_other_sites_or_people_is_learnt() -> None:
    files = {
        f"{EDGE}/Default/Preferences": chrome_preferences(),
        f"{EDGE}/Local State": json.dumps({"profile": {"info_cache": {"Default": {"name": "H"}}}}),
    }
    learnt = str(collected(Paper("windows", files)))
    for private in ("other.test", "hana", "Person 1", "mail.test"):
        assert private not in learnt


KEYS = """profile content_settings exceptions cookies javascript [*.]app.test,* setting proxy mode
server extensions settings preferences dns_over_https templates last_used
default_content_setting_values"""
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("*.[]:/,-ap1", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(preferences=ANY_JSON, state=ANY_JSON)
def test_whatever_stands_there_is_read_or_told(preferences: object, state: object) -> None:
    files = {
        f"{EDGE}/Default/Preferences": json.dumps(preferences),
        f"{EDGE}/Local State": json.dumps(state),
    }
    fact = collected(Paper("windows", files))
    assert (fact.settings is None) != (fact.settings_failure is None)


POLICIES = """Cookies Block Behavior Locked DNSOverHTTPS Enabled ProviderURL Proxy Mode HTTPProxy
WebsiteFilter Preferences Value Status policies"""
NAMES = st.sampled_from(POLICIES.split())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
        max_leaves=20,
    )
)
def test_whatever_an_administrator_wrote_for_firefox(policies: object) -> None:
    files: dict[str, Content] = {
        "/usr/bin/firefox": "ELF",
        "/etc/firefox/policies/policies.json": json.dumps({"policies": policies}),
    }
    fact = collected(Paper("linux", files))
    assert fact.settings is not None
