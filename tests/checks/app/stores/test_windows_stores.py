"""The Microsoft Store, winget and Chocolatey: bundles, architectures, versions as Windows lists
them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from checks.app.stores import StoreAnswer, StoreVersion
from diag.app_profile import Chocolatey, MicrosoftStore, Winget
from tests.checks.app.stores.shop import Shop, only, recorded

NETFLIX = json.loads(recorded("microsoft-store.json"))


def pack(*numbers: int) -> int:
    packed = 0
    for number in numbers:
        packed = packed << 16 | number
    return packed


def package(version: str, minimum: tuple[int, ...], *arches: str, **more: Any) -> dict[str, Any]:
    """As the catalogue has them; `more` replaces keys."""
    return {
        "PackageFullName": f"Vendor.Example_{version}_neutral_~_abc",
        "Version": str(pack(*map(int, version.split(".")))),
        "Architectures": list(arches),
        "PlatformDependencies": [{"PlatformName": "Windows.Desktop", "MinVersion": pack(*minimum)}],
        **more,
    }


def catalogue(*packages: dict[str, Any], product_id: str = "9NBLGGH4NNS1") -> dict[str, Any]:
    sku = {"Sku": {"Properties": {"Packages": list(packages)}}}
    return {"Products": [{"ProductId": product_id, "DisplaySkuAvailabilities": [sku]}]}


def store(shop: Shop, document: Any, arch: str = "AMD64", **section: Any) -> StoreAnswer:
    shop.serve("/v7.0/products", document)
    given = MicrosoftStore(**{"product_id": "9NBLGGH4NNS1", "base_url": shop.base, **section})
    return only(shop.ask({"microsoft_store": given}, os="windows", arch=arch))


def version(answer: StoreAnswer) -> StoreVersion:
    assert answer.found is not None, answer
    return answer.found


def test_packages_for_consoles_and_phones_do_not_count(shop: Shop) -> None:
    """The real product also has 8.38 for the Xbox, and 4.15 and 3.0 for phones."""
    found = version(store(shop, NETFLIX, product_id="9WZDNCRFJ3TJ"))
    assert (found.version, found.platform) == ("6.97.752.0", "windows")
    assert found.minimum_os == "10.0.10240.0"
    assert found.url == "https://apps.microsoft.com/detail/9WZDNCRFJ3TJ"


def test_what_is_in_a_bundle_counts(shop: Shop) -> None:
    """A bundle's own version may be of another numbering than what it installs."""
    blob = {
        "content.bundledPackages": [
            "Vendor.Example_1.2026.190.0_arm64__abc",
            "Vendor.Example_1.2026.191.0_x64__abc",
        ]
    }
    bundle = package(
        "2026.709.1617.0",
        (10, 0, 17763, 0),
        "x64",
        "arm64",
        PlatformDependencyXmlBlob=json.dumps(blob),
    )
    found = version(store(shop, catalogue(bundle)))
    assert (found.version, found.minimum_os) == ("1.2026.191.0", "10.0.17763.0")
    shop.server.clear()
    assert version(store(shop, catalogue(bundle), "ARM64")).version == "1.2026.190.0"


def test_what_older_windows_gets(shop: Shop) -> None:
    found = version(
        store(
            shop,
            catalogue(
                package("3.1.0.0", (10, 0, 17763, 0), "x64"),
                package("5.0.0.0", (10, 0, 22000, 0), "x64"),
                package("4.2.0.0", (10, 0, 19041, 0), "x64"),
                package("4.1.0.0", (10, 0, 22000, 0), "x64"),
            ),
        )
    )
    assert (found.version, found.minimum_os) == ("5.0.0.0", "10.0.22000.0")
    assert [(each.version, each.minimum_os) for each in found.older] == [
        ("4.2.0.0", "10.0.19041.0"),
        ("3.1.0.0", "10.0.17763.0"),
    ]


@pytest.mark.parametrize(
    ("arch", "expected"),
    [("AMD64", "2.0.0.0"), ("ARM64", "3.0.0.0"), ("x86", "1.0.0.0"), ("riscv64", None)],
)
def test_processors(shop: Shop, arch: str, expected: str | None) -> None:
    document = catalogue(
        package("1.0.0.0", (10, 0, 0, 0), "x86"),
        package("2.0.0.0", (10, 0, 0, 0), "x64"),
        package("3.0.0.0", (10, 0, 0, 0), "arm64"),
    )
    answer = store(shop, document, arch)
    assert (answer.found.version if answer.found else None) == expected
    assert answer.seen == (None if expected else "other_device")


def test_a_pc_is_served_as_a_pc_or_as_any_device(shop: Shop) -> None:
    families = [
        {"PlatformName": "Windows.Desktop", "MinVersion": pack(10, 0, 19041, 0)},
        {"PlatformName": "Windows.Universal", "MinVersion": pack(10, 0, 17763, 0)},
        {"PlatformName": "Windows.Xbox", "MinVersion": pack(10, 0, 10240, 0)},
    ]
    either = package("2.0.0.0", (10, 0, 0, 0), "x64", PlatformDependencies=families)
    assert version(store(shop, catalogue(either))).minimum_os == "10.0.17763.0"


def test_an_arm_pc_runs_what_is_made_for_others(shop: Shop) -> None:
    document = catalogue(package("2.0.0.0", (10, 0, 0, 0), "x64"))
    assert version(store(shop, document, "ARM64")).version == "2.0.0.0"


def test_a_game_without_a_version(shop: Shop) -> None:
    nameless = package("0.0.0.0", (10, 0, 0, 0), "x64", PackageFullName="")
    answer = store(shop, catalogue(nameless))
    assert answer.found is None and answer.seen == "no_version"


def test_a_market_that_does_not_have_it(shop: Shop) -> None:
    empty = {"BigIds": [], "HasMorePages": False, "Products": [], "TotalResultCount": 0}
    shop.server.expect_request(
        "/v7.0/products",
        query_string={"bigIds": "9NBLGGH4NNS1", "market": "US", "languages": "en-us,en,neutral"},
    ).respond_with_json(empty)
    answer = store(shop, catalogue(package("2.0.0.0", (10, 0, 0, 0), "x64")))
    assert (answer.found, answer.failure, answer.seen) == (None, None, "other_country")


XP = {
    "Data": {
        "PackageIdentifier": "XP8BT8DW290MPQ",
        "Versions": [
            {
                "PackageVersion": "4.32.122",
                "DefaultLocale": {"PackageName": "Example"},
                "Installers": [{"InstallerType": "exe", "Architecture": "x64"}],
            }
        ],
    }
}


def desktop_program(shop: Shop, document: dict[str, Any]) -> StoreAnswer:
    """Constructed after winget's REST source, WinGet-1.10.0.yaml."""
    shop.serve("/v9.0/packageManifests/XP8BT8DW290MPQ", document)
    section = MicrosoftStore(product_id="XP8BT8DW290MPQ", base_url=shop.base)
    return only(shop.ask({"microsoft_store": section}, os="windows"))


def test_a_program_that_is_no_package(shop: Shop) -> None:
    assert version(desktop_program(shop, XP)).version == "4.32.122"


def test_a_program_of_unknown_version(shop: Shop) -> None:
    unknown = {"Data": {**XP["Data"], "Versions": [{"PackageVersion": "Unknown"}]}}
    assert desktop_program(shop, unknown).seen == "no_version"


def winget(
    shop: Shop,
    folders: list[str],
    manifest: str | bytes,
    package_id: str = "OpenAI.ChatGPT",
    arch: str = "AMD64",
) -> StoreAnswer:
    path = "/".join(package_id.split("."))
    path = f"manifests/{package_id[0].lower()}/{path}"
    listed = [{"name": name, "type": "dir"} for name in reversed(folders)]
    shop.server.expect_request(f"/repos/microsoft/winget-pkgs/contents/{path}").respond_with_json(
        [*listed, {"name": "99.0", "type": "file"}, {"name": ".validation", "type": "file"}]
    )
    shop.server.expect_request(
        f"/microsoft/winget-pkgs/master/{path}/{folders[0]}/{package_id}.installer.yaml"
    ).respond_with_data(manifest)
    section = Winget(id=package_id, base_url=shop.base)
    return only(shop.ask({"winget": section}, os="windows", arch=arch))


def test_a_manifest(shop: Shop) -> None:
    real = recorded("winget-installer.yaml")
    found = version(winget(shop, ["26.901.5280.0", "OpenAI.ChatGPT", "26.99.1", "99.x"], real))
    assert (found.version, found.minimum_os) == ("26.901.5280.0", "10.0.19041.0")
    assert found.released == datetime(2026, 9, 5, tzinfo=UTC)


def test_a_manifest_of_an_older_form(shop: Shop) -> None:
    real = recorded("winget-installer-1.4.yaml")
    folders = ["4.32.122", "4.4.9", "4.29.149"]
    found = version(winget(shop, folders, real, "SlackTechnologies.Slack"))
    assert (found.version, found.minimum_os) == ("4.32.122", "10.0.0.0")
    assert found.released is None


@pytest.mark.parametrize("arch", ["ARM64", "x86"])
def test_programs_run_on_more_than_their_own_processor(shop: Shop, arch: str) -> None:
    real = recorded("winget-installer-1.4.yaml")
    assert version(winget(shop, ["4.32.122"], real, "SlackTechnologies.Slack", arch))


def test_no_installer_for_this_processor(shop: Shop) -> None:
    real = recorded("winget-installer.yaml")
    assert winget(shop, ["26.901.5280.0"], real, arch="x86").seen == "other_device"


MANIFEST = """\
PackageIdentifier: OpenAI.ChatGPT
PackageVersion: 1.10
Installers:
- Architecture: x64
  MinimumOSVersion: 10.0.17763.0
  AppsAndFeaturesEntries:
  - DisplayVersion: {0}
- Architecture: x86
  MinimumOSVersion: 10.0.17763.0
  AppsAndFeaturesEntries:
  - DisplayVersion: {1}
"""


@pytest.mark.parametrize(
    ("shown", "expected"),
    [(("1.10.3", "1.10.3"), "1.10.3"), (("1.10.3", "1.10.4"), "1.10"), (("n/a", "n/a"), "1.10")],
)
def test_the_version_that_windows_lists(shop: Shop, shown: tuple[str, str], expected: str) -> None:
    found = version(winget(shop, ["1.10"], MANIFEST.format(*shown)))
    assert (found.version, found.minimum_os) == (expected, "10.0.17763.0")


@pytest.mark.parametrize("place", ["", "  "])
def test_an_installer_that_this_processor_does_not_emulate(shop: Shop, place: str) -> None:
    """ARM PCs run what is made for others, unless the manifest says that they do not: at the top,
    or at the installer."""
    refused = f"{place}UnsupportedOSArchitectures:\n{place}- ARM64\n"
    manifest = MANIFEST.format("1.10", "1.10").replace(
        "- Architecture: x86\n", "- Architecture: no\n"
    )
    if place:
        manifest = manifest.replace("- Architecture: x64\n", f"- Architecture: x64\n{refused}")
    else:
        manifest += refused
    assert winget(shop, ["1.10"], manifest, arch="ARM64").seen == "other_device"
    shop.server.clear()
    assert version(winget(shop, ["1.10"], manifest)).version == "1.10"


def test_a_version_without_a_manifest(shop: Shop) -> None:
    """Folders that look like versions may be packages, as Revu's 20 and 21 are."""
    shop.server.expect_request(
        "/repos/microsoft/winget-pkgs/contents/manifests/b/Bluebeam/Revu"
    ).respond_with_json([{"name": "21", "type": "dir"}])
    shop.server.expect_request("").respond_with_data("404: Not Found", status=404)
    section = Winget(id="Bluebeam.Revu", base_url=shop.base)
    answer = only(shop.ask({"winget": section}, os="windows"))
    assert answer.found is None and answer.seen == "other_form"


FEED = recorded("chocolatey.xml").decode()


def chocolatey(shop: Shop, edit: Callable[[str], str]) -> StoreAnswer:
    shop.serve("/api/v2/Packages()", edit(FEED))
    section = Chocolatey(id="ChocolateyGUI", base_url=shop.base)
    return only(shop.ask({"chocolatey": section}, os="windows"))


def test_a_package(shop: Shop) -> None:
    found = version(chocolatey(shop, lambda feed: feed))
    assert (found.version, found.platform) == ("1.0.0", "windows")
    assert found.released == datetime(2022, 3, 21, 10, 28, 24, 523000, tzinfo=UTC)
    assert found.url == "https://community.chocolatey.org/packages/ChocolateyGUI/1.0.0"
    assert found.notes is not None and found.notes.startswith("All release notes")
    (asked, _) = shop.server.log[0]
    assert asked.args["$filter"] == "Id eq 'ChocolateyGUI' and IsLatestVersion"


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("2022-03-21T10:28:24.523</d:Published>", "1900-01-01T00:00:00</d:Published>", "gone"),
        ('"Edm.Boolean">true</d:IsApproved>', '"Edm.Boolean">false</d:IsApproved>', "gone"),
        (
            '"Edm.Boolean">false</d:IsPrerelease>',
            '"Edm.Boolean">true</d:IsPrerelease>',
            "prerelease_only",
        ),
        ('<title type="text">ChocolateyGUI', '<title type="text">other', "gone"),
    ],
)
def test_packages_that_are_not_offered(shop: Shop, old: str, new: str, seen: str) -> None:
    assert old in FEED
    answer = chocolatey(shop, lambda feed: feed.replace(old, new))
    assert (answer.found, answer.failure, answer.seen) == (None, None, seen)


def test_an_empty_feed(shop: Shop) -> None:
    start, end = FEED.index("  <entry>"), FEED.index("</feed>")
    assert chocolatey(shop, lambda feed: feed[:start] + feed[end:]).seen == "gone"


def test_a_quote_in_a_name_ends_nothing(shop: Shop) -> None:
    shop.serve("/api/v2/Packages()", FEED)
    shop.ask(
        {"chocolatey": Chocolatey(id="a' or 1 eq 1 or Id eq 'b", base_url=shop.base)},
        os="windows",
    )
    (asked, _) = shop.server.log[0]
    assert asked.args["$filter"] == "Id eq 'a'' or 1 eq 1 or Id eq ''b' and IsLatestVersion"
