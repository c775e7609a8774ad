"""Whatever registries, files and names hold: no place crashes, and none goes on for ever."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.app.installed import Looked, look
from checks.app.installed.appimage import version_in_name
from checks.app.installed.bundle import read_bundle
from checks.app.installed.command import version_in
from checks.app.installed.desktop import keys, started_by
from checks.app.installed.dpkg import stanzas
from checks.app.installed.flatpak import version_in as version_deployed
from checks.app.installed.msix import parsed
from checks.app.installed.pacman import LOCAL
from checks.app.installed.snap import version_of
from checks.app.installed.squashfs import SUPERBLOCK
from checks.app.installed.uninstall import APP_PATHS, KEYS, is_named, plain
from checks.app.versions import compare
from diag.app_profile import Install, LinuxInstall, WindowsInstall
from diag.deadline import Deadline
from diag.host import RegistryKey
from diag.host.base import RegistryValue
from diag.model import Failed
from tests.checks.app.device import Device
from tests.support import replay

VALUE_NAMES = (
    "DisplayName",
    "DisplayVersion",
    "DisplayIcon",
    "InstallLocation",
    "SystemComponent",
    "ParentKeyName",
    "ReleaseType",
)
TEXT = st.one_of(st.text(max_size=40), st.sampled_from(["Example", r"C:\x.exe", '"C:\\x.exe",0']))
VALUE: st.SearchStrategy[RegistryValue] = st.one_of(
    TEXT, st.integers(0, 2**64 - 1), st.binary(max_size=20), st.lists(TEXT, max_size=3).map(tuple)
)
ENTRY = st.dictionaries(st.sampled_from(VALUE_NAMES), VALUE)


def no_crash(place: Looked) -> bool:
    return place.failure is None or place.failure.code != "crash"


@given(st.lists(ENTRY, max_size=3))
def test_lists_of_programs(entries: list[dict[str, RegistryValue]]) -> None:
    names = tuple(str(number) for number in range(len(entries)))
    keys_below = {f"{KEYS[0]}\\{n}": e for n, e in zip(names, entries, strict=True)}
    registry: dict[str, RegistryKey | dict[str, RegistryValue] | None] = {
        KEYS[0]: RegistryKey(subkeys=names),
        KEYS[1]: None,
        KEYS[2]: None,
        **keys_below,
        **{rf"{hive}\{APP_PATHS}\x.exe": None for hive in ("HKCU", "HKLM")},
    }
    host = replay("windows", registry=registry, files={r"C:\x.exe": b"MZ"})
    install = Install(windows=WindowsInstall(uninstall_name="Example"))
    (place,) = look(host, install, Deadline.after(5))
    asked_for_more = place.failure is not None and place.failure.detail == "NotRecorded"
    assert no_crash(place) or asked_for_more, place


@given(st.text(max_size=300))
def test_names(text: str) -> None:
    is_named(text, plain("Example"))
    is_named(f"Example {text}", plain("Example"))
    parsed(text, "vendor.example")
    version_in_name(f"{text}.AppImage")
    version_in(text)


@pytest.mark.parametrize(
    "tail",
    [
        " 1" + ",1" * 50_000 + "x",
        " 1" + ",1" * 110 + "x",
        " 1.1" * 50 + "x",
        "-x86-64" * 30 + "!",
        " (a" * 70,
        " (" * 50_000,
        " -" * 50_000,
        " x86-64" * 20_000 + "!",
        "\n" * 99_999,
    ],
)
def test_names_made_to_take_long(tail: str) -> None:
    """A pattern that tries every way to read one of these would not come to an end."""
    assert not is_named(f"Example{tail}", plain("Example"))
    version_in_name(tail)
    version_in(tail)
    compare(tail, tail)


@given(st.binary(max_size=400))
def test_files(data: bytes) -> None:
    version_deployed(data)
    version_deployed(data + b"appdata-version\0" + data)
    list(stanzas(b"Package: example\n" + data, "example"))
    try:
        version_of(data.decode("utf-8", "replace"))
    except Failed as error:
        assert error.failure.code == "unparsable"
    keys(data.decode("utf-8", "replace"))


@given(st.binary(max_size=300))
def test_property_lists(data: bytes) -> None:
    bundle_id = "test.app.example"
    for content in (data, b"bplist00" + data + bundle_id.encode(), bundle_id.encode() + data):
        files = {
            "/A.app/Contents/Info.plist": content,
            "/A.app/WrappedBundle/Info.plist": content,
            "/A.app/Wrapper/iTunesMetadata.plist": content,
        }
        host = replay("macos", files=files, stats={"/A.app/Contents/_MASReceipt/receipt": None})
        read_bundle(host, "/A.app", (bundle_id,))


@given(st.text(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_menu_entries(tmp_path: Path, text: str) -> None:
    device = Device(tmp_path)
    for entry in (text, f"[Desktop Entry]\nExec={text}\n", f"[Desktop Entry]\nX-Flatpak={text}\n"):
        device.write("/usr/share/applications/example.desktop", entry)
        try:
            started_by(device, "example")
        except Failed as error:
            assert error.failure.code in ("unparsable", "unsupported")
        (place,) = device.look(desktop="example")
        assert no_crash(place)


@given(st.text(max_size=200))
def test_descriptions_of_pacman(text: str) -> None:
    names = ("example-1-1", text.replace("/", ""))
    host = replay(dirs={LOCAL: names}, files={f"{LOCAL}/example-1-1/desc": text})
    install = Install(linux=LinuxInstall(pacman="example"))
    (place,) = look(host, install, Deadline.after(5))
    assert no_crash(place)


@pytest.mark.parametrize("block_size", [0, 1, 4095, (1 << 20) + 1, 2**32 - 1])
def test_images_with_blocks_of_any_size(tmp_path: Path, block_size: int) -> None:
    fields = [b"hsqs", 1, 0, block_size, 0, 1, 12, 0, 1, 4, 0, 0, 200, 0, 0, 96, 96, 96, 0]
    head = bytearray(64)
    head[:11] = b"\x7fELF\x02\x01\x01\x00AI\x02"
    device = Device(tmp_path)
    device.write("/opt/Example.AppImage", bytes(head) + bytes(256))
    whole = bytearray(bytes(head) + bytes(400))
    whole[0x28:0x30] = struct.pack("<Q", 64)
    whole[64 : 64 + SUPERBLOCK.size] = SUPERBLOCK.pack(*fields)
    device.write("/opt/Example.AppImage", bytes(whole))
    (place,) = device.look(appimage="Example*")
    assert [copy.version for copy in place.copies] == [None]
