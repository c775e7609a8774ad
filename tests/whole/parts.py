"""What the whole devices have in common: recordings, the app that is diagnosed, and their cards.

The app and its profile are made up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from diag.app_profile import AppProfile
from diag.host import Interface, InterfaceAddress, Volume
from tests.support import profile_from

RECORDED = Path(__file__).parents[1] / "recorded"
GB = 1_000_000_000
BIG = Volume(size=512 * GB, free=210 * GB, device=1)


def text(name: str) -> str:
    return (RECORDED / name).read_text(encoding="utf-8")


def raw(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def data(name: str) -> Any:
    return msgspec.json.decode(raw(name))


PROFILE: AppProfile = profile_from(
    {
        "app": {
            "id": "example",
            "name": {"en": "Example", "ja": "エグザンプル"},
            "minimum_version": "2.0",
        },
        "endpoint": [
            {
                "id": "login",
                "url": "https://login.app.test/",
                "role": "login",
                "expect_body": "会員番号でログイン",
            },
        ],
        "status_page": {"url": "https://status.app.test", "kind": "statuspage"},
        "install": {
            "windows": {"uninstall_name": "Example"},
            "macos": {"bundle_id": "test.app.example"},
            "linux": {"dpkg": "example", "rpm": "example"},
        },
        "store": {"json": {"url": "https://store.app.test/version.json", "pointer": "/version"}},
        "permissions": {"needs": ["camera", "notifications"]},
        "account": {"two_factor": ["sms"], "reset_url": "https://login.app.test/reset"},
        "support": {"phone": "0120-000-000", "url": "https://app.test/contact"},
    }
)


def held(
    name: str, address: str, mac: str, *more: InterfaceAddress, prefix: int = 24, up: bool = True
) -> Interface:
    addresses = (
        InterfaceAddress(family="ipv4", address=address, prefix=prefix),
        InterfaceAddress(family="mac", address=mac),
        *more,
    )
    return Interface(name=name, up=up, mtu=1500, addresses=addresses if up else addresses[1:])


def loopback(name: str) -> Interface:
    own = InterfaceAddress(family="ipv4", address="127.0.0.1", prefix=8)
    return Interface(name=name, up=True, mtu=65536, loopback=True, addresses=(own,))
