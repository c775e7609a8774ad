"""What the stores of the profile offer. Each store has a file with `ask`."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Literal

from msgspec import Struct

from checks.app.stores import (
    app_store,
    chocolatey,
    electron,
    flathub,
    github,
    google_play,
    homebrew_cask,
    json_pointer,
    microsoft_store,
    snapcraft,
    sparkle,
    winget,
)
from checks.app.stores.asking import Device, Line, device_of
from checks.app.stores.normal import OlderVersion, Platform, Seen, StoreAnswer, StoreVersion
from checks.app.stores.reading import NotTold
from diag.app_profile import Source, Store
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed, Failure

__all__ = [
    "OlderVersion",
    "Platform",
    "Seen",
    "StoreAnswer",
    "StoreVersion",
    "ask_all",
    "configured",
]

On = Literal["windows", "macos", "linux", "other", "phone"]


class Kind(Struct, frozen=True):
    """A store: the file that asks it, and where its answer matters."""

    file: ModuleType
    on: frozenset[On]


PCS: tuple[On, ...] = ("windows", "macos", "linux", "other")


def _kind(file: ModuleType, *on: On) -> Kind:
    return Kind(file, frozenset(on))


STORES = {
    "app_store": _kind(app_store, "macos", "phone"),
    "google_play": _kind(google_play, "phone"),
    "microsoft_store": _kind(microsoft_store, "windows"),
    "homebrew_cask": _kind(homebrew_cask, "macos"),
    "flathub": _kind(flathub, "linux"),
    "snapcraft": _kind(snapcraft, "linux"),
    "winget": _kind(winget, "windows"),
    "chocolatey": _kind(chocolatey, "windows"),
    "sparkle": _kind(sparkle, "macos", "windows", "linux"),
    "electron": _kind(electron, "macos", "windows", "linux"),
    "github": _kind(github, *PCS),
    "json": _kind(json_pointer, *PCS),
}
"""By the profile's keys, in their order."""


def configured(store: Store) -> dict[str, Source]:
    """The sections that the profile has."""
    sections = {name: getattr(store, name) for name in STORES}
    return {name: section for name, section in sections.items() if section is not None}


def matters(source: str, device: Device) -> bool:
    """Whether this store's answer says anything about this PC, or about the phone in question."""
    on = STORES[source].on
    return device.family in on or (device.phone and "phone" in on)


def ask_all(host: Host, ctx: Context, deadline: Deadline) -> tuple[StoreAnswer, ...]:
    """Every store that matters here, asked at the same time; one that is late is a Failure."""
    from diag.net.gather import gather

    device = device_of(host, ctx)
    probes = {
        source: partial(_ask, source, section, device, Line(host, ctx, deadline))
        for source, section in configured(ctx.profile.store).items()
        if matters(source, device)
    }
    answers = gather(probes, deadline)
    late = Failure(code="timeout", operation="ask the store")
    return tuple(answers.get(name) or StoreAnswer(source=name, failure=late) for name in probes)


def _ask(source: str, section: Source, device: Device, line: Line) -> StoreAnswer:
    try:
        answer = STORES[source].file.ask(line, section, device)
    except NotTold as error:
        return StoreAnswer(source=source, failure=error.failure, seen=error.seen, age_s=line.age_s)
    except Failed as error:
        return StoreAnswer(source=source, failure=error.failure)
    except Exception as error:  # one store's fault must not silence the others
        failure = Failure(code="crash", operation=source, detail=type(error).__name__)
        return StoreAnswer(source=source, failure=failure)
    if isinstance(answer, StoreVersion):
        return StoreAnswer(source=source, found=answer, age_s=line.age_s)
    return StoreAnswer(source=source, seen=answer, age_s=line.age_s)
