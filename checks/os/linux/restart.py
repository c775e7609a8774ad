"""Whether Linux waits for a restart: a mark, a newer kernel, or programs with replaced parts."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from checks.os.linux.loaded import outdated
from checks.os.linux.quiet import exists, names, text
from diag.host import Host
from diag.model import FreeText, Public

MARKS = ("/run/reboot-required", "/var/run/reboot-required")
"""Left by Debian's and Ubuntu's packages that need a restart; beside it which ones, in `.pkgs`."""
RUNNING = "/proc/sys/kernel/osrelease"
BOOT = "/boot"
IMAGE = "vmlinuz-"
MODULES = ("/usr/lib/modules", "/lib/modules")
MODULES_INDEX = "modules.dep"
IN_CONTAINER = ("/.dockerenv", "/run/.containerenv", "/run/systemd/container")
PACKAGES_SHOWN = 10


RestartSign = Literal["updates", "components", "installer", "features", "rename", "domain"]
"""What Windows waits to finish: updates; parts of itself; a hotfix of old; server roles; its new
name; joining a domain. The gravest first."""


class Restart(Struct, frozen=True, kw_only=True):
    """pending: None if it cannot be told (a container, WSL, a kernel that is not installed here).

    because: the mark, a kernel that is newer than the one that runs, an image that was put in
    place, libraries that `programs` have loaded and an update has replaced, or Windows' signs.
    """

    pending: bool | None
    because: Literal["mark", "kernel", "image", "libraries", "windows"] | None = None
    signs: tuple[RestartSign, ...] = ()
    packages: tuple[Public, ...] = ()
    programs: tuple[FreeText, ...] = ()
    running: Public = ""
    newest: Public = ""


def restart(host: Host) -> Restart:
    """Never raises: what cannot be read is not known."""
    for mark in MARKS:
        if exists(host, mark):
            return Restart(pending=True, because="mark", packages=_packages(host, f"{mark}.pkgs"))
    kernel = _kernel(host)
    programs = () if kernel.pending else outdated(host)
    if programs:
        return Restart(pending=True, because="libraries", programs=programs, running=kernel.running)
    return kernel


def _kernel(host: Host) -> Restart:
    running = text(host, RUNNING).strip()
    if "microsoft" in running.lower() or any(exists(host, path) for path in IN_CONTAINER):
        return Restart(pending=None, running=running)
    found = _kernels(host) or _with_modules(host)
    installed = [kernel for kernel in found if flavour(kernel) == flavour(running)]
    if not running or not installed:
        return Restart(pending=None, running=running)
    newest = max(installed, key=release_order)
    newer = release_order(newest) > release_order(running)
    return Restart(
        # Some distributions remove the running kernel's files when they bring a newer one.
        pending=newer,
        because="kernel" if newer else None,
        running=running,
        newest=newest,
    )


def flavour(kernel: str) -> tuple[str, ...]:
    """The words of a kernel's release: those of one flavour differ in their numbers alone."""
    return tuple(re.findall(r"[a-z]+", kernel.lower()))


def release_order(kernel: str) -> tuple[int, ...]:
    """The numbers of a kernel's release, to compare two of one flavour."""
    return tuple(int(number) for number in re.findall(r"[0-9]{1,9}", kernel))


def _kernels(host: Host) -> set[str]:
    """Kernels that the device could start: with an image in /boot or beside their modules."""
    found = {name.removeprefix(IMAGE) for name in names(host, BOOT) if name.startswith(IMAGE)}
    for directory in MODULES:
        found |= {
            name for name in names(host, directory) if exists(host, f"{directory}/{name}/vmlinuz")
        }
    return {name for name in found if name[:1].isdigit()}


def _with_modules(host: Host) -> set[str]:
    """For distributions whose images bear no numbers (Alpine: /boot/vmlinuz-lts)."""
    return {
        name
        for directory in MODULES
        for name in names(host, directory)
        if name[:1].isdigit() and exists(host, f"{directory}/{name}/{MODULES_INDEX}")
    }


def _packages(host: Host, path: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text(host, path).split()))[:PACKAGES_SHOWN]
