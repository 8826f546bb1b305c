"""What a machine lacks is named with its remedy, before anything else goes wrong."""

import os
import subprocess
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]


def run(script, *arguments, **environment):
    done = subprocess.run(
        ["/bin/sh", HOME / script, *arguments], capture_output=True, text=True, env={"PATH": os.environ["PATH"]} | environment
    )
    return done.returncode, done.stderr


def tool(folder, name, says="", fails=False):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{says}\nEND\nexit {int(fails)}\n")
    path.chmod(0o755)


def is_refused(answer, problem):
    code, said = answer
    assert code == 2, said
    assert f"error: {problem}" in said and "\n  cause:  " in said and "\n  remedy: " in said


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("java", "there is no JDK on this machine"),
        ("python", "there is no Python on this machine"),
        ("hammer", "bin/require does not know the tool hammer"),
    ],
)
def test_a_tool_that_is_not_there_is_named(tmp_path, name, problem):
    is_refused(run("bin/require", name, PATH=str(tmp_path)), problem)


def test_a_browser_that_cannot_be_installed_is_named(tmp_path):
    tool(tmp_path, "id")
    is_refused(run("bin/require", "chromium", PATH=str(tmp_path)), "there is no Chromium on this machine")


def test_an_old_java_is_named(tmp_path):
    tool(tmp_path, "jdk/bin/java", 'openjdk version "11.0.2" 2019-01-15')
    is_refused(run("bin/require", "java", JAVA_HOME=str(tmp_path / "jdk")), "this Java is too old")


def test_a_java_without_a_compiler_is_named(tmp_path):
    tool(tmp_path, "jdk/bin/java", 'openjdk version "17.0.2" 2022-01-18')
    is_refused(run("bin/require", "java", JAVA_HOME=str(tmp_path / "jdk")), "this Java has no compiler")


def test_an_old_python_is_named(tmp_path):
    tool(tmp_path, "python3", fails=True)
    is_refused(run("bin/require", "python", PATH=f"{tmp_path}:{os.environ['PATH']}"), "this Python is too old")


def test_what_the_tests_themselves_need_is_there():
    assert run("bin/require", "java", "python", "chromium")[0] == 0


def test_the_command_without_a_java_says_how_to_get_one(tmp_path):
    is_refused(run("needle", "--help", JAVA_HOME=str(tmp_path)), "there is no Java on this machine")
