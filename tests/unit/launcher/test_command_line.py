import subprocess
import sys
from pathlib import Path

import pytest

from deploy.launcher.cli import COMMANDS
from deploy.launcher.command_line import build_parser, read_command_line
from deploy.launcher.layout import ROOT


def test_every_command_has_a_line_of_help() -> None:
    described = build_parser().format_help()
    assert all(f"    {command} " in described for command in COMMANDS)


def test_pytest_options_are_passed_on_in_order() -> None:
    options = read_command_line(["test", "tests/unit", "-k", "hold and not slow", "-x", "--services=system"])
    assert options.rest == ["tests/unit", "-k", "hold and not slow", "-x"]
    assert options.services == "system"


def test_everything_behind_ops_belongs_to_ops() -> None:
    assert read_command_line(["ops", "dead-letters", "--json", "--lang", "zh"]).rest == [
        "dead-letters",
        "--json",
        "--lang",
        "zh",
    ]
    assert read_command_line(["--lang", "zh", "ops", "--help"]).rest == ["--help"]
    assert read_command_line(["--lang=zh", "ops", "check"]).rest == ["check"]


def test_an_unknown_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read_command_line(["up", "--fast"])
    assert ended.value.code == 2
    assert "--fast" in capsys.readouterr().err


def test_help_and_status_need_no_environment(tmp_path: Path) -> None:
    """-S -I: without site-packages, as on a machine where nothing is installed yet."""
    codes = {"--help": 0, "up --help": 0, "status": 3, "doctor": 0, "ops check": 1}
    for command, expected in codes.items():
        asked = subprocess.run(
            [sys.executable, "-S", str(ROOT / "mall"), *command.split()],
            env={"MALL_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert asked.returncode == expected, asked.stderr
        assert "Traceback" not in asked.stderr


def test_a_folder_that_may_not_be_written_is_said_without_a_traceback() -> None:
    asked = subprocess.run(
        [sys.executable, "-S", str(ROOT / "mall"), "up"],
        env={"MALL_HOME": "/proc/nowhere", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 1
    assert "Traceback" not in asked.stderr
