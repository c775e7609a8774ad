"""The command line. One thin module per command, imported only when that command is called.

Start-up counts: `diag --help` loads click and nothing else, so the commands' one-line helps stand
here.
"""

from __future__ import annotations

import contextlib
import os
import sys

import click

import diag
from diag.cli.exit_codes import ExitCode

COMMANDS = {
    "run": "Find out why an app cannot be used, and what to do.",
    "watch": "Wait until it works again, then say so.",
    "replay": "Diagnose a saved report again with today's rules.",
    "show": "Show a saved report again: the latest, or a file.",
    "history": "Past runs, and how problems came and went.",
    "schedule": "Run by itself: add, list, remove, run-missed.",
    "apps": "App profiles: list, show, check.",
    "checks": "Check modules: list, show.",
    "networks": "Networks you vouch for: show, trust, list, forget.",
    "config": "Settings: show what counts here, and where it is from.",
    "schema": "Print the JSON Schema of the report.",
}


class LazyGroup(click.Group):
    """Knows its commands by name and help; imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,
        cmd_name: str,
    ) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command = import_module(f"diag.cli.{cmd_name}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"diag.cli.{cmd_name} holds no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"There is no command '{args[0]}'.", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 no problem, 1 problem found, 2 wrong usage, 3 could not tell, "
    "4 report not written, 130 interrupted.",
)
@click.version_option(diag.__version__, prog_name="diag")
@click.option("--config", metavar="FILE", help="Settings file to use instead of your own.")
def cli(config: str | None) -> None:
    """Says why you cannot log in to an app - the service, the network, this device or the account -
    and what to do.

    Start with: diag run
    """
    if config is not None:
        os.environ["DIAG_CONFIG"] = os.path.abspath(config)  # noqa: PTH100 - pathlib costs start-up


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code. Every error becomes one clear line on stderr."""
    _fill_closed_streams()
    _never_fail_to_encode()
    try:
        result = cli.main(args=arguments, prog_name="diag", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        with contextlib.suppress(BrokenPipeError):
            click.echo(error.format_message(), err=True)
        return ExitCode.USAGE
    except click.UsageError as error:
        return _usage(error, sys.argv[1:] if arguments is None else arguments)
    except click.ClickException as error:
        _complain(error.format_message())
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _trouble("interrupted")
        return ExitCode.INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click exits by itself at a closed pipe, and only then
        return ExitCode.NO_PROBLEM
    except Exception as error:  # the last line of defence: no traceback reaches a user
        _trouble("unfinished", what=f"{type(error).__name__}: {error}")
        return ExitCode.COULD_NOT_TELL
    return result if isinstance(result, int) else ExitCode.NO_PROBLEM


def _usage(error: click.UsageError, arguments: list[str]) -> int:
    from diag.cli.wrong import in_words

    what, *more = in_words(error, arguments)
    with contextlib.suppress(BrokenPipeError):
        _complain(what)
        for line in more:
            click.echo(line, err=True)
    return ExitCode.USAGE


def _trouble(key: str, **args: str) -> None:
    from diag.cli.words import complain

    with contextlib.suppress(BrokenPipeError):
        complain(key, **args)


def _complain(message: str) -> None:
    from diag.render.safe import safe

    click.echo(f"diag: {safe(message)}", err=True)


def _fill_closed_streams() -> None:
    """Point what the caller closed (`>&-`) at nothing; a socket must not get its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def _never_fail_to_encode() -> None:
    """A console that cannot show a sign shows its escape; diag never dies of it."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
