"""Systems that are updated as a whole image: rpm-ostree (Silverblue, CoreOS) and bootc.

The update is put beside what runs and taken up at the next start, so what is downloaded waits for
a restart rather than for an installation. Only what the system has found out before is read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from checks.os.linux.quiet import exists, text
from checks.os.linux.restart import Restart
from checks.os.linux.rpm import instant
from checks.os.patch import Automatic, Patches
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

BOOTED = "/run/ostree-booted"
POLICY = "/etc/rpm-ostreed.conf"
SECURITY_ADVISORY = 1
"""DnfAdvisoryKind of libdnf, as rpm-ostree hands it on."""
POLICIES: dict[str, Automatic] = {
    "none": "off", "off": "off", "check": "off", "stage": "all", "apply": "all",
}  # fmt: skip


class Image(Struct, frozen=True, kw_only=True):
    """What such a system says of itself. `restart`: whether an image waits to be started."""

    patches: Patches
    restart: Restart


class CachedUpdate(Struct, frozen=True, rename="kebab"):
    checksum: str = ""
    version: str = ""
    timestamp: int = 0
    rpm_diff: dict[str, list[Any]] | None = None
    """Packages `upgraded`, `downgraded`, `added` and `removed`."""
    advisories: list[list[Any]] = []
    """Each: id, kind, severity, packages, more."""


class Deployment(Struct, frozen=True, rename="kebab"):
    booted: bool = False
    staged: bool = False
    checksum: str = ""
    base_checksum: str = ""
    pending_base_checksum: str = ""
    pending_base_timestamp: int = 0
    version: str | None = ""
    timestamp: int = 0
    base_timestamp: int = 0

    @property
    def base(self) -> str:
        """The image as its maker published it, below packages that were added here."""
        return self.base_checksum or self.checksum

    @property
    def published(self) -> int:
        return self.base_timestamp or self.timestamp


class OstreeStatus(Struct, frozen=True, rename="kebab"):
    """`rpm-ostree status --json`; the first deployment is the one that starts next."""

    deployments: list[Deployment] = []
    cached_update: CachedUpdate | None = None


class BootcImage(Struct, frozen=True, rename="camel"):
    version: str | None = None
    timestamp: Annotated[datetime, Meta(tz=True)] | None = None
    image_digest: str = ""


class BootcEntry(Struct, frozen=True, rename="camel"):
    image: BootcImage | None = None
    cached_update: BootcImage | None = None


class BootcState(Struct, frozen=True, rename="camel"):
    staged: BootcEntry | None = None
    booted: BootcEntry | None = None


class BootcHost(Struct, frozen=True, rename="camel"):
    """`bootc status --json`, of every version of its form so far."""

    status: BootcState


def booted(host: Host) -> bool:
    """Whether this system runs from such an image (ostree-prepare-root(1))."""
    return exists(host, BOOTED)


def look(host: Host, deadline: Deadline) -> Image:
    """Raises Failed as the host does, or unparsable. rpm-ostree answers everybody, bootc root."""
    if host.which("rpm-ostree"):
        try:
            return parse_ostree(_run(host, deadline, "rpm-ostree"), _policy(host))
        except Failed:
            # Where the image's own software was changed by bootc only, rpm-ostree may give up.
            if not host.which("bootc"):
                raise
    return parse_bootc(_run(host, deadline, "bootc"))


def _run(host: Host, deadline: Deadline, tool: str) -> bytes:
    answer = host.run(tool, "status", "--json", timeout_s=deadline.remaining())
    if answer.returncode != 0:
        said = answer.stderr.decode("utf-8", "replace")
        raise Failed("unparsable" if host.is_root() else "needs_admin", f"{tool} status", said)
    return answer.stdout


def parse_ostree(output: bytes, automatic: Automatic | None = None) -> Image:
    try:
        status = msgspec.json.decode(output, type=OstreeStatus)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Failed("unparsable", "rpm-ostree status", str(error)) from None
    running = next((each for each in status.deployments if each.booted), None)
    if running is None:
        raise Failed("unparsable", "rpm-ostree status", "nothing is booted")
    following = status.deployments[0]
    update = status.cached_update
    bases = {running.base, following.base}
    security: int | None
    if update is not None and update.checksum not in bases:
        count = sum(map(len, (update.rpm_diff or {}).values())) or 1
        security = sum(each[1:2] == [SECURITY_ADVISORY] for each in update.advisories)
    else:
        count = int(following.pending_base_checksum not in {"", *bases})
        security = None if update is None else 0
    known = max(
        following.published,
        running.published,
        following.pending_base_timestamp,
        update.timestamp if update else 0,
    )
    patches = Patches(
        manager="rpm-ostree",
        pending=count,
        security=security,
        listed=instant(known),
        automatic=automatic,
    )
    waits = following is not running
    return Image(patches=patches, restart=_restart(waits, running.version, following.version))


def parse_bootc(output: bytes) -> Image:
    try:
        state = msgspec.json.decode(output, type=BootcHost).status
    except (msgspec.MsgspecError, ValueError) as error:
        raise Failed("unparsable", "bootc status", str(error)) from None
    running = state.booted.image if state.booted else None
    if state.booted is None or running is None:
        raise Failed("unparsable", "bootc status", "nothing is booted")
    staged = state.staged.image if state.staged else None
    newest = state.staged if state.staged and state.staged.cached_update else state.booted
    update = newest.cached_update
    here = {image.image_digest for image in (running, staged) if image}
    waiting = update is not None and update.image_digest not in here
    known = [image.timestamp for image in (running, staged, update) if image and image.timestamp]
    return Image(
        patches=Patches(
            manager="bootc",
            pending=int(waiting),
            security=None,
            listed=max(known, default=None),
        ),
        restart=_restart(staged is not None, running.version, staged.version if staged else ""),
    )


def _restart(waits: bool, running: str | None, following: str | None) -> Restart:
    if not waits:
        return Restart(pending=False)
    return Restart(pending=True, because="image", running=running or "", newest=following or "")


def _policy(host: Host) -> Automatic | None:
    """rpm-ostreed.conf(5): AutomaticUpdatePolicy; none unless set."""
    for line in text(host, POLICY).splitlines():
        name, _, value = line.strip().partition("=")
        if name.strip() == "AutomaticUpdatePolicy":
            return POLICIES.get(value.strip().lower())
    return "off"
