"""What `needle contract new` drafts is valid by the standard's own tool. The Java tests draft the contracts."""

from pathlib import Path

import pytest
from test_standard import faults

DRAFTS = sorted((Path(__file__).parents[1] / "target" / "drafts").glob("*.yaml"))


def test_there_are_drafts():
    assert len(DRAFTS) >= 8


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda path: path.stem)
def test_draft_is_valid_by_the_standard(draft):
    assert faults(draft) == []
