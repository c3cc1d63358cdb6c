from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from monitor.core.errors import SettingsError
from monitor.workspace.schedule import Timer, run_command


class Machine:
    """Notes commands, and holds a crontab."""

    def __init__(self, crontab: str = "") -> None:
        self.crontab, self.calls = crontab, []

    def __call__(self, arguments, text):
        self.calls.append(list(arguments))
        if arguments == ["crontab", "-"]:
            self.crontab = text
        return self.crontab if arguments == ["crontab", "-l"] else ""


@pytest.fixture
def timer(tmp_path) -> Timer:
    return Timer(Path("/opt/monitor/bin/monitor"), tmp_path / "my ports", tmp_path / "home")


def test_systemd_catches_up_and_runs_what_is_due(timer):
    service, when = timer.systemd().values()
    assert "Type=oneshot" in service
    assert f'ExecStart="/opt/monitor/bin/monitor" --workspace "{timer.workspace}" run --due' in service
    assert "Persistent=true" in when
    assert "OnCalendar=*-*-* 00/6:17:00" in when
    assert "WantedBy=timers.target" in when


def test_systemd_text_escapes_what_systemd_would_expand(tmp_path):
    odd = Timer(Path("/bin/monitor"), tmp_path / '100% "$HOME"', tmp_path)
    service = odd.systemd()[f"{odd.name}.service"]
    assert '100%% \\"$$HOME\\""' in service


def test_cron_lines_run_once_and_after_a_start(timer):
    lines = timer.cron().splitlines()
    assert lines[1].startswith("17 */6 * * * ")
    assert lines[2].startswith("@reboot sleep 120; ")
    assert "flock -n" in lines[1]
    words = shlex.split(lines[1].split("* * * ", 1)[1].replace("\\%", "%"))
    assert words[-4:] == ["--workspace", str(timer.workspace), "run", "--due"]


@pytest.mark.skipif(not shutil.which("flock"), reason="no flock here")
def test_the_cron_line_does_not_run_twice_at_once(tmp_path):
    ran = tmp_path / "ran"
    command = tmp_path / "monitor"
    command.write_text(f"#!/bin/sh\necho run >> {ran}\nsleep 1\n")
    command.chmod(0o755)
    line = Timer(command, tmp_path / "it's 1%", tmp_path).cron().splitlines()[1]
    job = line.split("* * * ", 1)[1].replace("\\%", "%")
    both = [subprocess.Popen(["/bin/sh", "-c", job]) for _ in range(2)]
    assert sorted(process.wait() for process in both) == [0, 1]
    assert ran.read_text() == "run\n"


def test_installing_twice_is_installing_once(timer):
    machine = Machine("0 1 * * * backup\n")
    timer.install("cron", machine)
    once = machine.crontab
    timer.install("cron", machine)
    assert machine.crontab == once == "0 1 * * * backup\n" + timer.cron()
    timer.remove("cron", machine)
    assert machine.crontab == "0 1 * * * backup\n"
    timer.remove("cron", machine)
    assert machine.crontab == "0 1 * * * backup\n"


def test_workspaces_have_timers_of_their_own(timer, tmp_path):
    other = Timer(timer.command, tmp_path / "other", timer.home)
    machine = Machine()
    timer.install("cron", machine)
    other.install("cron", machine)
    timer.remove("cron", machine)
    assert machine.crontab == other.cron()


def test_systemd_units_are_written_and_removed(timer):
    machine = Machine()
    timer.install("systemd", machine)
    assert {path.name for path in timer.units.iterdir()} == set(timer.systemd())
    assert machine.calls[-1] == ["systemctl", "--user", "enable", "--now", f"{timer.name}.timer"]
    timer.remove("systemd", machine)
    assert list(timer.units.iterdir()) == []
    assert ["systemctl", "--user", "disable", "--now", f"{timer.name}.timer"] in machine.calls


def test_a_machine_without_the_command_says_what_else_to_do():
    with pytest.raises(SettingsError, match="not on this machine"):
        run_command(["no-such-command-here"], None)


def test_a_command_that_fails_says_why():
    with pytest.raises(SettingsError, match=r"no such option|invalid|unrecognized|unknown|illegal"):
        run_command(["ls", "--no-such-option"], None)
