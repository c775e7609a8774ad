"""Where a copy is updated: the address that opens the store at the app, and the command."""

from __future__ import annotations

from checks.app.installed import NAME, InstalledCopy
from diag.app_profile import Install, Store
from diag.model import OsFamily


def store_link(store: Store, channel: str | None) -> str | None:
    """What opens the store of this name at the app, on the device that the copy is on.

    learn.microsoft.com, "Launch the Microsoft Store app"; Apple's App Store links; snapd's and
    AppStream's schemes, which GNOME Software and KDE Discover open.
    """
    if channel == "microsoft_store" and store.microsoft_store is not None:
        return _with("ms-windows-store://pdp/?ProductId=", store.microsoft_store.product_id)
    if channel == "app_store" and store.app_store is not None:
        app = store.app_store
        return f"macappstore://apps.apple.com/{app.country}/app/id{app.id}"
    if channel == "snapcraft" and store.snapcraft is not None:
        return _with("snap://", store.snapcraft.name)
    if channel == "flathub" and store.flathub is not None:
        return _with("appstream://", store.flathub.id)
    return None


def install_link(store: Store, family: OsFamily, mac_app: bool) -> str | None:
    """Where the app can be got on this OS. The App Store counts only if it has it for the Mac."""
    channels = {
        "windows": ("microsoft_store",),
        "macos": ("app_store",) if mac_app else (),
        "linux": ("flathub", "snapcraft"),
    }
    links = (store_link(store, channel) for channel in channels.get(family, ()))
    return next((link for link in links if link is not None), None)


def update_command(
    source: str, copy: InstalledCopy, install: Install, store: Store, manager: str = "dnf"
) -> str | None:
    """What updates this copy in a terminal; None where no tool there knows it. manager: that of a
    system of RPM packages."""
    if copy.channel == "homebrew_cask" and store.homebrew_cask is not None:
        return _with("brew upgrade --cask ", store.homebrew_cask.token)
    if copy.channel == "chocolatey" and store.chocolatey is not None:
        return _with("choco upgrade ", store.chocolatey.id)
    if source == "uninstall" and store.winget is not None:
        return _with("winget upgrade --exact --id ", store.winget.id)
    linux = install.linux
    if linux is None:
        return None
    commands = {
        "dpkg": _with("sudo apt update && sudo apt install --only-upgrade ", linux.dpkg),
        "rpm": _with(RPM_COMMANDS.get(manager, RPM_COMMANDS["dnf"]), linux.rpm),
        "pacman": "sudo pacman -Syu",
        "flatpak": _with("flatpak update ", linux.flatpak),
        "snap": _with("sudo snap refresh ", linux.snap),
    }
    return commands.get(source)


RPM_COMMANDS = {
    "dnf": "sudo dnf upgrade ",
    "dnf5": "sudo dnf upgrade ",
    "yum": "sudo yum update ",
    "zypper": "sudo zypper update ",
}

FINISH_COMMAND = "sudo dpkg --configure -a && sudo apt --fix-broken install"
"""What completes packages whose installation broke off (dpkg(1), apt-get(8))."""


def _with(start: str, name: str | None) -> str | None:
    """Names come from a profile, which others may have written: only plain ones become part."""
    return start + name if name and NAME.fullmatch(name) else None
