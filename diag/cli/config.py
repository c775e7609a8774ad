"""`diag config`: the settings that count here, and where each is from."""

from __future__ import annotations

import click


@click.group("config", short_help="Settings: show what counts here, and where it is from.")
def command() -> None:
    """Settings: the system's file, the user's, and DIAG_* variables, in this order."""


@command.command("show")
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True
)
def show(form: str) -> int:
    """Show every setting, its value, and the file or variable that it is from."""
    import os

    import msgspec

    from diag.cli.words import Words
    from diag.config import (
        ConfigError,
        config_path,
        language_of,
        no_settings,
        settings,
        system_config_path,
    )
    from diag.render.safe import safe

    try:
        found = settings()
    except ConfigError as error:
        raise click.UsageError(error.render(language_of(None, None, os.environ))) from error
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
        return 0
    say = Words("config")
    written = [(each.key, _written(each.value), each.source or say("default")) for each in found]
    width = max(len(key) for key, _, _ in written)
    value_width = max(len(value) for _, value, _ in written)
    for key, value, source in written:
        click.echo(f"{key:{width}}  {safe(value):{value_width}}  {safe(source)}")
    click.echo()
    for place, path in (("everybody", system_config_path()), ("own", config_path())):
        click.echo(say(place, {"path": str(path)}))
    for name, near in no_settings(os.environ).items():
        click.echo(say("no_setting", {"name": safe(name), "near": near}))
    return 0


def _written(value: object) -> str:
    """As in TOML, but for what is not set."""
    import json

    return "-" if value is None else json.dumps(value, ensure_ascii=False)
