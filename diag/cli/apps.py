"""`diag apps`: the app profiles, and whether one of your own is right."""

from __future__ import annotations

from contextlib import suppress

import click

from diag.cli import options


@click.group("apps", short_help="App profiles: list, show, check.")
def command() -> None:
    """App profiles: what diag knows about the app that is being diagnosed."""


@command.command("list")
@options.language
def list_apps(lang: str | None) -> int:
    """List the app profiles that come with diag."""
    from diag.cli.describing_apps import listed

    click.echo(listed(lang))
    return 0


@command.command("show")
@click.argument("app", metavar="ID|FILE")
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True
)
@options.language
def show_app(app: str, form: str, lang: str | None) -> int:
    """Show what the profile makes diag do."""
    from diag.cli.describing_apps import shown, shown_as_json

    click.echo(shown_as_json(app, lang) if form == "json" else shown(app, lang))
    return 0


@command.command("check")
@click.argument("file", metavar="FILE")
@click.option("--offline", is_flag=True, help="Only read FILE; ask none of its sources.")
@options.language
def check_app(file: str, offline: bool, lang: str | None) -> int:
    """Say whether the profile FILE is right, or all that is wrong with it (exit code 2); then ask
    each of its sources once and show what was understood (exit code 3 if one was not).
    """
    from diag.cli.describing_apps import checked
    from diag.cli.exit_codes import ExitCode

    text, profile = checked(file, lang)
    click.echo(text, err=profile is None)
    if profile is None:
        return ExitCode.USAGE
    if offline:
        return ExitCode.NO_PROBLEM
    from diag.cli.asking_sources import understood

    lines, well = understood(profile, lang)
    with suppress(BrokenPipeError):  # the code tells it, too
        click.echo("\n".join(lines))
    return ExitCode.NO_PROBLEM if well else ExitCode.COULD_NOT_TELL
