"""An authority that this device trusts for the length of a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from diag.net import trust


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[trustme.CA]:
    """Trusted through SSL_CERT_FILE, as an administrator would have it."""
    made = trustme.CA(organization_name="Test Trust")
    bundle = tmp_path / "authorities.pem"
    made.cert_pem.write_to_path(bundle)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    trust._over_openssl.cache_clear()
    yield made
    trust._over_openssl.cache_clear()
