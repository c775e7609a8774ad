"""Bundles of macOS: in the folders of apps, by Spotlight, of the Mac and of the iPhone."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any

import pytest

from checks.app.installed import InstalledCopy, Looked, look
from checks.app.installed.origin import CASKROOMS, with_origin
from checks.app.os_version import SYSTEM_VERSION, os_version
from diag.app_profile import HomebrewCask, Install, IosInstall, MacosInstall, Store
from diag.deadline import Deadline
from diag.host import Command, FileStat
from diag.model import Failed, OsFamily
from tests.checks.app.device import Device
from tests.support import NOW, CommandAnswer, PaperHost, replay

ID = "test.app.example"
RECORDED = Path(__file__).parents[2] / "recorded" / "app"
HOME = "/Users/taro"


class Mac(Device):
    """A Mac whose files are in a directory; `mdfind` says what it is told to."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, {"HOME": HOME})
        self.spotlight: CommandAnswer = ""
        self.asked: list[tuple[str, ...]] = []

    @property
    def family(self) -> OsFamily:
        return "macos"

    def run(self, tool: str, *args: str, **_: Any) -> Command:
        self.asked.append((tool, *args))
        host = replay("macos", commands={(tool, *args): self.spotlight})
        return host.run(tool, *args)

    def bundle(self, path: str, binary: bool = False, /, **info: object) -> None:
        values = {"CFBundleIdentifier": ID, "CFBundleName": "Example", **info}
        form = plistlib.FMT_BINARY if binary else plistlib.FMT_XML
        self.write(f"{path}/Contents/Info.plist", plistlib.dumps(values, fmt=form))

    def find(self, bundle_id: str = ID, ios: str | None = None, seconds: float = 5) -> Looked:
        install = Install(
            macos=MacosInstall(bundle_id=bundle_id),
            ios=IosInstall(bundle_id=ios) if ios else None,
        )
        (place,) = look(self, install, Deadline.after(seconds))
        return place


@pytest.fixture
def mac(tmp_path: Path) -> Mac:
    return Mac(tmp_path)


def versions(place: Looked) -> list[str | None]:
    assert place.failure is None
    return [copy.version for copy in place.copies]


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize(
    "folder",
    [
        "/Applications",
        "/Applications/Utilities",
        "/Applications/Vendor Suite",
        f"{HOME}/Applications",
        "/System/Applications",
    ],
)
def test_in_the_folders_of_apps(mac: Mac, folder: str, binary: bool) -> None:
    mac.bundle(
        f"{folder}/例.app", binary, CFBundleShortVersionString="2.3.1", CFBundleVersion="450"
    )
    mac.bundle("/Applications/Other.app", CFBundleIdentifier=f"{ID}.other")
    place = mac.find()
    assert versions(place) == ["2.3.1"]
    (copy,) = place.copies
    assert (copy.build, copy.path, copy.channel) == ("450", f"{folder}/例.app", None)
    assert mac.asked == [], "Spotlight is asked only for what is in no folder of apps"


def test_a_real_one(mac: Mac) -> None:
    """The Info.plist of a published bundle (see tests/recorded/app/README.md)."""
    real = (RECORDED / "cstcloud-3.1.3-Info.plist").read_bytes()
    mac.write("/Applications/科技云会.app/Contents/Info.plist", real)
    assert versions(mac.find("cn.weidijia.ZhongKeYun4MacTEST")) == ["3.1.3"]
    assert versions(mac.find("cn.weidijia.ZhongKeYun4Mac")) == []


def test_from_the_app_store(mac: Mac) -> None:
    mac.bundle("/Applications/Example.app", CFBundleShortVersionString="2.3")
    mac.write("/Applications/Example.app/Contents/_MASReceipt/receipt", b"0")
    assert [copy.channel for copy in mac.find().copies] == ["app_store"]


@pytest.mark.parametrize(
    ("outer", "inner", "bundle_id", "version", "build"),
    [
        ("Bounce", "Bounce", "com.usebounce.app", "4.296.0", "4296000"),
        ("微店", "WDBuyerUniv", "com.koudai.weidian.buyer", None, None),
    ],
)
def test_one_made_for_the_iphone(
    mac: Mac, outer: str, inner: str, bundle_id: str, version: str | None, build: str | None
) -> None:
    """Two layouts that people published of their Macs, with what they tell of Info.plist: an
    analysis of Bounce.app, notes on a tool that removes apps. `WrappedBundle` leads into `Wrapper`
    by a relative link, and the app in it may have another name."""
    told = {
        "CFBundleIdentifier": bundle_id,
        "CFBundleShortVersionString": version,
        "CFBundleVersion": build,
    }
    info = plistlib.dumps({key: value for key, value in told.items() if value is not None})
    app = f"/Applications/{outer}.app"
    mac.write(f"{app}/Wrapper/{inner}.app/Info.plist", info)
    mac.write(f"{app}/Wrapper/BundleMetadata.plist", plistlib.dumps({}))
    (mac.root / app.lstrip("/") / "WrappedBundle").symlink_to(f"Wrapper/{inner}.app")
    for place in (mac.find(bundle_id), mac.find("test.app.mac", ios=bundle_id)):
        (copy,) = place.copies
        assert (copy.version, copy.build, copy.ios, copy.channel) == (
            version,
            build,
            True,
            "app_store",
        )


def test_one_made_for_the_iphone_by_what_the_store_wrote(mac: Mac) -> None:
    """iTunesMetadata.plist with the keys that its published examples have."""
    metadata = {
        "softwareVersionBundleId": ID,
        "bundleShortVersionString": "5.1",
        "bundleVersion": "77",
        "itemName": "Example",
        "kind": "software",
    }
    mac.write("/Applications/Example.app/Wrapper/iTunesMetadata.plist", plistlib.dumps(metadata))
    assert [(copy.version, copy.ios) for copy in mac.find().copies] == [("5.1", True)]


@pytest.mark.parametrize(
    ("info", "version"),
    [
        ({"CFBundleShortVersionString": 1.10, "CFBundleVersion": "450"}, "450"),
        ({"CFBundleShortVersionString": ["2.3"], "CFBundleVersion": 5}, None),
        ({"CFBundleShortVersionString": ""}, None),
        ({"CFBundleShortVersionString": "  2.3\n"}, "2.3"),
        ({"CFBundleVersion": "450"}, "450"),
        ({}, None),
    ],
)
def test_values_of_the_wrong_type(mac: Mac, info: dict[str, object], version: str | None) -> None:
    mac.bundle("/Applications/Example.app", False, **info)
    assert versions(mac.find()) == [version]


@pytest.mark.parametrize("binary", [False, True])
def test_broken_lists(mac: Mac, binary: bool) -> None:
    """One that names the app and cannot be read any further is the app, of unknown version."""
    path = "/Applications/Example.app"
    mac.bundle(path, binary, CFBundleShortVersionString="2.3")
    file = mac.root / f"{path}/Contents/Info.plist".lstrip("/")
    whole = file.read_bytes()
    for broken in (
        whole[:-9],
        whole[:-1] + b"\xff",
        whole + b"\0" * 40,
        whole[::-1],
        b"",
        b"bplist00",
    ):
        file.write_bytes(broken)
        found = versions(mac.find())
        assert found in ([None], ["2.3"]) if ID.encode() in broken else found == []


def test_a_list_with_entities_is_not_expanded(mac: Mac) -> None:
    bomb = f"""<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "{ID}">]>
    <plist version="1.0"><dict><key>CFBundleIdentifier</key><string>{ID}</string>
    <key>CFBundleShortVersionString</key><string>&a;</string></dict></plist>"""
    mac.write("/Applications/Example.app/Contents/Info.plist", bomb)
    assert versions(mac.find()) == [None]


def test_by_spotlight(mac: Mac) -> None:
    mac.bundle(f"{HOME}/Downloads/Example.app", CFBundleShortVersionString="2.3")
    mac.spotlight = f"{HOME}/Downloads/Example.app\n/gone/Example.app\n"
    assert versions(mac.find()) == ["2.3"]
    assert mac.asked == [("mdfind", f"kMDItemCFBundleIdentifier == '{ID}'")]


def test_by_spotlight_what_an_installation_of_macos_put_aside(mac: Mac) -> None:
    """`mdfind kMDItemCFBundleIdentifier=='com.google.Chrome'` as somebody published it
    (github.com/tabrindle/envinfo, pull request 231)."""
    aside = "/System/Volumes/Data/Previous Content/Recovered Items/Applications/Google Chrome.app"
    chrome = "com.google.Chrome"
    mac.spotlight = f"/Applications/Google Chrome.app\n{aside}\n"
    mac.bundle(aside, CFBundleIdentifier=chrome, CFBundleShortVersionString="99.0")
    assert versions(mac.find(chrome)) == []
    mac.bundle(
        "/Applications/Google Chrome.app",
        CFBundleIdentifier=chrome,
        CFBundleShortVersionString="107.0.5304.110",
    )
    assert versions(mac.find(chrome)) == ["107.0.5304.110"]


@pytest.mark.parametrize(
    "folder", [f"{HOME}/.Trash", "/Volumes/Time/Backups.backupdb/Mac/2026-11-01/Macintosh HD"]
)
def test_what_is_in_the_bin_or_a_backup_is_not_installed(mac: Mac, folder: str) -> None:
    mac.spotlight = f"{folder}/Example.app\n"
    mac.bundle(f"{folder}/Example.app", CFBundleShortVersionString="1.0")
    assert versions(mac.find()) == []


def test_spotlight_that_is_off_or_fails(mac: Mac) -> None:
    assert versions(mac.find()) == []
    for failed, code in (
        (Failed("timeout", "run mdfind"), "timeout"),
        (Failed("tool_missing", "run mdfind"), "tool_missing"),
        ((1, "", "Failed to create query"), "unparsable"),
    ):
        mac.spotlight = failed
        failure = mac.find().failure
        assert failure is not None and failure.code == code


def test_what_is_no_identifier_is_not_asked_for(mac: Mac) -> None:
    failure = mac.find("x' || kMDItemFSName == '*").failure
    assert failure is not None and failure.code == "unsupported"
    assert mac.asked == []


def test_copies_beside_the_one_in_the_folder_of_apps(mac: Mac) -> None:
    mac.spotlight = "/Volumes/Backup/Example.app\n/Users/taro/Downloads/Example.app\n"
    mac.bundle("/Volumes/Backup/Example.app", CFBundleShortVersionString="1.9")
    mac.bundle(f"{HOME}/Downloads/Example.app", CFBundleShortVersionString="2.3")
    assert [(copy.version, copy.starts) for copy in mac.find().copies] == [
        ("1.9", False),
        ("2.3", True),
    ]
    mac.bundle("/Applications/Example.app", CFBundleShortVersionString="2.4")
    mac.bundle(f"{HOME}/Applications/Example.app", CFBundleShortVersionString="2.5")
    assert [(copy.version, copy.starts) for copy in mac.find().copies] == [
        ("2.4", None),
        ("2.5", None),
    ]


def test_folders_without_end_end_in_time(mac: Mac) -> None:
    for number in range(1600):
        (mac.root / f"Applications/App {number}.app").mkdir(parents=True)
    failure = mac.find().failure
    assert failure is not None and failure.code == "timeout"


def test_what_homebrew_installed() -> None:
    place = Looked(source="bundle", copies=(InstalledCopy(version="2.3"),))
    store = Store(homebrew_cask=HomebrewCask(token="example"))
    there = FileStat(size=0, modified=NOW, is_dir=True, owner=0, mode=0o755)

    def brewed(*status: FileStat | None) -> PaperHost:
        paths = [f"{room}/example" for room in CASKROOMS]
        return replay("macos", stats=dict(zip(paths, status, strict=True)))

    for host, channel in ((brewed(None, there), "homebrew_cask"), (brewed(None, None), None)):
        (marked,) = with_origin(host, [place], store)
        assert marked.copies[0].channel == channel


def test_the_version_of_macos() -> None:
    def mac_says(content: bytes | None) -> str | None:
        return os_version(replay("macos", files={SYSTEM_VERSION: content}))

    real = (RECORDED / "SystemVersion-15.6.plist").read_bytes()
    assert mac_says(real) == "15.6"
    assert mac_says(plistlib.dumps({"ProductVersion": "10.16"})) is None
    assert mac_says(plistlib.dumps({"ProductVersion": 14})) is None
    assert mac_says(b"<plist") is None
    assert mac_says(None) is None
