"""The app in several copies, in stores that say different things, and on its way to this device."""

from pathlib import Path

from tests.lab.lab import World
from tests.lab.situation import fault, healthy
from tests.lab.web import Page, json_page

STORE = "store.app.test"
LATEST = "version: {version}\nfiles: []\npath: Example-{version}.AppImage\n"


def copy_at_home(world: World, version: str) -> Path:
    """The user's home, with an AppImage beside the package that all users have."""
    home = world.device.directory / "home"
    file = home / "Applications" / f"Example-{version}-x86_64.AppImage"
    file.parent.mkdir(parents=True)
    file.touch()
    world.device.environment["HOME"] = str(home)
    world.profile["install"]["linux"] |= {"appimage": "Example*", "desktop": "example.desktop"}
    return file


def menu_starts(world: World, program: str) -> None:
    entry = world.device.directory / "home/.local/share/applications/example.desktop"
    entry.parent.mkdir(parents=True)
    text = f"[Desktop Entry]\nType=Application\nName=Example\nExec={program} %U\n"
    entry.write_text(text, encoding="utf-8")


def handed_out_to(world: World, percent: int) -> None:
    world.profile["store"] = {"electron": {"url": f"https://{STORE}/latest-linux.yml"}}
    text = LATEST.format(version="3.0.0") + f"stagingPercentage: {percent}\n"
    world.web[STORE].https = {"/latest-linux.yml": Page(body=text)}


@fault(expect="app.outdated", severity="warning", where="device")
def the_menu_starts_the_older_of_two_copies(world: World) -> None:
    copy_at_home(world, "3.0.0")
    menu_starts(world, "/usr/bin/example")
    world.web[STORE].https["/version.json"] = json_page({"version": "3.0.0"})


@healthy()
def the_menu_starts_the_newer_of_two_copies(world: World) -> None:
    menu_starts(world, str(copy_at_home(world, "3.0.0")))
    world.web[STORE].https["/version.json"] = json_page({"version": "3.0.0"})


@fault(expect="app.outdated", severity="info", never=["store.unavailable"], args=())
def nobody_knows_which_of_two_copies_starts(world: World) -> None:
    copy_at_home(world, "3.0.0")
    world.web[STORE].https["/version.json"] = json_page({"version": "3.0.0"})


@fault(expect="app.outdated", severity="info", never=["store.unavailable"], args=())
def an_update_that_is_handed_out_step_by_step(world: World) -> None:
    handed_out_to(world, 10)


@fault(expect="app.outdated", severity="warning", where="device")
def an_update_that_everybody_has_been_handed(world: World) -> None:
    handed_out_to(world, 100)


@fault(expect="app.outdated", severity="warning", where="device")
def one_store_has_fallen_behind(world: World) -> None:
    handed_out_to(world, 100)
    world.profile["store"]["json"] = {"url": f"https://{STORE}/version.json", "pointer": "/version"}
    world.web[STORE].https["/version.json"] = json_page({"version": "2.4.0"})


@fault(expect="account.credentials", where="account")
def no_login_while_an_update_is_handed_out(world: World) -> None:
    """It has not reached this device yet, so it is not what keeps its user out."""
    handed_out_to(world, 10)
