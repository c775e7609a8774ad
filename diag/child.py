"""The child process of `diag.isolated`: collects one check's fact and ends.

Reads its task from stdin, answers on stdout; what the collector itself prints goes to stderr.
"""

from __future__ import annotations

import os
import sys

import msgspec

from diag.breakage import where_it_broke
from diag.deadline import Deadline
from diag.host import real_host
from diag.isolated import Answer, Task
from diag.model import Context, Facts, Failed, Failure
from diag.registry import load_one


def main() -> None:
    answer_to = os.dup(1)
    os.dup2(2, 1)
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    check = load_one(task.check)
    facts = [
        msgspec.convert(fact, need)
        for need, fact in zip(check.needs, task.facts, strict=True)
        if fact is not None
    ]
    context = Context(
        task.profile,
        task.answers,
        Facts(facts),
        Deadline.after(task.seconds),
        ask_public_resolvers=task.ask_public_resolvers,
    )
    try:
        answer = Answer(fact=check.collect(real_host(), context))
    except Failed as failed:
        answer = Answer(failure=failed.failure)
    except Exception as error:  # the parent tells it; a traceback would only reach a terminal
        failure = Failure(code="crash", operation=task.check, detail=where_it_broke(error))
        answer = Answer(failure=failure)
    with os.fdopen(answer_to, "wb") as stream:
        stream.write(msgspec.json.encode(answer))
    os._exit(0)


if __name__ == "__main__":
    main()
