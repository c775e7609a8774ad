"""What the stores of the profile offer. Each store has a file with `ask`."""

from __future__ import annotations

from functools import partial

from checks.app.stores import app_store, json_pointer
from checks.app.stores.normal import Ask, Fetch, Platform, StoreAnswer, StoreVersion, fetch
from diag.app_profile import Source, Store
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed, Failure

__all__ = ["Platform", "StoreAnswer", "StoreVersion", "ask_all", "configured"]

STORES: dict[str, Ask | None] = {
    **dict.fromkeys(Store.__struct_fields__),
    "app_store": app_store.ask,
    "json": json_pointer.ask,
}
"""By the profile's keys, in their order; None: not served yet."""


def configured(store: Store) -> dict[str, Source]:
    """The sections that the profile has."""
    sections = {name: getattr(store, name) for name in STORES}
    return {name: section for name, section in sections.items() if section is not None}


def ask_all(host: Host, ctx: Context, deadline: Deadline) -> tuple[StoreAnswer, ...]:
    """Every store of the profile, asked at the same time; one that is late is a Failure."""
    from diag.net.gather import gather

    sections = configured(ctx.profile.store)
    over_the_line = partial(fetch, host, ctx, deadline)
    probes = {
        name: partial(_ask, name, section, over_the_line) for name, section in sections.items()
    }
    answers = gather(probes, deadline)
    late = Failure(code="timeout", operation="ask the store")
    return tuple(answers.get(name) or StoreAnswer(source=name, failure=late) for name in sections)


def _ask(name: str, section: Source, over_the_line: Fetch) -> StoreAnswer:
    ask = STORES[name]
    if ask is None:
        return StoreAnswer(source=name, failure=Failure(code="unsupported", operation=name))
    try:
        return StoreAnswer(source=name, found=ask(over_the_line, section))
    except Failed as error:
        return StoreAnswer(source=name, failure=error.failure)
    except Exception as error:  # one store's fault must not silence the others
        failure = Failure(code="crash", operation=name, detail=type(error).__name__)
        return StoreAnswer(source=name, failure=failure)
