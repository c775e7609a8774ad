"""Texts with the values of a finding: what a report says, in one language, of one snapshot."""

from __future__ import annotations

from typing import Any

from diag.app_profile import UNNAMED_APPS
from diag.catalog import Catalog
from diag.model import Args, Finding, Snapshot


class Wording:
    """Puts a diagnosis into one language's words."""

    def __init__(self, catalog: Catalog, snapshot: Snapshot) -> None:
        self.catalog = catalog
        self.snapshot = snapshot
        self.os = snapshot.os.family
        app_name = catalog.local(dict(snapshot.profile.app.name))
        if snapshot.profile.app.id in UNNAMED_APPS:
            app_name = catalog.of_this_device(app_name)
        self.common: Args = {"app": app_name}

    def args(self, finding: Finding) -> Args:
        return {**self.common, **finding.args}

    def say(self, template: Any, args: Args) -> str:
        return self.catalog.format(
            template, args, now=self.snapshot.taken_at, zone=self.snapshot.zone
        )

    def lines(self, templates: Any, args: Args) -> tuple[str, ...]:
        return self.catalog.lines(
            templates, args, now=self.snapshot.taken_at, zone=self.snapshot.zone
        )

    def title(self, finding: Finding) -> str:
        return self.say(self.catalog.cause(finding.code).title, self.args(finding))

    def ui(self, key: str, args: Args | None = None) -> str:
        return self.say(self.catalog.ui(key), {**self.common, **(args or {})})
