"""Addresses that open a store at the app, and commands that update a copy."""

from __future__ import annotations

import pytest

from checks.app.installed import InstalledCopy
from checks.app.update import store_link, update_command
from diag.app_profile import (
    AppStore,
    Chocolatey,
    Flathub,
    HomebrewCask,
    Install,
    LinuxInstall,
    MicrosoftStore,
    Snapcraft,
    Store,
    WindowsInstall,
    Winget,
)

STORE = Store(
    app_store=AppStore(id=123456789, country="jp"),
    microsoft_store=MicrosoftStore(product_id="9NBLGGH4NNS1"),
    homebrew_cask=HomebrewCask(token="example"),
    flathub=Flathub(id="test.app.Example"),
    snapcraft=Snapcraft(name="example"),
    winget=Winget(id="Vendor.Example"),
    chocolatey=Chocolatey(id="example"),
)
LINUX = LinuxInstall(
    dpkg="example", rpm="example", pacman="example", flatpak="test.app.Example", snap="example"
)
INSTALL = Install(linux=LINUX, windows=WindowsInstall(uninstall_name="Example"))
HOSTILE = ("x; rm -rf ~", "$(reboot)", "a b", "-y", "x&y=1", "../x", "日本", "x\n", "`x`")


@pytest.mark.parametrize(
    ("channel", "link"),
    [
        ("microsoft_store", "ms-windows-store://pdp/?ProductId=9NBLGGH4NNS1"),
        ("app_store", "macappstore://apps.apple.com/jp/app/id123456789"),
        ("snapcraft", "snap://example"),
        ("flathub", "appstream://test.app.Example"),
        ("homebrew_cask", None),
        ("chocolatey", None),
        (None, None),
    ],
)
def test_links(channel: str | None, link: str | None) -> None:
    assert store_link(STORE, channel) == link
    assert store_link(Store(), channel) is None


@pytest.mark.parametrize(
    ("source", "copy", "command"),
    [
        (
            "dpkg",
            InstalledCopy(),
            "sudo apt update && sudo apt install --only-upgrade example",
        ),
        ("rpm", InstalledCopy(), "sudo dnf upgrade example"),
        ("pacman", InstalledCopy(), "sudo pacman -Syu"),
        ("flatpak", InstalledCopy(channel="flathub"), "flatpak update test.app.Example"),
        ("snap", InstalledCopy(channel="snapcraft"), "sudo snap refresh example"),
        ("appimage", InstalledCopy(), None),
        ("command", InstalledCopy(), None),
        ("uninstall", InstalledCopy(), "winget upgrade --exact --id Vendor.Example"),
        ("uninstall", InstalledCopy(channel="chocolatey"), "choco upgrade example"),
        ("msix", InstalledCopy(channel="microsoft_store"), None),
        ("bundle", InstalledCopy(channel="homebrew_cask"), "brew upgrade --cask example"),
        ("bundle", InstalledCopy(channel="app_store"), None),
    ],
)
def test_commands(source: str, copy: InstalledCopy, command: str | None) -> None:
    assert update_command(source, copy, INSTALL, STORE) == command


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("dnf5", "sudo dnf upgrade example"),
        ("yum", "sudo yum update example"),
        ("zypper", "sudo zypper update example"),
        ("apt", "sudo dnf upgrade example"),
    ],
)
def test_managers_of_rpm_packages(manager: str, command: str) -> None:
    assert update_command("rpm", InstalledCopy(), INSTALL, STORE, manager) == command


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_are_more_than_names_become_part_of_nothing(name: str) -> None:
    store = Store(
        microsoft_store=MicrosoftStore(product_id=name),
        flathub=Flathub(id=name),
        snapcraft=Snapcraft(name=name),
        homebrew_cask=HomebrewCask(token=name),
        winget=Winget(id=name),
        chocolatey=Chocolatey(id=name),
    )
    linux = LinuxInstall(dpkg=name, rpm=name, flatpak=name, snap=name)
    for channel in ("microsoft_store", "flathub", "snapcraft"):
        assert store_link(store, channel) is None
    for source in ("dpkg", "rpm", "flatpak", "snap", "uninstall"):
        assert update_command(source, InstalledCopy(), Install(linux=linux), store) is None
    for copy in (InstalledCopy(channel="homebrew_cask"), InstalledCopy(channel="chocolatey")):
        assert update_command("x", copy, Install(), store) is None
