"""Budget 1: `--version` and `--help` cost little more than a hello-world made with click."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.timing import Line, in_turn, ratio

BOUND = 1.15

HELLO = """
import sys
import click

@click.command()
@click.version_option("1", prog_name="hello")
def main():
    click.echo("hello")

if __name__ == "__main__":
    sys.exit(main())
"""


def lines() -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as place:
        hello = Path(place) / "hello.py"
        hello.write_text(HELLO)
        diag = [sys.executable, str(Path(sys.executable).with_name("diag"))]
        for arguments in (["--version"], ["--help"], ["run", "--help"]):
            shown = arguments[-1:]
            ours, theirs = in_turn([*diag, *arguments], [sys.executable, str(hello), *shown])
            yield ratio(f"1 diag {' '.join(arguments)}", ours, theirs, BOUND)
