"""Every notebook runs from top to bottom on a published warehouse, and says what the tables say."""

import json
import os
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import needle_sql

HERE = Path(__file__).resolve().parent
NOTEBOOKS = sorted(HERE.glob("*.ipynb"))


@pytest.fixture(scope="session", autouse=True)
def published(tmp_path_factory):
    """A small simulated company, published."""
    folder = tmp_path_factory.mktemp("notebooks")
    os.environ["NEEDLE_WAREHOUSE"] = str(folder / "warehouse")
    run = ["demo", "--employees", "240", "--months", "24", "--seed", "3", "--out", str(folder / "company")]
    subprocess.run([HERE.parent / "needle", *run], check=True, capture_output=True)
    yield
    del os.environ["NEEDLE_WAREHOUSE"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_states_the_published_sentence(path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(HERE)}}).execute()
    printed = "".join(
        output.get("text", "") for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    )
    question = "select sentence from gold.training_effects where program_id = 'safety' and kpi_id = 'incident_rate'"
    assert needle_sql.sql(question)[0]["sentence"] in printed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_without_output(path):
    cells = json.loads(path.read_text())["cells"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells if cell["cell_type"] == "code")


def test_a_wrong_question_is_answered_with_its_cause():
    with pytest.raises(needle_sql.QueryFailed, match="remedy"):
        needle_sql.sql("select nonsense from gold.nowhere")


def test_missing_figures_are_empty_cells_and_bars_stay_text():
    shown = needle_sql.table([{"a|b": None, "c": 1234.5678}])._repr_markdown_()
    assert shown.splitlines()[2] == "|  | 1,235 |"
    assert needle_sql.table([{"a": "x|y"}])._repr_markdown_().splitlines()[2] == "| x\\|y |"
    assert needle_sql.table([])._repr_markdown_() == "*no rows*"


def test_the_warehouse_is_found_from_any_folder(tmp_path, monkeypatch):
    command = tmp_path / "needle"
    command.write_text('#!/bin/sh\necho "[{\\"in\\": \\"$NEEDLE_WAREHOUSE\\"}]"\n')
    command.chmod(0o755)
    monkeypatch.setattr(needle_sql, "HOME", tmp_path)
    monkeypatch.chdir(HERE)
    assert needle_sql.sql("select 1")[0]["in"] == os.environ["NEEDLE_WAREHOUSE"]
    monkeypatch.delenv("NEEDLE_WAREHOUSE")
    assert needle_sql.sql("select 1")[0]["in"] == str(tmp_path / "warehouse")
