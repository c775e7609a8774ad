"""`diag schedule`: run by itself, by the scheduler that the device has."""

from __future__ import annotations

import click


@click.group("schedule", short_help="Run by itself: add, list, remove, run-missed.")
def command() -> None:
    """Run by itself, silent unless something changes."""


@command.command("add")
@click.option("--every", metavar="TIME", help="5m, 10m, 15m, 20m, 30m, 1h to 12h, or 1d.")
@click.option("--at", metavar="HH:MM", help="Every day at this time, or up to 4 minutes later.")
@click.option("--cron", metavar="FIELDS", help="Five fields, such as '30 8 * * mon-fri'.")
@click.option("--app", metavar="ID|FILE", help="App to diagnose (default: that of the settings).")
@click.option("--name", metavar="NAME", default="checkup", show_default=True)
@click.option(
    "--with",
    "scheduler",
    type=click.Choice(("cron", "systemd", "launchd", "task-scheduler")),
    help="Scheduler to use (default: the best that this device has).",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
def add(
    every: str | None,
    at: str | None,
    cron: str | None,
    app: str | None,
    name: str,
    scheduler: str | None,
    dry_run: bool,
) -> int:
    """Run diag regularly (default: every hour). Adding NAME again changes it.

    What is written there names no app: other users of this device may read it.
    """
    from diag.cli.scheduling import Wanted, add

    add(Wanted(every, at, cron, app, name, scheduler), dry_run=dry_run)
    return 0


@command.command("list")
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True
)
def list_schedules(form: str) -> int:
    """List the schedules, with when each ran last and runs next."""
    from diag.cli.scheduling import listed

    click.echo(listed(form))
    return 0


@command.command("remove")
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="Remove all schedules.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
def remove(name: str | None, everything: bool, dry_run: bool) -> int:
    """Remove the schedule NAME; without NAME the only one there is."""
    from diag.cli.scheduling import remove

    remove(name, everything=everything, dry_run=dry_run)
    return 0


@command.command("run")
@click.argument("name")
def run(name: str) -> int:
    """Run the schedule NAME now, as its scheduler does."""
    from diag.cli.scheduling import run

    return run(name)


@command.command("run-missed")
def run_missed() -> int:
    """Run each schedule whose time has passed without a run, for example during sleep."""
    from diag.cli.scheduling import run_missed

    return run_missed()
