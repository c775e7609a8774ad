"""`python -m tests.lab [PATTERN...] [--list] [--workers N]`: play situations, print the table."""

from __future__ import annotations

import argparse
import json
import os
import sys
from fnmatch import fnmatch

from tests.lab.lab import unavailable
from tests.lab.situation import collect, play_all
from tests.lab.table import table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lab")
    parser.add_argument("patterns", nargs="*", default=["*"])
    parser.add_argument("--list", action="store_true", help="name the situations and stop")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--report", action="store_true", help="print each report's causes as JSON")
    options = parser.parse_args()
    chosen = [
        each
        for each in collect().values()
        if any(fnmatch(each.name, pattern) for pattern in options.patterns)
    ]
    if options.list:
        for each in chosen:
            print(f"{each.kind:8} {each.name:34} {' | '.join(each.expect)}")
        return 0
    if reason := unavailable():
        print(reason, file=sys.stderr)
        return 2
    futures = play_all(chosen, options.workers)
    results = [future.result() for future in futures.values()]
    if options.report:
        for result in results:
            if result.outcome:
                print(json.dumps(result.outcome.report["causes"], ensure_ascii=False, indent=1))
    print(table(results))
    return 1 if any(each.complaints and not each.situation.later for each in results) else 0


if __name__ == "__main__":
    sys.exit(main())
