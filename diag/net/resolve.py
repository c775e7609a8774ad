"""Names to addresses, as programs on this device get them: through the system's resolver."""

from __future__ import annotations

import time
from typing import Literal

from msgspec import Struct

from diag.deadline import Deadline
from diag.host import Failed, Host, ResolveError
from diag.net.addresses import family_of, is_address

Family = Literal["ipv4", "ipv6"]
ResolveOutcome = Literal["ok", "no_name", "no_address", "failed", "timeout"]

_OUTCOMES: dict[str, ResolveOutcome] = {"EAI_NONAME": "no_name", "EAI_NODATA": "no_address"}


class Resolution(Struct, frozen=True, kw_only=True):
    """no_name: there is no such name. no_address: it has none of this family. failed: the resolver
    could not tell. timeout: it said nothing.
    """

    outcome: ResolveOutcome
    addresses: tuple[str, ...] = ()
    took_s: float = 0.0


def lookup(host: Host, name: str, family: Family, deadline: Deadline) -> Resolution:
    """The addresses of a name in one family, each once, in the resolver's order."""
    if is_address(name):
        if family_of(name) == family:
            return Resolution(outcome="ok", addresses=(name,))
        return Resolution(outcome="no_address")
    started = time.monotonic()
    addresses: tuple[str, ...] = ()
    outcome: ResolveOutcome
    try:
        answers = host.resolve(name, family, deadline.remaining())
    except ResolveError as error:
        outcome = _OUTCOMES.get(error.code, "failed")
    except Failed as failed:
        outcome = "timeout" if failed.failure.code == "timeout" else "failed"
    else:
        addresses = tuple(dict.fromkeys(answer.address for answer in answers))
        outcome = "ok" if addresses else "no_address"
    return Resolution(outcome=outcome, addresses=addresses, took_s=time.monotonic() - started)
