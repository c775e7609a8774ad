"""`diag show`: a saved report once more, in another form or language."""

from __future__ import annotations

import click

from diag.cli import options


@click.command("show", short_help="Show a saved report again: the latest, or a file.")
@click.argument("report", required=False)
@options.output
@options.language
@options.private
def command(
    report: str | None,
    form: str | None,
    output: str | None,
    lang: str | None,
    keep_private: bool,
) -> int:
    """Show REPORT (a file, or - for stdin) again; without one, the latest run of this device."""
    from typing import cast

    from diag import registry
    from diag.cli.exit_codes import ExitCode
    from diag.cli.output import Worded, deliver, target_of
    from diag.cli.reading import saved_report
    from diag.model import Language
    from diag.pipeline import header_of

    target = target_of(form, output, keep_private)
    installed = registry.load()
    saved = saved_report(report, installed)
    language = cast("Language", lang or saved.language)
    worded = Worded(saved.snapshot, installed, language, header_of(saved), saved.redaction)
    return deliver(worded, target, ExitCode.NO_PROBLEM)
