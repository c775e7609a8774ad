"""Which checks a run judges: `--only`, `--skip` and `--offline` over the checks there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from diag.file_error import nearest
from diag.model import AnyCheck, LeftOut, TroubleOn


class NoSuchCheck(Exception):
    """A pattern that no check's name matches; `near`: the name that was probably meant."""

    def __init__(self, option: str, pattern: str, names: Iterable[str]) -> None:
        self.option = option
        self.pattern = pattern
        self.names = list(names)
        self.near = nearest(pattern, self.names)
        super().__init__(f"{option} '{pattern}' matches no check")


class NothingLeft(Exception):
    """The options leave every check out: a run that looked at nothing could say nothing.

    on_phone: a chosen check that looks at the phone only.
    """

    def __init__(self, elsewhere: Iterable[str] = ()) -> None:
        self.on_phone = next(iter(elsewhere), None)
        super().__init__("no check is left to run")


class Selection(Struct, frozen=True):
    """The checks to judge, in report order, and why each of the others is left out."""

    chosen: tuple[str, ...]
    left_out: dict[str, LeftOut]
    offline: bool = False
    """Nothing is sent, not even for what a chosen check builds on."""


def select(
    checks: Mapping[str, AnyCheck],
    only: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
    offline: bool = False,
    on: TroubleOn = "this",
) -> Selection:
    """Apply fnmatch patterns to check names. `on` is the device that the trouble is on.

    Raises NoSuchCheck for a pattern that matches nothing, NothingLeft if no check is chosen.
    """
    for option, patterns in (("--only", only), ("--skip", skip)):
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in checks):
                raise NoSuchCheck(option, pattern, checks)
    left_out: dict[str, LeftOut] = {}
    for name, check in checks.items():
        if any(fnmatchcase(name, pattern) for pattern in skip):
            left_out[name] = "skipped"
        elif only and not any(fnmatchcase(name, pattern) for pattern in only):
            left_out[name] = "not_chosen"
        elif check.only_on not in (None, on):
            left_out[name] = "elsewhere"
        elif offline and check.uses_network:
            left_out[name] = "offline"
    if checks and len(left_out) == len(checks):
        raise NothingLeft(name for name, why in left_out.items() if why == "elsewhere")
    chosen = tuple(name for name in checks if name not in left_out)
    return Selection(chosen, left_out, offline)
