"""Describes check modules in words, for `diag checks`."""

from __future__ import annotations

import os

from diag.catalog import Catalog
from diag.cli.words import catalog_of_here
from diag.cli.wrong import Wrong
from diag.config import language_of
from diag.file_error import nearest
from diag.model import AnyCheck
from diag.registry import Registry
from diag.render.safe import safe


def _catalog(registry: Registry, lang: str | None) -> Catalog:
    packages = dict.fromkeys(["diag", *(check.texts for check in registry.checks.values())])
    return catalog_of_here(language_of(lang, None, os.environ), tuple(packages))


def describe_all(registry: Registry, lang: str | None) -> str:
    """One line for each check, then the plug-ins that were left out and why."""
    catalog = _catalog(registry, lang)
    width = max(map(len, registry.checks), default=0)
    lines = [f"{name:<{width}}  {catalog.check(name)}" for name in registry.checks]
    lines += [f"{broken.name}: left out: {safe(broken.reason)}" for broken in registry.broken]
    return "\n".join(lines)


def describe(registry: Registry, name: str, lang: str | None) -> str:
    """A check's title, needs and problems. Raises UsageError with the nearest name."""
    check = registry.checks.get(name)
    if check is None:
        if broken := registry.left_out(name):
            raise Wrong("check_left_out", name=name, reason=broken.reason)
        raise Wrong("no_such_check", name=name, near=nearest(name, registry.checks))
    catalog = _catalog(registry, lang)
    return "\n".join(_lines(check, registry, catalog))


def _lines(check: AnyCheck, registry: Registry, catalog: Catalog) -> list[str]:
    by_fact = {each.fact: each.name for each in registry.checks.values()}
    needs = [by_fact[need] for need in check.needs if need in by_fact]
    network = "yes" if check.uses_network else "no"
    lines = [
        f"{check.name}: {catalog.check(check.name)}",
        f"  network: {network}, time-out: {check.timeout_s:g} s, needs: {', '.join(needs) or '-'}",
    ]
    lines += [
        f"  {problem.code}  ({problem.severity}, {problem.where})"
        for problem in sorted(check.problems, key=lambda each: (each.layer, each.code))
    ]
    return lines
