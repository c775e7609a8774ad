"""Collectors of third parties run in a child process that can be killed.

A thread cannot be: a regular expression that backtracks, or native code, holds the interpreter's
lock, and a crash in it takes every other check down. The child gets its context as JSON on stdin
and answers with a fact or a failure on stdout; what the collector itself prints goes to stderr.
"""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

import msgspec
from msgspec import Struct

from diag.app_profile import AppProfile
from diag.host import Host
from diag.model import Answers, AnyCheck, Context, Failed, Failure

ANSWER_LIMIT = 4 << 20
HAND_IN_S = 0.2
"""The child stops this much earlier, so that what it has still arrives."""


class Task(Struct, frozen=True, kw_only=True):
    """What a child needs to know; `facts` follow the check's needs, None for what is missing."""

    check: str
    profile: AppProfile
    answers: Answers
    facts: tuple[Any, ...]
    seconds: float
    ask_public_resolvers: bool


class Answer(Struct, frozen=True, kw_only=True):
    """Exactly one of fact and failure."""

    fact: Any = None
    failure: Failure | None = None


def isolated(check: AnyCheck) -> AnyCheck:
    """The same check, its collector in a child process."""

    def collect(_: Host, context: Context) -> Any:
        return _from_child(check, context)

    return msgspec.structs.replace(check, collect=collect)


def _from_child(check: AnyCheck, context: Context) -> Any:
    from diag.host.process import TooMuchOutput, run_bounded
    from diag.host.system import current_system

    seconds = context.deadline.remaining()
    task = Task(
        check=check.name,
        profile=context.profile,
        answers=context.answers,
        facts=tuple(context.find(need) for need in check.needs),
        seconds=max(0.1, seconds - HAND_IN_S),
        ask_public_resolvers=context.ask_public_resolvers,
    )
    with tempfile.TemporaryFile() as stdin:
        stdin.write(msgspec.json.encode(task))
        stdin.seek(0)
        try:
            child = run_bounded(
                current_system(),
                [sys.executable, "-P", "-m", "diag.child"],
                dict(os.environ),
                seconds,
                ANSWER_LIMIT,
                stdin=stdin,
            )
        except TimeoutError as error:
            raise Failed("timeout", check.name, "stopped") from error
        except TooMuchOutput as error:
            raise Failed("unparsable", check.name, "too much output") from error
        except OSError as error:
            raise Failed("denied", "start a child process", str(error)) from error
    return _read(check, child.returncode, child.stdout)


def _read(check: AnyCheck, returncode: int, stdout: bytes) -> Any:
    try:
        answer = msgspec.json.decode(stdout, type=Answer)
        if answer.failure is None:
            return msgspec.convert(answer.fact, check.fact)
    except msgspec.DecodeError as error:
        raise Failed("crash", check.name, f"its process ended with {returncode}") from error
    raise Failed(answer.failure.code, answer.failure.operation, answer.failure.detail)
