"""`diag networks`: the networks that the user vouches for."""

from __future__ import annotations

import click

from diag.cli import options


@click.group("networks", short_help="Networks you vouch for: show, trust, list, forget.")
def command() -> None:
    """Networks you vouch for: your home, your work. diag then knows them from public ones.

    Kept on this device alone, readable by you alone: the name, how it is encrypted, and a digest of
    the router's hardware address.
    """


@command.command("show")
@options.private
@options.language
def show(keep_private: bool, lang: str | None) -> int:
    """Show what diag takes the present network for, and why. Exit code 3: it could not be told."""
    from diag.cli.knowing import shown

    return shown(keep_private, lang)


@command.command("trust")
@click.option(
    "--as",
    "place",
    type=click.Choice(("home", "work")),
    default="home",
    show_default=True,
    help="What the network is.",
)
@options.language
def trust(place: str, lang: str | None) -> int:
    """Vouch for the Wi-Fi that this device is on now. Exit code 3: it could not be told which."""
    from diag.cli.knowing import trust

    return trust("work" if place == "work" else "home", lang)


@command.command("list")
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True
)
@options.private
@options.language
def list_networks(form: str, keep_private: bool, lang: str | None) -> int:
    """List the networks you vouch for."""
    from diag.cli.knowing import listed

    click.echo(listed(form, keep_private, lang))
    return 0


@command.command("forget")
@click.argument("network", required=False, metavar="[NAME|NUMBER]")
@click.option("--all", "everything", is_flag=True, help="Forget all of them.")
@options.language
def forget(network: str | None, everything: bool, lang: str | None) -> int:
    """Forget a network: by its name or its number in the list; without either, the present one.

    That earlier runs met a sign-in page there is forgotten, too.
    """
    from diag.cli.knowing import forget

    return forget(network, everything, lang)
