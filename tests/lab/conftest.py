"""Plays the chosen situations side by side and prints the confusion table at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest

from tests.lab.lab import unavailable
from tests.lab.situation import Result, Situation, play_all
from tests.lab.table import table

PLAYED = pytest.StashKey[list[Result]]()
MISSING = pytest.StashKey[str]()


@pytest.fixture(scope="session", autouse=True)
def lab_is_available(request: pytest.FixtureRequest) -> None:
    """Without root the lab is skipped on a contributor's machine; in CI it has to run."""
    if reason := unavailable():
        if os.environ.get("CI"):
            pytest.fail(f"in CI the lab has to run, but {reason}")
        request.config.stash[MISSING] = reason
        pytest.skip(reason)


@pytest.fixture(scope="session")
def played(
    request: pytest.FixtureRequest, lab_is_available: None
) -> Iterator[Callable[[Situation], Result]]:
    """Gives a chosen situation's result; all chosen ones start together at first use."""
    del lab_is_available
    calls = (getattr(item, "callspec", None) for item in request.session.items)
    named = [call.params.get("situation") for call in calls if call]
    chosen = [each for each in named if isinstance(each, Situation)]
    futures: dict[str, Future[Result]] = play_all(chosen, os.cpu_count() or 1)
    results = request.config.stash.setdefault(PLAYED, [])

    def result_of(situation: Situation) -> Result:
        result = futures[situation.name].result()
        results.append(result)
        return result

    yield result_of
    for future in futures.values():
        future.cancel()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if reason := config.stash.get(MISSING, ""):
        terminalreporter.write_line(f"The lab was skipped: {reason}.")
    if results := config.stash.get(PLAYED, []):
        terminalreporter.section("lab: situation, expected, top cause, time")
        terminalreporter.write_line(table(results))
