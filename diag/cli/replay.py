"""`diag replay`: diagnose a saved report again, without its device."""

from __future__ import annotations

import click

from diag.cli import options


@click.command("replay", short_help="Diagnose a saved report again with today's rules.")
@click.argument("report")
@options.output
@options.language
@options.private
@options.fail_on
def command(
    report: str,
    form: str | None,
    output: str | None,
    lang: str | None,
    keep_private: bool,
    fail_on: str,
) -> int:
    """Diagnose REPORT (a file, or - for stdin) again with the checks installed here."""
    from typing import cast

    from diag import registry
    from diag.cli.output import Worded, deliver, exit_code, target_of
    from diag.cli.reading import saved_report
    from diag.model import Language
    from diag.pipeline import header_of

    target = target_of(form, output, keep_private)
    installed = registry.load()
    saved = saved_report(report, installed)
    language = cast("Language", lang or saved.language)
    worded = Worded(saved.snapshot, installed, language, header_of(saved), saved.redaction)
    return deliver(worded, target, exit_code(worded.unredacted(), fail_on))
