"""Every contract is valid by the standard's own tool."""

from pathlib import Path

import pytest
from datacontract.data_contract import DataContract

CONTRACTS = sorted(Path(__file__).parent.glob("*/*.yaml"))


def faults(contract: Path) -> list[str]:
    run = DataContract(data_contract_file=str(contract)).lint()
    return [check.reason for check in run.checks if check.result != "passed"]


def test_there_are_contracts():
    assert len(CONTRACTS) >= 52


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda path: path.stem)
def test_contract_is_valid_by_the_standard(contract):
    assert faults(contract) == []


def test_the_tool_finds_a_fault(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text(CONTRACTS[0].read_text().replace("logicalType: string", "logicalType: words", 1))
    assert faults(broken)
