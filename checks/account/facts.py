"""What is learnt for the account: nothing of the account itself, which no probe may touch."""

from __future__ import annotations

from diag.model import Fact, Failure, Public


class AccountFact(Fact, frozen=True, kw_only=True):
    """What the app's message means by the profile."""

    error_matches: tuple[Public, ...] = ()
    """Causes whose `[[known_error]]` patterns match the message that the user gave."""
    broken_patterns: tuple[Failure, ...] = ()
    """Patterns of the profile that could not be tried, for its author."""
