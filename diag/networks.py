"""The networks that the user vouches for, in a file that nobody else may read."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from diag.files import write_whole
from diag.model import KnownNetwork, Network, router_digest

FILE = "networks.json"
LIMIT = 1 << 20
WITHOUT_KEY = ("open", "owe")


class BadStore(Exception):
    """The file cannot be read; the message says why in plain words."""


def default_path() -> Path:
    from platformdirs import user_state_path

    return user_state_path("diag", appauthor=False) / FILE


def load(path: Path) -> tuple[KnownNetwork, ...]:
    """In the order they were added. Raises BadStore."""
    try:
        with path.open("rb") as stream:
            return msgspec.json.decode(stream.read(LIMIT), type=tuple[KnownNetwork, ...])
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise BadStore(f"{path}: {(error.strerror or str(error)).lower()}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadStore(f"{path}: this is no list of networks ({error})") from error


def save(path: Path, networks: Iterable[KnownNetwork]) -> None:
    """Raises NotWritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    data = msgspec.json.format(msgspec.json.encode(tuple(networks)), indent=2)
    write_whole(path, data + b"\n")


def can_be_known(network: Network) -> bool:
    """A name that needs no key is anybody's: there the router has to tell."""
    return network.router is not None or network.security not in WITHOUT_KEY


def trusted(network: Network, place: Literal["home", "work"], now: datetime) -> KnownNetwork:
    """This network as it is kept."""
    salt = secrets.token_hex(8)
    return KnownNetwork(
        ssid=network.ssid,
        security=network.security,
        place=place,
        router=router_digest(network.router, salt) if network.router else None,
        salt=salt,
        added=now,
    )


def with_network(
    known: Iterable[KnownNetwork], network: Network, added: KnownNetwork
) -> tuple[KnownNetwork, ...]:
    """`added` at the end, in place of what it was kept as before."""
    kept = [
        each for each in known if not each.same_name(network) or each.same_router(network) is False
    ]
    return (*kept, added)
