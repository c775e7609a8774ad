"""What `diag networks` does."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Literal

import click
import msgspec
from msgspec import Struct

from diag import networks, registry
from diag.app_profile import App, AppProfile
from diag.cli.exit_codes import ExitCode
from diag.cli.words import Words, catalog_of_here, chosen_language, complain, not_written
from diag.cli.wrong import Wrong
from diag.deadline import Deadline
from diag.files import NotWritten
from diag.host.real import real_host
from diag.memory import FileMemory
from diag.memory import default_path as memory_path
from diag.model import (
    NETWORK_MEMORY,
    NETWORK_SALT,
    Answers,
    Args,
    Facts,
    KnownNetwork,
    Network,
    Os,
    PathInfo,
    View,
    network_key,
)
from diag.observe import observe
from diag.render.safe import safe

LOOK_S = 8.0


class Present(Struct, frozen=True):
    """The network that this device is on, and whose it is by its signs, in words."""

    network: Network
    kind: str
    confidence: str
    reasons: tuple[str, ...]


def shown(keep_private: bool, lang: str | None) -> int:
    """The name is private: off the terminal a token stands in for it."""
    say = Words("networks", lang)
    present = _present(lang)
    if present is None:
        click.echo(say("not_on_one"), err=True)
        return ExitCode.COULD_NOT_TELL
    named = keep_private or sys.stdout.isatty()
    name = present.network.ssid if named or not present.network.ssid else "ssid-1"
    args: Args = {
        "name": safe(name) if name else say("nameless"),
        "network": present.kind,
        "confidence": present.confidence,
        "reasons": list(present.reasons) or None,
    }
    told = present.kind != "unknown"
    click.echo(say("shown" if told else "unknown", args))
    if present.reasons:
        click.echo(say("because" if told else "seen", args))
    if present.kind == "public":
        click.echo(say("public"))
    return ExitCode.NO_PROBLEM


def trust(place: Literal["home", "work"], lang: str | None) -> int:
    say = Words("networks", lang)
    present = _present(lang)
    if present is None:
        click.echo(say("not_on_one"), err=True)
        return ExitCode.COULD_NOT_TELL
    if not networks.can_be_known(present.network):
        click.echo(say("anybodys"), err=True)
        return ExitCode.COULD_NOT_TELL
    known = _load()
    added = networks.trusted(present.network, place, datetime.now(UTC))
    code = _save(networks.with_network(known, present.network, added))
    if code == ExitCode.NO_PROBLEM:
        click.echo(say("trusted", _args(added, say)))
        if added.router is None:
            click.echo(say("without_router"))
    return code


def listed(form: str, keep_private: bool, lang: str | None) -> str:
    """Names are private: off the terminal, numbers stand in for them."""
    known = _load()
    named = keep_private or (form == "text" and sys.stdout.isatty())
    if form == "json":
        rows = [
            {
                "number": number,
                "ssid": each.ssid if named or each.ssid is None else f"ssid-{number}",
                "security": each.security,
                "place": each.place,
                "router": each.router is not None,
                "added": each.added,
            }
            for number, each in enumerate(known, 1)
        ]
        return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode()
    say = Words("networks", lang)
    if not known:
        return say("none")
    return "\n".join(
        say("line", {"number": number, **_args(each, say, None if named else number)})
        for number, each in enumerate(known, 1)
    )


def forget(network: str | None, everything: bool, lang: str | None) -> int:
    say = Words("networks", lang)
    known = _load()
    if everything and network is not None:
        raise Wrong("network_or_all")
    memory = FileMemory(memory_path())
    if everything:
        memory.forget(NETWORK_SALT)
        gone, met = known, memory.forget(NETWORK_MEMORY)
    elif network is not None:
        gone = _named(known, network)
        names = {network} if not gone else {each.ssid for each in gone}
        met = _forget_met(memory, *(Network(ssid=each, security="") for each in names))
        if not gone and not met:
            raise Wrong("no_network", network=network)
    else:
        present = _present(lang)
        if present is None:
            click.echo(say("not_on_one"), err=True)
            return ExitCode.COULD_NOT_TELL
        gone = tuple(
            each
            for each in known
            if each.same_name(present.network) and each.same_router(present.network) is not False
        )
        met = _forget_met(memory, present.network)
    if not gone and not met:
        click.echo(say("nothing_to_forget"))
        return ExitCode.NO_PROBLEM
    code = _save(tuple(each for each in known if each not in gone)) if gone else ExitCode.NO_PROBLEM
    if code == ExitCode.NO_PROBLEM:
        memory.save()
        for each in gone:
            click.echo(say("forgotten", _args(each, say)))
        if met:
            click.echo(say("met_forgotten"))
    return code


def _forget_met(memory: FileMemory, *networks: Network) -> bool:
    """What earlier runs kept of these networks; whether there was anything."""
    keys = [network_key(memory, each) for each in networks]
    found = [memory.forget(key) for key in keys if key is not None]
    return any(found)


def _named(known: tuple[KnownNetwork, ...], network: str) -> tuple[KnownNetwork, ...]:
    named = tuple(each for each in known if each.ssid == network)
    if named or not (network.isascii() and network.isdigit()):
        return named
    return known[int(network) - 1 : int(network)] if int(network) else ()


def _present(lang: str | None) -> Present | None:
    """As the check that looks for it tells it."""
    host = real_host()
    profile = AppProfile(app=App(id="networks", name={"en": "networks"}))
    for check in registry.load().checks.values():
        if check.network is None:
            continue
        memory = FileMemory(memory_path())
        seen = observe(host, [check], profile, Answers(), Deadline.after(LOOK_S), memory=memory)
        fact = seen.observations[check.name].fact
        network = check.network(fact) if fact is not None else None
        if network is None:
            continue
        view = View(
            taken_at=host.now(),
            zone=host.zone(),
            os=Os(family=host.family),
            profile=profile,
            answers=Answers(),
            facts=Facts((fact,)),
        )
        infos = [each for each in check.judge(fact, view) if isinstance(each, PathInfo)]
        info = infos[0] if infos else PathInfo()
        catalog = catalog_of_here(chosen_language(lang), (check.texts,))
        return Present(
            network,
            info.network or "unknown",
            info.network_confidence or "possible",
            tuple(catalog.word("network_reason", each) for each in info.network_reasons or ()),
        )
    return None


def _load() -> tuple[KnownNetwork, ...]:
    try:
        return networks.load(networks.default_path())
    except networks.BadStore as error:
        raise Wrong("networks_unreadable", reason=str(error)) from error


def _save(known: tuple[KnownNetwork, ...]) -> int:
    try:
        networks.save(networks.default_path(), known)
    except (NotWritten, OSError) as error:
        reason = not_written(error) if isinstance(error, NotWritten) else safe(str(error))
        complain("networks", reason=reason)
        return ExitCode.NOT_WRITTEN
    return ExitCode.NO_PROBLEM


def _args(each: KnownNetwork, say: Words, number: int | None = None) -> Args:
    """`number` stands in for a name that is not to be shown."""
    name = each.ssid if each.ssid is None or number is None else f"ssid-{number}"
    return {
        "name": safe(name) if name else say("nameless"),
        "place": each.place,
        "added": each.added.isoformat(),
    }
