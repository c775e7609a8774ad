"""`device.phone`, `app.phone`, `os.phone`: the phone on the cable, with `diag run --on phone`.

One look at the phone serves all three. It is read, never written to; nothing is installed on it,
and nobody is asked to enable USB debugging: where a phone cannot be read, its owner is told where
on it to look instead.
"""

from __future__ import annotations

from checks.phone.collect import collect
from checks.phone.facts import PhoneFact
from checks.phone.problems import ON_THE_PHONE
from checks.phone.rules import judge
from diag.model import Check

CHECK = Check(
    name="device.phone",
    fact=PhoneFact,
    collect=collect,
    judge=judge,
    problems=ON_THE_PHONE,
    only_on="phone",
)
