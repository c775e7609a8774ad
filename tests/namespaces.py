"""Network namespaces for tests that need a network of their own. Nothing of it outlives the run.

Each run gets fresh network, mount and process namespaces, so that named namespaces inside it (for
the other end of a cable), servers there and a resolv.conf of its own vanish together with it, at
once. Needs root.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TIMEOUT_S = 60.0


def needs_root() -> pytest.MarkDecorator:
    """Skips for users without the right to make namespaces; in CI it does not skip but fails."""
    allowed = sys.platform == "linux" and (os.geteuid() == 0 or "CI" in os.environ)
    return pytest.mark.skipif(not allowed, reason="network namespaces need root on Linux")


def python_in_namespace(setup: str, code: str, *args: str) -> str:
    """Run `setup` (sh) and then Python `code` in namespaces of their own; what it printed."""
    script = f"""
mount -t tmpfs none /run && mkdir /run/netns
ip link set lo up
{setup}
exec "$0" "$@"
"""
    own = ("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
    unshare = ("unshare", *own, "--", "sh", "-euc", script)
    done = subprocess.run(
        (*unshare, sys.executable, "-c", code, *args),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
