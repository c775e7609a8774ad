"""What the checks on a phone learn. No serial number, name or account of anybody is kept."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from diag.model import Fact, FailureCode, PrivateHost, Public

Platform = Literal["android", "ios"]

Unread = Literal[
    "no_tool",
    "no_phone",
    "unauthorized",
    "offline",
    "no_permission",
    "silent",
    "gone",
    "not_adb",
]
"""Why nothing of a phone could be read.

no_tool: this PC has nothing that reads phones. no_phone: none is there that lets itself be read
(with USB debugging off an Android phone is not seen at all). unauthorized: the phone has not
allowed this PC. offline: it is there and does not answer. no_permission: Linux does not let this
user open it. silent: adb or the phone said nothing in time. gone: it went while it was read.
not_adb: something else listens where adb would.
"""

Permission = Literal[
    "camera",
    "microphone",
    "location",
    "notifications",
    "contacts",
    "photos",
    "bluetooth",
    "phone",
]
Transport = Literal["wifi", "mobile", "ethernet", "bluetooth", "usb", "other"]
PrivateDns = Literal["off", "automatic", "strict"]
Source = Literal["play", "other_store", "file", "preinstalled", "unknown"]
"""Where an app came from. file: an APK that somebody opened, or adb itself."""


def named(*platforms: Platform) -> dict[str, str | None]:
    """Args of texts that say where to tap: the systems that they speak of, the others None."""
    return {
        "android": "Android" if "android" in platforms else None,
        "iphone": "iPhone" if "ios" in platforms else None,
    }


class Granted(Struct, frozen=True, kw_only=True):
    """A permission that the profile names. `not_asked`: the app has not asked yet, and will."""

    name: Permission
    state: Literal["granted", "denied", "not_asked", "not_wanted"]


class PhoneApp(Struct, frozen=True, kw_only=True):
    """The profile's app on an Android phone: for its owner (user 0), or where only another user or
    profile of the phone has it, for that one.

    enabled, suspended: it cannot be opened if it is disabled or somebody has paused it (Digital
    Wellbeing, Family Link, a company). bucket: how rarely Android lets it work unseen (10 active
    to 50 never). background: whether it may work unseen at all.
    """

    installed: bool
    version: Public | None = None
    version_code: int | None = None
    source: Source = "unknown"
    enabled: bool | None = None
    suspended: bool | None = None
    permissions: tuple[Granted, ...] = ()
    bucket: int | None = None
    background: bool | None = None
    background_data: bool | None = None


class PhoneNetwork(Struct, frozen=True, kw_only=True):
    """The network that apps on the phone use, as Android judges it; `connected` false: there is
    none, and the rest says nothing.

    validated: Android reached its own test servers over it. portal: it met a sign-in page.
    """

    connected: bool
    transport: Transport | None = None
    vpn: bool = False
    validated: bool | None = None
    portal: bool = False
    private_dns_broken: bool = False
    proxy: bool = False


class Android(Struct, frozen=True, kw_only=True):
    """An Android phone as it stands; None: it did not say, or not in a known form.

    clock_ahead_s: against this PC's clock, nothing that could be the delay counted.
    """

    release: Public | None = None
    sdk: int | None = None
    patch: date | None = None
    clock_ahead_s: float | None = None
    airplane: bool | None = None
    battery_saver: bool | None = None
    auto_time: bool | None = None
    auto_zone: bool | None = None
    wifi_on: bool | None = None
    private_dns: PrivateDns | None = None
    private_dns_host: PrivateHost | None = None
    proxy: bool | None = None
    data_saver: bool | None = None
    free_bytes: int | None = None
    size_bytes: int | None = None
    network: PhoneNetwork | None = None


class Iphone(Struct, frozen=True, kw_only=True):
    """Of an iPhone or iPad no more than its system."""

    version: Public | None = None
    build: Public | None = None


class PhoneFact(Fact, frozen=True, kw_only=True):
    """The one phone that was looked at.

    platform: of the phone that was seen. Exactly one of `unread`, `android` and `iphone` is set.
    others: further phones that were there. cut: why the answers stop early, if they do.
    app: None if the profile names no app for this phone, or if it was not told.
    """

    platform: Platform | None = None
    model: Public | None = None
    others: int = 0
    unread: Unread | None = None
    android: Android | None = None
    iphone: Iphone | None = None
    app: PhoneApp | None = None
    cut: FailureCode | None = None
