"""The needle command, for tests."""

import subprocess
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]


def needle(*arguments: str) -> str:
    """What a needle command printed; its failure is the test's."""
    done = subprocess.run([HOME / "needle", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
