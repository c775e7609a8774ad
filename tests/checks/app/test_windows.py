"""The list of installed programs of Windows, its packages, and the version in a program's file."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import pytest

from checks.app.installed import InstalledCopy, Looked, look
from checks.app.installed.msix import PACKAGES
from checks.app.installed.origin import CHOCOLATEY, with_origin
from checks.app.installed.pe import file_version
from checks.app.installed.uninstall import APP_PATHS, KEYS, is_named, plain
from checks.app.os_version import CURRENT_VERSION, os_version
from diag.app_profile import Chocolatey, Install, Store, WindowsInstall
from diag.deadline import Deadline
from diag.host import FileStat, RegistryKey, real_host
from diag.host.base import RegistryValue
from diag.model import Failed
from tests.checks.app.device import Device, needs
from tests.support import NOW, PaperHost, replay

Registry = dict[str, RegistryKey | Failed | None]
USERS, MACHINES, MACHINES_32 = KEYS

# Exports of the registry that people have published.
# WinDirStat 1.1.2 writes no DisplayVersion: README of a recipe to deploy it, headed "WinDirStat -
# Disk usage viewer and cleanup tool", which also tells of 2.0.3.832 beside it.
WINDIRSTAT: dict[str, RegistryValue] = {
    "UninstallString": r"C:\Program Files (x86)\WinDirStat\Uninstall.exe",
    "InstallLocation": r"C:\Program Files (x86)\WinDirStat",
    "DisplayName": "WinDirStat 1.1.2",
    "DisplayIcon": r"C:\Program Files (x86)\WinDirStat\windirstat.exe,0",
    "dwVersionMajor": 1,
    "dwVersionMinor": 1,
    "dwVersionRev": 2,
    "dwVersionBuild": 79,
    "URLInfoAbout": "http://windirstat.info/",
    "NoModify": 1,
    "NoRepair": 1,
}
# Thunderbird of 32 bits: a script of LogicDaemon that removes it, as a comment.
THUNDERBIRD_KEY = rf"{MACHINES_32}\Mozilla Thunderbird 38.5.1 (x86 ru)"
THUNDERBIRD: dict[str, RegistryValue] = {
    "Comments": "Mozilla Thunderbird 38.5.1 (x86 ru)",
    "DisplayIcon": r"C:\Program Files (x86)\Mozilla Thunderbird\thunderbird.exe,0",
    "DisplayName": "Mozilla Thunderbird 38.5.1 (x86 ru)",
    "DisplayVersion": "38.5.1",
    "InstallLocation": r"C:\Program Files (x86)\Mozilla Thunderbird",
    "Publisher": "Mozilla",
    "UninstallString": r"C:\Program Files (x86)\Mozilla Thunderbird\uninstall\helper.exe",
    "URLInfoAbout": "http://www.mozilla.org/ru/",
    "NoModify": 1,
    "NoRepair": 1,
    "EstimatedSize": 0x14380,
}
# Full names of packages on a Windows 10: documentation of the Rust crate `appx` (MaulingMonkey).
FULL_NAMES = (
    "NcsiUwpApp_1000.19041.423.0_neutral_neutral_8wekyb3d8bbwe",
    "CanonicalGroupLimited.UbuntuonWindows_2004.2020.812.0_x64__79rhkp1fndgsc",
    "CanonicalGroupLimited.Ubuntu18.04onWindows_1804.2020.824.0_x64__79rhkp1fndgsc",
    "CanonicalGroupLimited.Ubuntu20.04onWindows_2004.2020.812.0_x64__79rhkp1fndgsc",
    "CanonicalGroupLimited.Ubuntu20.04onWindows_2004.2020.812.0_neutral_split.scale-100_79rhkp1fndgsc",
)


def entries(found: Mapping[str, Mapping[str, RegistryValue]]) -> Registry:
    """The three lists of programs with these entries, by the path of their keys."""
    registry: Registry = {path: RegistryKey(values=dict(found[path])) for path in found}
    for key in KEYS:
        names = [path.removeprefix(f"{key}\\") for path in found if path.startswith(f"{key}\\")]
        registry[key] = RegistryKey(subkeys=tuple(names)) if names else None
    return registry


def device(
    registry: Registry,
    files: Mapping[str, bytes | None] | None = None,
    folders: Mapping[str, tuple[str, ...] | None] | None = None,
) -> PaperHost:
    unknown = {f"{hive}\\{APP_PATHS}\\example.exe": None for hive in ("HKCU", "HKLM")}
    every: Registry = {**unknown, **registry}
    return replay(
        "windows",
        registry=every,
        files=files,
        dirs=folders,
        env={"ProgramFiles": r"C:\Program Files"},
    )


def looked(host: PaperHost, name: str | None = None, msix: str | None = None) -> tuple[Looked, ...]:
    install = Install(windows=WindowsInstall(uninstall_name=name, msix=msix))
    return look(host, install, Deadline.after(5))


def one_entry(**values: RegistryValue) -> Registry:
    return entries({rf"{MACHINES}\Example": {"DisplayName": "Example", **values}})


def copies(
    registry: Registry, files: Mapping[str, bytes | None] | None = None
) -> list[InstalledCopy]:
    (place,) = looked(device(registry, files), "Example")
    assert place.failure is None
    return list(place.copies)


# --- programs -----------------------------------------------------------------------------------


def test_a_program_of_32_bits_on_a_system_of_64() -> None:
    host = device(entries({THUNDERBIRD_KEY: THUNDERBIRD, rf"{USERS}\WinDirStat": WINDIRSTAT}))
    assert looked(host, "Mozilla Thunderbird") == (
        Looked(
            source="uninstall",
            copies=(
                InstalledCopy(
                    version="38.5.1",
                    maker_version="38.5.1",
                    path=r"C:\Program Files (x86)\Mozilla Thunderbird\thunderbird.exe",
                ),
            ),
        ),
    )


@needs("x86_64-w64-mingw32-windres", "x86_64-w64-mingw32-as", "x86_64-w64-mingw32-ld")
def test_without_a_version_the_programs_own_file_tells(program: bytes) -> None:
    icon = r"C:\Program Files (x86)\WinDirStat\windirstat.exe"
    host = device(entries({rf"{USERS}\WinDirStat": WINDIRSTAT}), {icon: program})
    (place,) = looked(host, "WinDirStat")
    (copy,) = place.copies
    assert (copy.version, copy.path) == ("2.3.1.450", icon)


@needs("x86_64-w64-mingw32-windres")
@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("crashpad.exe", "Example App.exe", "unins000.exe"), "Example App.exe"),
        (("start.exe", "unins000.exe", "readme.txt"), "start.exe"),
        (("one.exe", "two.exe"), None),
        ((), None),
        (None, None),
    ],
)
def test_the_program_in_the_apps_folder(
    program: bytes, names: tuple[str, ...] | None, found: str | None
) -> None:
    """Where neither version nor icon tells."""
    folder = r"C:\Apps\Example"
    registry = entries(
        {rf"{USERS}\x": {"DisplayName": "Example App", "InstallLocation": folder + "\\"}}
    )
    host = device(registry, {rf"{folder}\{found}": program}, {folder + "\\": names})
    (place,) = looked(host, "Example App")
    (copy,) = place.copies
    assert copy.version == ("2.3.1.450" if found else None)
    assert copy.path == (rf"{folder}\{found}" if found else folder + "\\")


@pytest.mark.parametrize(
    "file", [b"", b"MZ", b"\x7fELF" + bytes(5000), b"MZ" + bytes(58) + b"\xff" * 4000, None]
)
def test_a_program_without_any_version(file: bytes | None) -> None:
    icon = r"C:\Program Files (x86)\WinDirStat\windirstat.exe"
    (place,) = looked(device(entries({rf"{USERS}\W": WINDIRSTAT}), {icon: file}), "WinDirStat")
    assert [copy.version for copy in place.copies] == [None]


@pytest.mark.parametrize("wrong", [2, b"2.3", ("2", "3"), "", " \x00 ", 0])
def test_versions_of_the_wrong_type_are_none(wrong: RegistryValue) -> None:
    (copy,) = copies(one_entry(DisplayVersion=wrong))
    assert copy.version is None


@pytest.mark.parametrize(
    "values",
    [
        {"DisplayName": 7},
        {"DisplayName": ("Example",)},
        {"DisplayName": ""},
        {"ParentKeyName": "OperatingSystem"},
        {"ReleaseType": "Security Update"},
        {"ReleaseType": "Hotfix"},
    ],
)
def test_what_is_no_program(values: dict[str, RegistryValue]) -> None:
    assert copies(one_entry(**values)) == []


def test_entries_that_go_or_may_not_be_read() -> None:
    registry = entries({rf"{MACHINES}\Example": {"DisplayName": "Example"}})
    for gone in (None, Failed("denied", "read the registry")):
        assert copies({**registry, rf"{MACHINES}\Example": gone}) == []


def test_no_list_may_be_read() -> None:
    denied = Failed("denied", "read the registry")
    (place,) = looked(device(dict.fromkeys(KEYS, denied)), "Example")
    assert place.failure is not None and place.failure.code == "denied"
    (place,) = looked(device(dict.fromkeys(KEYS)), "Example")
    assert (place.copies, place.failure) == ((), None)


def test_the_inner_package_counts_only_where_nothing_is_shown() -> None:
    hidden: dict[str, RegistryValue] = {
        "DisplayName": "Example",
        "DisplayVersion": "2.3.0.1",
        "SystemComponent": 1,
    }
    shown: dict[str, RegistryValue] = {"DisplayName": "Example", "DisplayVersion": "2.3"}
    both = entries({rf"{MACHINES}\{{GUID}}": hidden, rf"{MACHINES}\Example": shown})
    assert [copy.version for copy in copies(both)] == ["2.3"]
    only = entries({rf"{MACHINES}\{{GUID}}": hidden})
    assert [copy.version for copy in copies(only)] == ["2.3.0.1"]


def test_of_two_the_one_that_is_registered_starts() -> None:
    """The user's own and that of all users; `App Paths` of the user is asked first."""
    mine = r"C:\Users\taro\AppData\Local\Programs\Example\example.exe"
    every = r"C:\Program Files\Example\example.exe"
    registry = entries(
        {
            rf"{USERS}\Example": {
                "DisplayName": "Example (User)",
                "DisplayVersion": "2.1",
                "DisplayIcon": mine,
            },
            rf"{MACHINES}\Example": {
                "DisplayName": "Example",
                "DisplayVersion": "2.4",
                "DisplayIcon": rf'"{every}",0',
            },
        }
    )
    assert [copy.starts for copy in copies(registry)] == [None, None]
    paths: Registry = {rf"HKLM\{APP_PATHS}\example.exe": RegistryKey(values={"": every.upper()})}
    assert [copy.starts for copy in copies({**registry, **paths})] == [False, True]
    paths[rf"HKCU\{APP_PATHS}\example.exe"] = RegistryKey(values={"": f'"{mine}"'})
    assert [copy.starts for copy in copies({**registry, **paths})] == [True, False]


@pytest.mark.parametrize(
    ("icon", "path"),
    [
        (r"C:\Apps\Example\example.exe", r"C:\Apps\Example\example.exe"),
        (r'"C:\Apps\Example\example.exe",-103', r"C:\Apps\Example\example.exe"),
        (r"%ProgramFiles%\Example\example.exe,0", r"C:\Program Files\Example\example.exe"),
        (r"C:\Apps\Example\unins000.exe", r"C:\Apps\Example"),
        (r"C:\Apps\Example\app.ico", r"C:\Apps\Example"),
        (r"\\server\share\example.exe", r"C:\Apps\Example"),
        (r"\\?\UNC\server\share\example.exe", r"C:\Apps\Example"),
        (r"%UNKNOWN%\example.exe", r"C:\Apps\Example"),
        ("example.exe", r"C:\Apps\Example"),
        (5, r"C:\Apps\Example"),
    ],
)
def test_only_programs_on_this_devices_drives_are_opened(icon: RegistryValue, path: str) -> None:
    """To open one on the network would send the user's name and password's hash there."""
    registry = one_entry(DisplayIcon=icon, DisplayVersion="2.3", InstallLocation=r"C:\Apps\Example")
    assert [copy.path for copy in copies(registry)] == [path]


@pytest.mark.parametrize(
    "shown",
    [
        "Example",
        "EXAMPLE ",
        "Example 2.3.1",
        "Example version 2.3",
        "Example (64-bit x64)",
        "Example 24.09 (x64)",
        "Example 38.5.1 (x86 ru)",
        "Example (x64 ja)",
        "Example (User)",
        "Example - 2.3 x64",
        "Ｅｘａｍｐｌｅ",
    ],
)
def test_names_of_the_app(shown: str) -> None:
    assert is_named(shown, plain("Example"))


@pytest.mark.parametrize(
    "shown",
    [
        "Example Updater",
        "Example Beta",
        "Example (Preview)",
        "Example Dev 2.3",
        "Examples",
        "My Example",
        "Example 2",
        "Example Helper (x64)",
        "",
    ],
)
def test_names_of_other_apps(shown: str) -> None:
    assert not is_named(shown, plain("Example"))
    assert not is_named(shown, "")


def test_what_chocolatey_installed() -> None:
    place = Looked(source="uninstall", copies=(InstalledCopy(version="2.3"),))
    store = Store(chocolatey=Chocolatey(id="example"))
    there = FileStat(size=0, modified=NOW, is_dir=True, owner=0, mode=0o755)
    for status, channel in ((there, "chocolatey"), (None, None)):
        host = replay("windows", stats={rf"{CHOCOLATEY}\example": status})
        (marked,) = with_origin(host, [place], store)
        assert marked.copies[0].channel == channel
    hostile = Store(chocolatey=Chocolatey(id="../../x"))
    assert with_origin(replay("windows"), [place], hostile) == (place,)


# --- packages -----------------------------------------------------------------------------------


def packages(*names: str, **values: RegistryValue) -> Registry:
    keys: Registry = {f"{PACKAGES}\\{name}": RegistryKey(values=dict(values)) for name in names}
    return {PACKAGES: RegistryKey(subkeys=names), **keys}


def test_a_package_and_not_its_parts() -> None:
    host = device(packages(*FULL_NAMES, PackageRootFolder=r"C:\Program Files\WindowsApps\x"))
    (place,) = looked(host, msix="CanonicalGroupLimited.Ubuntu20.04onWindows")
    (copy,) = place.copies
    assert (copy.version, copy.channel) == ("2004.2020.812.0", "microsoft_store")
    assert copy.path == r"C:\Program Files\WindowsApps\x"
    (place,) = looked(host, msix="ncsiuwpapp_8wekyb3d8bbwe")
    assert [copy.version for copy in place.copies] == ["1000.19041.423.0"]
    (place,) = looked(host, msix="CanonicalGroupLimited.Ubuntu")
    assert (place.copies, place.failure) == ((), None)


def test_names_of_packages_that_are_none() -> None:
    broken = (
        "Vendor.Example",
        "Vendor.Example_1.2_x64__",
        "Vendor.Example_1.2.3.x_x64__79rhkp1fndgsc",
    )
    (place,) = looked(device(packages(*broken)), msix="Vendor.Example")
    assert place.copies == ()


def test_packages_that_cannot_be_listed() -> None:
    (place,) = looked(device({PACKAGES: None}), msix="Vendor.Example")
    assert (place.copies, place.failure) == ((), None)
    (place,) = looked(device({PACKAGES: Failed("denied", "x")}), msix="Vendor.Example")
    assert place.failure is not None and place.failure.code == "denied"


def test_a_package_whose_key_has_gone_or_holds_the_wrong_types() -> None:
    name = "Vendor.Example_1.2.3.0_x64__79rhkp1fndgsc"
    for registry in (
        {**packages(name), f"{PACKAGES}\\{name}": None},
        packages(name, PackageRootFolder=5),
    ):
        (place,) = looked(device(registry), msix="Vendor.Example")
        assert [(copy.version, copy.path) for copy in place.copies] == [("1.2.3.0", None)]


# --- the version of a program -------------------------------------------------------------------

RESOURCES = """\
1 VERSIONINFO
FILEVERSION {file}
PRODUCTVERSION {product}
BEGIN
 BLOCK "StringFileInfo"
 BEGIN
  BLOCK "040904b0"
  BEGIN
   VALUE "FileVersion", "2.3.1 beta"
  END
 END
END
"""


def build(directory: Path, file: str = "2,3,1,450", product: str = "2,3,0,0") -> Path:
    """A program that does nothing, made by GNU's tools for Windows."""
    tools = Device(directory)
    tools.write("/v.rc", RESOURCES.format(file=file, product=product))
    tools.write("/s.s", ".globl _start\n_start: ret\n")
    prefix = "x86_64-w64-mingw32"
    tools.do(f"{prefix}-windres", "--preprocessor=/bin/cat", "v.rc", "-O", "coff", "-o", "v.o")
    tools.do(f"{prefix}-as", "-o", "s.o", "s.s")
    tools.do(f"{prefix}-ld", "-e", "_start", "s.o", "v.o", "-o", "example.exe")
    return directory / "example.exe"


@pytest.fixture
def program(tmp_path: Path) -> bytes:
    return build(tmp_path).read_bytes()


@needs("x86_64-w64-mingw32-windres")
@pytest.mark.parametrize(
    ("file", "product", "version"),
    [
        ("2,3,1,450", "2,3,0,0", "2.3.1.450"),
        ("0,0,0,0", "7,1,0,0", "7.1.0.0"),
        ("0,0,0,0", "0,0,0,0", None),
        ("65535,1,2,3", "0,0,0,0", "65535.1.2.3"),
    ],
)
def test_versions_of_programs(tmp_path: Path, file: str, product: str, version: str | None) -> None:
    path = build(tmp_path, file, product)
    assert file_version(real_host(), str(path)) == version


@needs("x86_64-w64-mingw32-windres")
def test_a_program_that_is_broken_anywhere(tmp_path: Path, program: bytes) -> None:
    path = tmp_path / "broken.exe"
    cut = [program[:length] for length in range(0, len(program), 61)]
    spoilt = [program[:at] + b"\xff" * 8 + program[at + 8 :] for at in range(0, len(program), 13)]
    for data in cut + spoilt:
        path.write_bytes(data)
        try:
            version = file_version(real_host(), str(path))
        except Failed as error:
            assert error.failure.code == "unparsable"
        else:
            assert version is None or version.count(".") == 3


def test_a_tree_that_leads_back_to_itself(tmp_path: Path) -> None:
    head = bytearray(512)
    head[:2], head[0x3C:0x40] = b"MZ", struct.pack("<I", 64)
    head[64:68] = b"PE\0\0"
    head[70:72], head[84:86] = struct.pack("<H", 1), struct.pack("<H", 0)
    head[88:96] = b".rsrc\0\0\0"
    head[96:112] = struct.pack("<IIII", 64, 0x1000, 64, 256)
    loop = bytes(12) + struct.pack("<HH", 0, 1) + struct.pack("<II", 16, 0x80000000)
    path = tmp_path / "loop.exe"
    path.write_bytes(bytes(head[:256]) + loop + bytes(64))
    assert file_version(real_host(), str(path)) is None


# --- the system ---------------------------------------------------------------------------------


def test_the_version_of_windows() -> None:
    """Values of a Windows 11 23H2, as learn.microsoft.com and many exports have them."""
    values: dict[str, RegistryValue] = {
        "CurrentMajorVersionNumber": 10,
        "CurrentMinorVersionNumber": 0,
        "CurrentBuildNumber": "22631",
        "UBR": 4317,
        "CurrentVersion": "6.3",
    }
    host = replay("windows", registry={CURRENT_VERSION: values})
    assert os_version(host) == "10.0.22631.4317"
    values["CurrentBuildNumber"] = 22631
    assert os_version(replay("windows", registry={CURRENT_VERSION: values})) is None
    assert os_version(replay("windows", registry={CURRENT_VERSION: None})) is None
