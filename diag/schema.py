"""The report's JSON Schema, out of the very classes that write the report."""

from __future__ import annotations

from typing import Any

import msgspec

from diag.registry import Registry
from diag.report import SCHEMA_VERSION, Report

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def report_schema(registry: Registry) -> dict[str, Any]:
    """The schema with each installed check's fact spelled out; other facts are open objects."""
    facts = {check.name: check.fact for check in registry.checks.values()}
    (report, *fact_schemas), components = msgspec.json.schema_components(
        [Report, *facts.values()], ref_template="#/$defs/{name}"
    )
    observation = components["Observation"]
    components["Snapshot"]["properties"]["observations"] = {
        "type": "object",
        "properties": {
            name: _with_fact(observation, fact)
            for name, fact in zip(facts, fact_schemas, strict=True)
        },
        "additionalProperties": {"$ref": "#/$defs/Observation"},
    }
    return {
        "$schema": DIALECT,
        "title": f"diag report, schema version {SCHEMA_VERSION}",
        **report,
        "$defs": components,
    }


def _with_fact(observation: dict[str, Any], fact: dict[str, Any]) -> dict[str, Any]:
    properties = {**observation["properties"], "fact": {"anyOf": [{"type": "null"}, fact]}}
    return {**observation, "properties": properties}


def report_schema_json(registry: Registry) -> str:
    encoded = msgspec.json.encode(report_schema(registry), order="sorted")
    return msgspec.json.format(encoded, indent=2).decode() + "\n"
