r"""The browsers that are known, and where each keeps what on which system.

Sources: Chromium's docs/user_data_dir.md, docs/enterprise/policies and the makers' installation
notes; learn.microsoft.com, "Microsoft Edge - Policies"; Mozilla's policy templates; for Windows
the ProgIds that the browsers register below HKLM\SOFTWARE\Clients\StartMenuInternet.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Brand = Literal[
    "chrome", "chromium", "edge", "brave", "vivaldi", "opera", "firefox", "safari", "other"
]
Engine = Literal["chromium", "firefox", "safari", "other"]


class Product(Struct, frozen=True, kw_only=True):
    """One browser, of one channel.

    linux, windows, macos: the directory of its profiles, relative to the directory that holds
    them there. desktop: names of its menu entry on Linux. prog_id: how its ProgId begins.
    bundle_id: in lower case. policy_*: where its administrator's settings lie. update_id: how
    the maker's updater knows it on Windows, below `updater`.
    """

    brand: Brand
    name: str
    engine: Engine = "chromium"
    linux: str = ""
    desktop: tuple[str, ...] = ()
    windows: str = ""
    roaming: bool = False
    prog_id: tuple[str, ...] = ()
    updater: str = ""
    update_id: str = ""
    macos: str = ""
    bundle_id: str = ""
    app: str = ""
    policy_linux: tuple[str, ...] = ()
    policy_windows: str = ""
    policy_macos: str = ""


_CHROME_POLICY = r"SOFTWARE\Policies\Google\Chrome"
_EDGE_POLICY = r"SOFTWARE\Policies\Microsoft\Edge"

PRODUCTS: tuple[Product, ...] = (
    Product(
        brand="chrome",
        name="Google Chrome",
        linux="google-chrome",
        desktop=("google-chrome", "google-chrome-stable", "com.google.chrome"),
        windows=r"Google\Chrome\User Data",
        prog_id=("ChromeHTML",),
        updater=r"Google\Update",
        update_id="{8A69D345-D564-463c-AFF1-A69D9E530F96}",
        macos="Google/Chrome",
        bundle_id="com.google.chrome",
        app="Google Chrome.app",
        policy_linux=("/etc/opt/chrome/policies/managed",),
        policy_windows=_CHROME_POLICY,
        policy_macos="com.google.Chrome",
    ),
    Product(
        brand="chrome",
        name="Google Chrome Beta",
        linux="google-chrome-beta",
        desktop=("google-chrome-beta",),
        windows=r"Google\Chrome Beta\User Data",
        prog_id=("ChromeBHTML",),
        updater=r"Google\Update",
        update_id="{8237E44A-0054-442C-B6B6-EA0509993955}",
        macos="Google/Chrome Beta",
        bundle_id="com.google.chrome.beta",
        app="Google Chrome Beta.app",
        policy_linux=("/etc/opt/chrome/policies/managed",),
        policy_windows=_CHROME_POLICY,
        policy_macos="com.google.Chrome.beta",
    ),
    Product(
        brand="edge",
        name="Microsoft Edge",
        linux="microsoft-edge",
        desktop=("microsoft-edge", "microsoft-edge-stable", "com.microsoft.edge"),
        windows=r"Microsoft\Edge\User Data",
        prog_id=("MSEdgeHTM",),
        updater=r"Microsoft\EdgeUpdate",
        update_id="{56EB18F8-B008-4CBD-B6D2-8C97FE7E9062}",
        macos="Microsoft Edge",
        bundle_id="com.microsoft.edgemac",
        app="Microsoft Edge.app",
        policy_linux=("/etc/opt/edge/policies/managed",),
        policy_windows=_EDGE_POLICY,
        policy_macos="com.microsoft.Edge",
    ),
    Product(
        brand="chromium",
        name="Chromium",
        linux="chromium",
        desktop=("chromium", "chromium-browser", "org.chromium.chromium"),
        windows=r"Chromium\User Data",
        prog_id=("ChromiumHTM",),
        macos="Chromium",
        bundle_id="org.chromium.chromium",
        app="Chromium.app",
        policy_linux=("/etc/chromium-browser/policies/managed", "/etc/chromium/policies/managed"),
        policy_windows=r"SOFTWARE\Policies\Chromium",
        policy_macos="org.chromium.Chromium",
    ),
    Product(
        brand="brave",
        name="Brave",
        linux="BraveSoftware/Brave-Browser",
        desktop=("brave-browser", "com.brave.browser"),
        windows=r"BraveSoftware\Brave-Browser\User Data",
        prog_id=("BraveHTML",),
        macos="BraveSoftware/Brave-Browser",
        bundle_id="com.brave.browser",
        app="Brave Browser.app",
        policy_linux=("/etc/brave/policies/managed",),
        policy_windows=r"SOFTWARE\Policies\BraveSoftware\Brave",
        policy_macos="com.brave.Browser",
    ),
    Product(
        brand="vivaldi",
        name="Vivaldi",
        linux="vivaldi",
        desktop=("vivaldi", "vivaldi-stable", "com.vivaldi.vivaldi"),
        windows=r"Vivaldi\User Data",
        prog_id=("VivaldiHTM",),
        macos="Vivaldi",
        bundle_id="com.vivaldi.vivaldi",
        app="Vivaldi.app",
        policy_windows=r"SOFTWARE\Policies\Vivaldi",
        policy_macos="com.vivaldi.Vivaldi",
    ),
    Product(
        brand="opera",
        name="Opera",
        linux="opera",
        desktop=("opera", "com.opera.opera"),
        windows=r"Opera Software\Opera Stable",
        roaming=True,
        prog_id=("OperaStable",),
        macos="com.operasoftware.Opera",
        bundle_id="com.operasoftware.opera",
        app="Opera.app",
        policy_windows=r"SOFTWARE\Policies\Opera Software\Opera Stable",
        policy_macos="com.operasoftware.Opera",
    ),
    Product(
        brand="firefox",
        name="Firefox",
        engine="firefox",
        linux="mozilla/firefox",
        desktop=("firefox", "firefox-esr", "firefox-bin", "org.mozilla.firefox"),
        windows=r"Mozilla\Firefox",
        roaming=True,
        prog_id=("FirefoxURL", "FirefoxHTML"),
        macos="Firefox",
        bundle_id="org.mozilla.firefox",
        app="Firefox.app",
        policy_linux=("/etc/firefox/policies/policies.json",),
        policy_windows=r"SOFTWARE\Policies\Mozilla\Firefox",
        policy_macos="org.mozilla.firefox",
    ),
    Product(
        brand="safari",
        name="Safari",
        engine="safari",
        bundle_id="com.apple.safari",
        app="Safari.app",
    ),
)

OTHER = Product(brand="other", name="", engine="other")
"""A browser that is not known here; its name is not repeated."""


def by_desktop(entry: str) -> Product:
    """The browser of a Linux menu entry: `firefox.desktop`, of a snap `firefox_firefox.desktop`."""
    name = entry.removesuffix(".desktop").casefold()
    app, _, command = name.partition("_")
    plain = command if command and app in command else name
    return next((each for each in PRODUCTS if plain in each.desktop), OTHER)


def by_prog_id(prog_id: str) -> Product:
    """The browser of a Windows ProgId. Behind the name some append a hash of their directory."""
    plain = prog_id.partition("-")[0].partition(".")[0]
    return next((each for each in PRODUCTS if plain in each.prog_id), OTHER)


def by_bundle_id(bundle_id: str) -> Product:
    return next((each for each in PRODUCTS if each.bundle_id == bundle_id.casefold()), OTHER)
