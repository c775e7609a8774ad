"""Which copy the menu entry starts, and AppImages."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.app.installed import Looked
from checks.app.installed.appimage import usual_dirs, version_in_name
from checks.app.installed.desktop import keys
from checks.app.installed.dpkg import STATUS
from tests.checks.app.device import HOME, Device, needs

PACKAGE = "Package: example\nStatus: install ok installed\nVersion: 2.3-1\n"
ENTRY = """\
[Desktop Entry]
Type=Application
Version=1.5
Name=Example
Name[ja]=例
Exec={exec}
Icon=example

[Desktop Action new]
Name=New
Exec=/another/program
"""
MENU = "/usr/share/applications/example.desktop"


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path / "device")


def elf_with(image: bytes) -> bytes:
    """A program of 64 bits without code, whose table of sections ends where the image begins; the
    letters `AI` and the type stand in the unused bytes of its head."""
    head = bytearray(64)
    head[:8] = b"\x7fELF\x02\x01\x01\x00"
    head[8:11] = b"AI\x02"
    head[0x28:0x30] = (64).to_bytes(8, "little")
    head[0x3A:0x3E] = (64).to_bytes(2, "little") + (2).to_bytes(2, "little")
    return bytes(head) + bytes(128) + image


def appimage(device: Device, path: str, entry: str, *options: str, link: bool = True) -> None:
    """As appimagetool makes it: the entry at the top is a link to where packages have it."""
    tree = device.root / "AppDir"
    inside = tree / "usr/share/applications/example.desktop"
    inside.parent.mkdir(parents=True, exist_ok=True)
    inside.write_text(entry, encoding="utf-8")
    top = tree / "example.desktop"
    top.unlink(missing_ok=True)
    if link:
        top.symlink_to("usr/share/applications/example.desktop")
    else:
        top.write_text(entry, encoding="utf-8")
    for number in range(300):  # so that names and inodes take more than one block
        (tree / "usr/share" / f"file-{number:03d}-{'x' * 40}").write_bytes(
            bytes([number % 256]) * 99
        )
    (tree / "AppRun").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    image = device.root / "image.squashfs"
    image.unlink(missing_ok=True)
    device.do("mksquashfs", tree, image, "-noappend", "-quiet", "-root-owned", *options)
    device.write(path, elf_with(image.read_bytes()))


def starts(places: tuple[Looked, ...]) -> dict[str, list[bool | None]]:
    return {place.source: [copy.starts for copy in place.copies] for place in places}


# --- the menu entry -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "/usr/bin/example %U",
        '"/opt/Example App/example" --type=x %f',
        "env LANG=C /usr/bin/example",
        "example %u",
    ],
)
def test_it_starts_the_package(device: Device, line: str) -> None:
    device.write(STATUS, PACKAGE)
    device.write("/usr/bin/example", "")
    device.write("/snap/example/current/meta/snap.yaml", "version: '2.1'\n")
    device.write(MENU, ENTRY.format(exec=line))
    places = device.look(dpkg="example", snap="example", desktop="example.desktop")
    assert starts(places) == {"dpkg": [True], "snap": [False], "desktop": []}


@pytest.mark.parametrize(
    "line",
    [
        "env BAMF_DESKTOP_FILE_HINT=/var/lib/snapd/desktop/x.desktop /snap/bin/example %U",
        "/usr/bin/snap run example",
        "snap run example.gui --flag",
        "/var/lib/snapd/snap/bin/example.gui",
        "example",
    ],
)
def test_it_starts_the_snap(device: Device, line: str) -> None:
    device.write(STATUS, PACKAGE)
    device.write("/snap/bin/example", "")
    device.write("/snap/example/current/meta/snap.yaml", "version: '2.1'\n")
    device.write(MENU, ENTRY.format(exec=line))
    places = device.look(dpkg="example", snap="example", desktop="example")
    assert starts(places) == {"dpkg": [False], "snap": [True], "desktop": []}


def test_a_flatpak_that_the_profile_does_not_name(device: Device) -> None:
    line = "/usr/bin/flatpak run --branch=stable --command=example test.app.Example @@u %U @@"
    device.write(MENU, ENTRY.format(exec=line))
    device.write(STATUS, PACKAGE)
    active = "/var/lib/flatpak/app/test.app.Example/current/active"
    device.write(f"{active}/deploy", b"flathub\0" + b"0" * 64 + b"\0")
    xml = '<component><releases><release version="3.1"/></releases></component>'
    device.write(f"{active}/files/share/metainfo/test.app.Example.metainfo.xml", xml)
    dpkg, desktop = device.look(dpkg="example", desktop="example")
    assert [(copy.version, copy.starts) for copy in desktop.copies] == [("3.1", True)]
    assert [copy.starts for copy in dpkg.copies] == [False]


def test_the_users_own_entry_comes_first(device: Device) -> None:
    device.write(STATUS, PACKAGE)
    device.write(MENU, ENTRY.format(exec="/usr/bin/example"))
    own = f"{HOME}/Applications/Example.AppImage"
    device.write(own, b"")
    entry = ENTRY.format(exec=f"{own} %U").replace("Icon", "X-AppImage-Version=2.9.1\nIcon")
    device.write(f"{HOME}/.local/share/applications/example.desktop", entry)
    dpkg, desktop = device.look(dpkg="example", desktop="example")
    (copy,) = desktop.copies
    assert (copy.version, copy.path, copy.starts) == ("2.9.1", own, True)
    assert [copy.starts for copy in dpkg.copies] == [False]


def test_where_variables_put_the_data(tmp_path: Path) -> None:
    env = {"XDG_DATA_DIRS": "/data/one:relative:/data/two/", "XDG_DATA_HOME": "/own"}
    device = Device(tmp_path, env)
    device.write(STATUS, PACKAGE)
    device.write("/data/two/applications/example.desktop", ENTRY.format(exec="/usr/bin/example"))
    assert starts(device.look(dpkg="example", desktop="example"))["dpkg"] == [True]
    device.write("/own/applications/example.desktop", ENTRY.format(exec="/snap/bin/example"))
    assert starts(device.look(dpkg="example", desktop="example"))["dpkg"] == [False]


def test_the_programs_own_version_is_not_that_of_the_entry(device: Device) -> None:
    """`Version=1.5` is the specification's."""
    device.write(MENU, ENTRY.format(exec="/opt/example/run"))
    (desktop,) = device.look(desktop="example")
    assert [(copy.version, copy.path) for copy in desktop.copies] == [(None, "/opt/example/run")]


def test_an_entry_that_is_hidden_missing_or_leads_nowhere(device: Device) -> None:
    device.write(STATUS, PACKAGE)
    for entry in (
        None,
        ENTRY.format(exec="/usr/bin/example").replace("Icon", "Hidden=true\nIcon"),
        ENTRY.format(exec="no-such-program"),
    ):
        if entry is not None:
            device.write(MENU, entry)
        assert starts(device.look(dpkg="example", desktop="example")) == {
            "dpkg": [None],
            "desktop": [],
        }


@pytest.mark.parametrize("line", ["", '"unclosed', "env A=b", "flatpak run --user", "\0"])
def test_a_broken_entry(device: Device, line: str) -> None:
    device.write(MENU, ENTRY.format(exec=line))
    (desktop,) = device.look(desktop="example")
    assert desktop.failure is None or desktop.failure.code == "unparsable"
    assert desktop.copies == ()


def test_entry_names_that_are_paths_are_not_opened(device: Device) -> None:
    (desktop,) = device.look(desktop="../../../etc/passwd")
    assert desktop.failure is not None and desktop.failure.code == "unsupported"


def test_keys_of_other_groups_and_languages_do_not_count() -> None:
    found = keys(ENTRY.format(exec="a=b %U"))
    assert (found["Exec"], found["Name"], found["Name[ja]"]) == ("a=b %U", "Example", "例")


# --- AppImages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("Example-2.3.1-x86_64.AppImage", "2.3.1"),
        ("Example_2.3.1_amd64.AppImage", "2.3.1"),
        ("example-desktop-v1.10.0-beta.2.AppImage", "1.10.0-beta.2"),
        ("Example 2024.10.AppImage", "2024.10"),
        ("arduino-ide_2.3.2_Linux_64bit.AppImage", "2.3.2"),
        ("Example-x86_64.AppImage", None),
        ("Example.appimage", None),
        ("Example2.AppImage", None),
    ],
)
def test_versions_in_names(name: str, version: str | None) -> None:
    assert version_in_name(name) == version


def test_appimages_where_people_put_them(device: Device) -> None:
    """The folder of downloads bears the name that the desktop's language gives it."""
    dirs = 'XDG_DOWNLOAD_DIR="$HOME/ダウンロード"\nXDG_DESKTOP_DIR="/mnt/desk"\n'
    device.write(f"{HOME}/.config/user-dirs.dirs", dirs)
    assert f"{HOME}/ダウンロード" in usual_dirs(device)
    for path in (
        f"{HOME}/ダウンロード/Example-2.1-x86_64.AppImage",
        "/mnt/desk/example-2.2.appimage",
        "/opt/Example-2.3.AppImage",
        "/opt/Example-2.4.AppImage.part",
        "/opt/Other-2.5.AppImage",
        f"{HOME}/secret/Example-2.6.AppImage",
    ):
        device.write(path, b"")
    (place,) = device.look(appimage="Example*")
    assert [copy.version for copy in place.copies] == ["2.1", "2.2", "2.3"]


def test_only_so_many_are_looked_into(device: Device) -> None:
    for number in range(50):
        device.write(f"/opt/Example-1.{number}.AppImage", b"")
    (place,) = device.look(appimage="*")
    assert len(place.copies) == 8


@needs("mksquashfs")
@pytest.mark.parametrize("options", [("-comp", "gzip"), ("-comp", "xz"), ("-noI", "-noD", "-noF")])
@pytest.mark.parametrize("link", [True, False])
def test_the_version_in_the_image(device: Device, options: tuple[str, ...], link: bool) -> None:
    entry = ENTRY.format(exec="AppRun").replace("Icon", "X-AppImage-Version=2.7.0\nIcon")
    appimage(device, "/opt/Example.AppImage", entry, *options, link=link)
    (place,) = device.look(appimage="Example*.AppImage")
    assert [copy.version for copy in place.copies] == ["2.7.0"]


def test_the_version_in_the_users_menu(device: Device) -> None:
    """As AppImageLauncher enters it, for images that cannot be read here (zstd)."""
    path = f"{HOME}/Applications/Example.AppImage"
    device.write(path, b"")
    entry = ENTRY.replace("Icon", "X-AppImage-Version={version}\nIcon")
    menu = f"{HOME}/.local/share/applications/appimagekit"
    other = entry.format(exec="/opt/Other.AppImage", version="9.9")
    device.write(f"{menu}_0123-Other.desktop", other)
    device.write(f"{menu}_4567-Example.desktop", entry.format(exec=f"{path} %U", version="2.8"))
    (place,) = device.look(appimage="Example*.AppImage")
    assert [copy.version for copy in place.copies] == ["2.8"]


@needs("mksquashfs")
def test_an_entry_of_several_blocks(device: Device) -> None:
    entry = ENTRY.format(exec="AppRun") + "".join(f"# {n} {n * 7919}\n" for n in range(20_000))
    entry = entry.replace("Icon", "X-AppImage-Version=2.7.0\nIcon", 1)[: 250 << 10]
    appimage(device, "/opt/Example.AppImage", entry, "-comp", "gzip", "-b", "4096", link=False)
    (place,) = device.look(appimage="Example*.AppImage")
    assert [copy.version for copy in place.copies] == ["2.7.0"]


@needs("mksquashfs")
def test_images_that_are_broken_anywhere_are_there_without_a_version(device: Device) -> None:
    entry = ENTRY.format(exec="AppRun").replace("Icon", "X-AppImage-Version=2.7.0\nIcon")
    appimage(device, "/opt/Example.AppImage", entry, "-comp", "gzip")
    whole = (device.root / "opt/Example.AppImage").read_bytes()
    broken = [whole[:length] for length in (0, 10, 64, 200, 300, len(whole) // 2)]
    places = range(192, len(whole), 97)
    broken += [whole[:at] + b"\xff" * 16 + whole[at + 16 :] for at in places]
    for image in broken:
        device.write("/opt/Example.AppImage", image)
        (place,) = device.look(appimage="Example*.AppImage")
        (copy,) = place.copies
        assert copy.version in (None, "2.7.0")


def test_a_pattern_that_is_a_path_is_not_followed(device: Device) -> None:
    (place,) = device.look(appimage="../../etc/*")
    assert place.failure is not None and place.failure.code == "unsupported"
