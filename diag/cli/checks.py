"""`diag checks`: which check modules there are, and what each looks at."""

from __future__ import annotations

import click

from diag.cli import options


@click.group("checks", short_help="Check modules: list, show.")
def command() -> None:
    """Check modules: which there are, and what each looks at."""


@command.command("list")
@options.language
def list_checks(lang: str | None) -> int:
    """List the installed check modules."""
    from diag import registry
    from diag.cli.describing import describe_all

    click.echo(describe_all(registry.load(), lang))
    return 0


@command.command("show")
@click.argument("name")
@options.language
def show_check(name: str, lang: str | None) -> int:
    """Show what the check NAME looks at, which problems it can see and what it needs."""
    from diag import registry
    from diag.cli.describing import describe

    click.echo(describe(registry.load(), name, lang))
    return 0
