"""`diag run`: observe this device, say where the fault is and what to do."""

from __future__ import annotations

import click

from diag.cli import options

SYMPTOMS = ("login", "slow", "error", "2fa", "other")


@click.command("run", short_help="Find out why an app cannot be used, and what to do.")
@click.option("--app", metavar="ID|FILE", help="App profile: a bundled id or a TOML file.")
@click.option("--symptom", type=click.Choice(SYMPTOMS), help="What does not work.")
@click.option(
    "--on",
    "device",
    type=click.Choice(("this", "phone")),
    default="this",
    show_default=True,
    help="Where it does not work: on this PC or on your phone.",
)
@click.option("--error", "error_text", metavar="TEXT", help="The message that the app shows.")
@click.option("--only", multiple=True, metavar="PATTERN", help="Judge only these checks.")
@click.option("--skip", multiple=True, metavar="PATTERN", help="Leave these checks out.")
@options.output
@options.language
@click.option(
    "--deadline",
    type=options.FiniteRange(1, 300),
    metavar="SECONDS",
    help=f"Longest the run may take (default: {options.DEFAULT_DEADLINE_S:g}).",
)
@click.option("--offline", is_flag=True, help="Send nothing over the network.")
@click.option("--no-save", is_flag=True, help="Do not keep this run in the history.")
@options.private
@click.option("--ticket", metavar="ID", help="Support ticket to name in the report.")
@options.fail_on
@click.option(
    "--unattended",
    is_flag=True,
    help="For schedulers: one run at a time, low priority, silent unless something changed.",
)
def command(
    app: str | None,
    symptom: str | None,
    device: str,
    error_text: str | None,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    form: str | None,
    output: str | None,
    lang: str | None,
    deadline: float | None,
    offline: bool,
    no_save: bool,
    keep_private: bool,
    ticket: str | None,
    fail_on: str,
    unattended: bool,
) -> int:
    """Find out why an app cannot be used: the service, the network, this device or the account."""
    from diag.cli.running import RunRequest, run

    request = RunRequest(
        app=app,
        symptom=symptom or ("error" if error_text else None),
        device=device,
        error_text=error_text,
        only=only,
        skip=skip,
        form=form,
        output=output,
        lang=lang,
        deadline=deadline,
        offline=offline,
        save=not no_save,
        keep_private=keep_private,
        ticket=ticket,
        fail_on=fail_on,
        quiet=unattended,
    )
    if not unattended:
        return run(request)
    from diag.cli.unattended import run_unattended

    if no_save:
        from diag.cli.wrong import Wrong

        raise Wrong("unattended_no_save")
    return run_unattended(request)
