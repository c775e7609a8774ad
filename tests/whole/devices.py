"""Whole devices, each one that could stand on somebody's table, and what is private on them.

They are put together from recorded outputs, which are real, and from what was constructed around
them; each module says which is which. What was not on one device in life (a recording of one Mac
beside that of another) agrees in names and addresses.
"""

from __future__ import annotations

from tests.whole.linux import FEDORA, UBUNTU
from tests.whole.machine import Machine
from tests.whole.macos import ANCIENT_MAC, MAC, OLD_MAC
from tests.whole.windows import WINDOWS_CAFE, WINDOWS_HOME, WINDOWS_OFFICE

DEVICES: dict[str, Machine] = {
    "windows_home": WINDOWS_HOME,
    "windows_office": WINDOWS_OFFICE,
    "windows_cafe": WINDOWS_CAFE,
    "mac": MAC,
    "old_mac": OLD_MAC,
    "ancient_mac": ANCIENT_MAC,
    "ubuntu": UBUNTU,
    "fedora": FEDORA,
}
SEEDS = (
    "hanako",
    "yamada",
    "花子",
    "sakura cafe",
    "0b-ad",
    "0b:ad",
    "de:cb:f1:62:24:68",
    "192.168.1.23",
    "192.0.2.23",
    "office.test",
)
"""Private values that were put in: they may not leave the device."""
