"""Of several commands under one lock one runs at a time, and none waits for the dead."""

import subprocess
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "one-at-a-time"


def start(folder, command):
    return subprocess.Popen([SCRIPT, folder / "lock", "sh", "-c", command], stderr=subprocess.PIPE, text=True)


def test_commands_do_not_overlap(tmp_path):
    # Each fails where the other has left its mark.
    command = f"mkdir {tmp_path}/mark && sleep 0.5 && rmdir {tmp_path}/mark"
    started = [start(tmp_path, command) for _ in range(3)]
    assert [p.wait(timeout=60) for p in started] == [0, 0, 0]
    assert not list(tmp_path.iterdir())


def test_the_lock_of_a_killed_one_is_taken_over(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    lock = tmp_path / "lock"
    lock.mkdir()
    (lock / "pid").write_text(str(gone.pid))
    assert start(tmp_path, "true").wait(timeout=60) == 0
    assert not list(tmp_path.iterdir())


def test_the_commands_exit_code_is_passed_on_and_the_lock_freed(tmp_path):
    assert start(tmp_path, "exit 7").wait(timeout=60) == 7
    assert not list(tmp_path.iterdir())


def test_where_no_lock_can_be_made_nobody_waits(tmp_path):
    process = start(tmp_path / "nowhere", "true")
    assert process.wait(timeout=60) == 2
    assert "error: nothing can be built here" in process.stderr.read()
