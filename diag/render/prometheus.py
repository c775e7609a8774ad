"""The report as metrics: Prometheus text exposition format 0.0.4, names and units by its rules.

For the text file collector of the node exporter. Other users of the device may read that file, so
it holds codes and numbers only; `name_app` adds the app's id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import get_args

from diag.model import Status, VerdictWhere
from diag.render.safe import safe
from diag.report import Report

Sample = tuple[Mapping[str, str], float]


def render(report: Report, *, name_app: bool = False) -> str:
    common = {"app": report.app.id} if name_app else {}
    faults = [each for each in get_args(VerdictWhere) if each != "none"]
    severities = [cause.severity for cause in report.causes]
    families: tuple[tuple[str, str, Iterable[Sample]], ...] = (
        ("diag_info", "The diag that ran.", [({"version": report.tool.version}, 1)]),
        (
            "diag_run_timestamp_seconds",
            "When the run began, in seconds since 1970.",
            [({}, report.created_at.timestamp())],
        ),
        ("diag_run_duration_seconds", "How long the run took.", [({}, report.duration_s)]),
        (
            "diag_fault",
            "Where the fault is: 1 there, 0 elsewhere; 0 everywhere if none was found.",
            [({"where": each}, each == report.verdict.where) for each in faults],
        ),
        (
            "diag_causes",
            "How many causes were found.",
            [({"severity": each}, severities.count(each)) for each in ("problem", "warning")],
        ),
        (
            "diag_cause",
            "A cause that was found.",
            [
                (
                    {
                        "code": cause.code,
                        "where": cause.where,
                        "severity": cause.severity,
                        "confidence": cause.confidence,
                    },
                    1,
                )
                for cause in report.causes
            ],
        ),
        (
            "diag_check_status",
            "How a check ended: 1 for that status, 0 for the others.",
            [
                ({"check": result.check, "status": status}, status == result.status)
                for result in report.results
                for status in get_args(Status)
            ],
        ),
        (
            "diag_check_duration_seconds",
            "How long a check took.",
            [({"check": result.check}, result.took_s) for result in report.results],
        ),
    )
    return "".join(
        line for name, text, samples in families for line in _family(name, text, samples, common)
    )


def _family(
    name: str, text: str, samples: Iterable[Sample], common: Mapping[str, str]
) -> Iterable[str]:
    yield f"# HELP {name} {text}\n# TYPE {name} gauge\n"
    for labels, value in samples:
        written = ",".join(
            f'{key}="{_escaped(each)}"' for key, each in {**common, **labels}.items()
        )
        yield f"{name}{{{written}}} {float(value)!r}\n" if written else f"{name} {float(value)!r}\n"


def _escaped(text: str) -> str:
    return safe(text).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
