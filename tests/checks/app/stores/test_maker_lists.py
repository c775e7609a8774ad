"""What makers publish themselves: Sparkle's appcasts, electron's lists, GitHub, a JSON document."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.app.stores import StoreAnswer, StoreVersion
from checks.app.stores.asking import Device
from checks.app.stores.electron import document_of
from checks.app.stores.json_pointer import read, resolve
from checks.app.stores.reading import NotTold
from diag.app_profile import Electron, Github, JsonSource, Sparkle
from diag.model import Failed, OsFamily
from tests.checks.app.stores.shop import Shop, only, recorded


def version(answer: StoreAnswer) -> StoreVersion:
    assert answer.found is not None, answer
    return answer.found


# --- Sparkle ---


def appcast(
    shop: Shop, body: bytes | str, os: OsFamily = "macos", arch: str = "arm64"
) -> StoreAnswer:
    shop.serve("/appcast.xml", body, content_type="application/rss+xml")
    section = Sparkle(url=f"{shop.base}/appcast.xml")
    return only(shop.ask({"sparkle": section}, os=os, arch=arch))


def test_an_appcast(shop: Shop) -> None:
    found = version(appcast(shop, recorded("appcast.xml")))
    assert (found.version, found.build, found.platform) == ("2026.3.2", "2026030290", "macos")
    assert (found.minimum_os, found.maximum_os, found.channel) == ("15.0", None, "default")
    assert found.released == datetime(2026, 3, 3, 4, 30, 29, tzinfo=UTC)
    assert found.url == "https://raw.githubusercontent.com/openclaw/openclaw/main/appcast.xml"
    assert found.notes is not None and found.notes.startswith("NightClaw 2026.3.2 Changes Tools")


def test_channels(shop: Shop) -> None:
    """An empty channel is none; deltas at the top are no release."""
    found = version(appcast(shop, recorded("appcast-channels.xml")))
    assert (found.version, found.prerelease) == ("3.0", "5.0")


def test_another_systems_release(shop: Shop) -> None:
    found = version(appcast(shop, recorded("appcast-channels.xml"), "windows"))
    assert (found.version, found.platform) == ("6.0", "windows")
    shop.server.clear()
    assert appcast(shop, recorded("appcast-channels.xml"), "linux").seen == "other_device"


@pytest.mark.parametrize(
    ("os", "expected"), [("linux", "2.4.2"), ("macos", "2.5.2"), ("windows", "2.6.2")]
)
def test_one_list_for_every_system(shop: Shop, os: OsFamily, expected: str) -> None:
    assert version(appcast(shop, recorded("appcast-per-system.xml"), os)).version == expected


def test_systems_that_a_release_needs(shop: Shop) -> None:
    """5.0 is for systems up to 2.0.0 only; 3.0 is what systems before 17 get."""
    found = version(appcast(shop, recorded("appcast-systems.xml")))
    assert (found.version, found.minimum_os) == ("4.0", "17.0.0")
    assert [(each.version, each.minimum_os, each.maximum_os) for each in found.older] == [
        ("5.0", None, "2.0.0"),
        ("3.0", None, None),
    ]


def test_processors_that_a_release_needs(shop: Shop) -> None:
    found = version(appcast(shop, recorded("appcast-processors.xml"), arch="arm64"))
    assert (found.version, found.minimum_os) == ("6.0", "27.0")
    assert [each.version for each in found.older] == ["5.0"]


def test_macs_of_intel_are_not_offered_what_needs_macos_27(shop: Shop) -> None:
    """That would tell their owners to get a system which does not run on them."""
    found = version(appcast(shop, recorded("appcast-processors.xml"), arch="x86_64"))
    assert (found.version, found.minimum_os, found.older) == ("2.1", None, ())
    shop.server.clear()
    minimum = "<sparkle:minimumSystemVersion>27.1</sparkle:minimumSystemVersion>"
    windows = appcast(shop, feed(item("3.0", minimum, os="windows")), "windows", "x86_64")
    assert version(windows).version == "3.0"


def test_prefixes_of_namespaces_mean_nothing(shop: Shop) -> None:
    assert version(appcast(shop, recorded("appcast-namespaces.xml"))).version == "5.0"


RELEASED = datetime(2014, 7, 26, 15, 20, 11, tzinfo=UTC)


def test_a_phased_release(shop: Shop) -> None:
    """Seven groups, the first at once, the last after six intervals; a critical one is for all."""
    critical = recorded("appcast-phased.xml").decode()
    found = version(appcast(shop, critical))
    assert (found.version, found.released, found.staged_until) == ("3.0", RELEASED, None)
    shop.server.clear()
    calm = critical.replace("<sparkle:criticalUpdate></sparkle:criticalUpdate>", "")
    found = version(appcast(shop, calm))
    assert found.staged_until == RELEASED + timedelta(days=6)


@pytest.mark.parametrize("interval", ["0", "-1", "soon", "１", "9" * 30, ""])
def test_intervals_that_are_none(shop: Shop, interval: str) -> None:
    body = recorded("appcast-phased.xml").decode()
    body = body.replace("<sparkle:criticalUpdate></sparkle:criticalUpdate>", "")
    found = version(appcast(shop, body.replace("86400", interval)))
    assert found.staged_until is None


def feed(*items: str) -> str:
    return (
        '<rss version="2.0" xmlns:sparkle="http://www.andymatuschak.org/xml-namespaces/sparkle">'
        f"<channel><link>https://app.test/</link>{''.join(items)}</channel></rss>"
    )


def item(build: str, more: str = "", **attributes: str) -> str:
    given = " ".join(f'sparkle:{name}="{value}"' for name, value in attributes.items())
    return (
        f"<item><sparkle:version>{build}</sparkle:version>{more}"
        f'<enclosure url="https://app.test/a.dmg" {given}/></item>'
    )


def test_what_is_only_told_of(shop: Shop) -> None:
    """Without a file it is a link to a page."""
    told = "<item><sparkle:version>7</sparkle:version><link>https://app.test/7</link></item>"
    found = version(appcast(shop, feed(item("6"), told)))
    assert (found.version, found.url) == ("7", "https://app.test/7")


def test_an_older_form_with_all_in_the_enclosure(shop: Shop) -> None:
    old = (
        '<item><enclosure url="https://app.test/a.dmg" sparkle:version="412" '
        'sparkle:shortVersionString="4.1.2" sparkle:minimumSystemVersion="10.13"/></item>'
    )
    found = version(appcast(shop, feed(old)))
    assert (found.version, found.build, found.minimum_os) == ("4.1.2", "412", "10.13")
    assert (found.url, found.released) == ("https://app.test/", None)


def test_a_windows_list_that_names_no_system(shop: Shop) -> None:
    program = item("2.0").replace("a.dmg", "setup.EXE?from=list")
    assert version(appcast(shop, feed(item("3.0"), program), "windows")).version == "2.0"


@pytest.mark.parametrize(
    ("items", "seen"),
    [
        ([], "no_version"),
        ([item("1", "<sparkle:channel>beta</sparkle:channel>")], "prerelease_only"),
        ([item("1", os="windows")], "other_device"),
        (["<item><title>Hello</title></item>"], "no_version"),
        ([item("latest")], "no_version"),
        ([item("1", "<sparkle:hardwareRequirements>arm64</sparkle:hardwareRequirements>")], None),
    ],
)
def test_appcasts_without_a_version(shop: Shop, items: list[str], seen: str) -> None:
    assert appcast(shop, feed(*items)).seen == seen


def test_a_release_for_apples_processors_only(shop: Shop) -> None:
    only_arm = "<sparkle:hardwareRequirements>arm64</sparkle:hardwareRequirements>"
    assert appcast(shop, feed(item("1", only_arm)), arch="x86_64").seen == "other_device"


def test_ten_of_the_many_older_ones_are_kept(shop: Shop) -> None:
    minimum = "<sparkle:minimumSystemVersion>{}.0</sparkle:minimumSystemVersion>"
    items = [item(str(number), minimum.format(number)) for number in range(1, 40)]
    found = version(appcast(shop, feed(*items)))
    assert found.version == "39"
    assert [each.version for each in found.older] == [str(number) for number in range(38, 28, -1)]


# --- electron ---


@pytest.mark.parametrize(
    ("url", "os", "arch", "document", "channel"),
    [
        ("https://a.test/u/latest.yml", "windows", "x64", "/u/latest.yml", "latest"),
        ("https://a.test/u/latest.yml", "windows", "arm64", "/u/latest.yml", "latest"),
        ("https://a.test/u/latest.yml", "macos", "arm64", "/u/latest-mac.yml", "latest"),
        ("https://a.test/latest-mac.yml", "linux", "x64", "/latest-linux.yml", "latest"),
        ("https://a.test/latest.yml", "linux", "arm64", "/latest-linux-arm64.yml", "latest"),
        ("https://a.test/beta-linux-arm64.yml", "windows", "x64", "/beta.yml", "beta"),
        ("https://a.test/stable.yml?x=1", "macos", "x64", "/stable-mac.yml?x=1", "stable"),
        ("https://a.test/updates/", "macos", "x64", "/updates/latest-mac.yml", "latest"),
        ("https://a.test/updates", "linux", "x64", "/updates/latest-linux.yml", "latest"),
        ("https://a.test", "windows", "x64", "/latest.yml", "latest"),
    ],
)
def test_which_document_is_this_systems(
    url: str, os: OsFamily, arch: str, document: str, channel: str
) -> None:
    device = Device(family=os, arch=arch, phone=False)
    assert document_of(url, device) == (f"https://a.test{document}", channel)


def electron(
    shop: Shop, body: bytes | str, os: OsFamily = "linux", arch: str = "x86_64"
) -> StoreAnswer:
    ending = {"linux": "-linux", "macos": "-mac", "windows": ""}[os]
    shop.serve(f"/latest{ending}.yml", body, content_type="text/yaml")
    section = Electron(url=f"{shop.base}/latest.yml")
    return only(shop.ask({"electron": section}, os=os, arch=arch))


def test_a_list_of_electrons(shop: Shop) -> None:
    found = version(electron(shop, recorded("latest-mac.yml"), "macos"))
    assert (found.version, found.platform, found.channel) == ("1.0.1", "macos", "latest")
    assert found.released == datetime(2022, 4, 17, 13, 21, 4, 534000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("names", "arch", "runs"),
    [
        (("App-1.0-arm64-mac.zip", "App-1.0-arm64.dmg"), "x86_64", False),
        (("App-1.0-arm64-mac.zip", "App-1.0-arm64.dmg"), "arm64", True),
        (("App-1.0-arm64-mac.zip", "App-1.0-mac.zip"), "x86_64", True),
        (("App-1.0-universal.zip",), "x86_64", True),
        ((), "x86_64", True),
    ],
)
def test_a_list_for_apples_processors_only(
    shop: Shop, names: tuple[str, ...], arch: str, runs: bool
) -> None:
    files = "".join(f"\n  - url: {name}\n    size: 1" for name in names)
    answer = electron(shop, f"version: 1.0\nfiles:{files}\n", "macos", arch)
    assert answer.seen == (None if runs else "other_device")


@pytest.mark.parametrize("written", ["1.10", "'1.10'", '"1.10"'])
def test_a_version_is_no_number(shop: Shop, written: str) -> None:
    assert version(electron(shop, f"version: {written}\n")).version == "1.10"


@pytest.mark.parametrize(
    ("kernel", "os", "minimum"),
    [
        ("20.1.0", "macos", "11"),
        ("22.4.0", "macos", "13"),
        ("24.0.0", "macos", "15"),
        ("25.0.0", "macos", "26"),
        ("19.6.0", "macos", "10.15"),
        ("10.0.22631", "windows", "10.0.22631"),
        ("6.1.0", "linux", None),
        ("[11]", "macos", None),
    ],
)
def test_a_kernels_version_is_no_systems(
    shop: Shop, kernel: str, os: OsFamily, minimum: str | None
) -> None:
    body = f"version: 1.2.3\nminimumSystemVersion: {kernel}\n"
    assert version(electron(shop, body, os)).minimum_os == minimum


@pytest.mark.parametrize(
    ("written", "staged"),
    [("10", 10.0), ("0", 0.0), ("100", None), ("150", None), ("half", None), ("nan", None)],
)
def test_a_staged_roll_out(shop: Shop, written: str, staged: float | None) -> None:
    body = f"version: 1.2.3\nstagingPercentage: {written}\n"
    assert version(electron(shop, body)).staged_percent == staged


@pytest.mark.parametrize(
    "notes", ["<p>New &amp; fast</p>", "\n  - version: 1.2.3\n    note: <p>New &amp; fast</p>"]
)
def test_notes_of_one_version_or_of_each(shop: Shop, notes: str) -> None:
    body = f"version: 1.2.3\nreleaseNotes: {notes}\n"
    assert version(electron(shop, body)).notes == "New & fast"


# --- GitHub ---

RELEASE = json.loads(recorded("github-release.json"))


def github(shop: Shop, **changed: Any) -> StoreAnswer:
    shop.serve("/repos/vendor/example/releases/latest", {**RELEASE, **changed})
    return only(shop.ask({"github": Github(repo="vendor/example", base_url=shop.base)}))


def test_a_release(shop: Shop) -> None:
    found = version(github(shop))
    assert (found.version, found.platform, found.channel) == ("1.82", "any", "latest")
    assert found.released == datetime(2024, 4, 25, 19, 17, 40, tzinfo=UTC)
    assert found.url == "https://github.com/svg2ico/svg2ico/releases/tag/1.82"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("v1.2.3", "1.2.3"),
        ("V.1.2", "1.2"),
        ("desktop-v5.0.0", "5.0.0"),
        ("app@1.2.0", "1.2.0"),
        ("k9mail-6.8", "6.8"),
        ("release/2024.10", "2024.10"),
        ("v2024.10-beta (5)", "2024.10-beta (5)"),
        ("build-77", "77"),
        ("v8", "8"),
        ("version2", "version2"),
    ],
)
def test_versions_in_tags(shop: Shop, tag: str, expected: str) -> None:
    assert version(github(shop, tag_name=tag)).version == expected


def test_a_tag_that_says_nothing(shop: Shop) -> None:
    assert version(github(shop, tag_name="stable", name="Example 3.1")).version == "3.1"
    shop.server.clear()
    assert github(shop, tag_name="nightly", name=None).seen == "no_version"


@pytest.mark.parametrize(
    ("releases", "seen"), [([{"prerelease": True}], "prerelease_only"), ([], "gone")]
)
def test_only_releases_for_testers(shop: Shop, releases: list[Any], seen: str) -> None:
    shop.server.expect_request("/repos/vendor/example/releases").respond_with_json(releases)
    shop.server.expect_request("").respond_with_json({"message": "Not Found"}, status=404)
    answer = only(shop.ask({"github": Github(repo="vendor/example", base_url=shop.base)}))
    assert (answer.found, answer.failure, answer.seen) == (None, None, seen)


def test_github_is_asked_sixty_times_an_hour(shop: Shop) -> None:
    """Its answer to one more, as its documentation has it."""
    body = {"message": "API rate limit exceeded for 203.0.113.7."}
    shop.serve(
        "/repos/vendor/example/releases/latest",
        body,
        status=403,
        headers={
            "X-RateLimit-Limit": "60",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "1377013266",
        },
    )
    answer = only(shop.ask({"github": Github(repo="vendor/example", base_url=shop.base)}))
    assert answer.failure is not None
    assert (answer.failure.code, answer.seen) == ("refused", "rate_limited")


# --- a JSON document ---


def test_json(shop: Shop) -> None:
    shop.serve("/v.json", {"linux": [{"version": "3.4.5"}]})
    section = JsonSource(url=f"{shop.base}/v.json", pointer="/linux/0/version")
    found = version(only(shop.ask({"json": section})))
    assert (found.version, found.platform) == ("3.4.5", "any")


DOCUMENT = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "m~n": 8, " ": 7, "~1": 9}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/m~0n", 8),
        ("/ ", 7),
        ("/~01", 9),
    ],
)
def test_pointers_of_rfc_6901(pointer: str, value: object) -> None:
    assert resolve(DOCUMENT, pointer) == value


@pytest.mark.parametrize("pointer", ["foo", "/foo/01", "/foo/-", "/foo/2", "/nope", "/foo/0/1"])
def test_pointers_to_nothing(pointer: str) -> None:
    with pytest.raises(Failed) as caught:
        read(json.dumps(DOCUMENT).encode(), pointer)
    assert isinstance(caught.value, NotTold)
    assert (caught.value.seen, caught.value.failure.code) == ("no_place", "unparsable")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"v": 1.10}', "1.10"),
        (b'{"v": 12}', "12"),
        (b'\xef\xbb\xbf{"v": "2"}', "2"),
        ('{"v": "１．２"}'.encode(), "１．２"),
    ],
)
def test_numbers_are_read_as_they_are_written(body: bytes, expected: str) -> None:
    assert read(body, "/v").version == expected


@pytest.mark.parametrize(
    "body",
    [
        b'{"v": null}',
        b'{"v": true}',
        b'{"v": {"a": 1}}',
        b'{"v": [1]}',
        b'{"v": ""}',
        b'{"v": "latest"}',
    ],
)
def test_what_is_no_version(body: bytes) -> None:
    with pytest.raises(Failed):
        read(body, "/v")
