"""An authority that this device trusts, and what most of these tests probe with."""

from tests.net.conftest import authority

__all__ = ["authority"]
