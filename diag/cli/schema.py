"""`diag schema`: the report's JSON Schema."""

from __future__ import annotations

import click


@click.command("schema", short_help="Print the JSON Schema of the report.")
def command() -> int:
    """Print the JSON Schema (2020-12) of the report that `diag run --format json` writes."""
    from diag import registry
    from diag.schema import report_schema_json

    click.echo(report_schema_json(registry.load()), nl=False)
    return 0
