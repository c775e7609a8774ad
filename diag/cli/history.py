"""`diag history`: past runs of this device, and how problems came and went."""

from __future__ import annotations

import click

from diag.cli import options


@click.group(
    "history",
    invoke_without_command=True,
    short_help="Past runs, and how problems came and went.",
)
@click.option("--app", metavar="ID", help="Runs for this app only.")
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=20,
    show_default=True,
    help="How many runs to list.",
)
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True
)
@options.private
@options.language
@click.pass_context
def command(
    context: click.Context,
    app: str | None,
    limit: int,
    form: str,
    keep_private: bool,
    lang: str | None,
) -> int:
    """Past runs of this device, and how problems came and went."""
    if context.invoked_subcommand is not None:
        return 0
    from diag.cli.past import listed, listed_as_json

    if form == "json":
        click.echo(listed_as_json(app, limit, keep_private))
    else:
        click.echo(listed(app, limit, keep_private, lang))
    return 0


@command.command("show")
@click.argument("run", metavar="ID")
@options.output
@options.language
@options.private
def show(
    run: str, form: str | None, output: str | None, lang: str | None, keep_private: bool
) -> int:
    """Show the run ID (its number, or its place in the list) and what was said about it."""
    from diag.cli.past import shown

    return shown(run, form, output, lang, keep_private)


@command.command("export")
@click.option("-o", "--output", metavar="FILE", help="File to write (default: stdout).")
@options.private
def export(output: str | None, keep_private: bool) -> int:
    """Write all runs as JSON lines, oldest first."""
    from diag.cli.past import exported

    return exported(output, keep_private)


@command.command("prune")
@click.option(
    "--older-than",
    type=click.IntRange(0, 36500),
    metavar="DAYS",
    help="Remove runs older than this (default: history.keep_days of the settings).",
)
@click.option("--keep", type=click.IntRange(0), metavar="N", help="Remove all but the newest N.")
def prune(older_than: int | None, keep: int | None) -> int:
    """Remove old runs for good."""
    from diag.cli.past import pruned

    click.echo(pruned(older_than, keep))
    return 0
