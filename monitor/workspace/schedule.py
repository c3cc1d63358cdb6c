"""The timer that calls `monitor run --due`: the operating system's own, by systemd or cron."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.core.errors import SettingsError

EVERY_HOURS = 6
_MINUTE = 17
_TIMEOUT_S = 60

Runner = Callable[[Sequence[str], str | None], str]
"""Runs a command with text on its standard input and gives its output; raises `SettingsError` when it fails."""


@dataclass(frozen=True, slots=True)
class Timer:
    """One workspace's timer: which `monitor`, which folder; `home` is the user's folder."""

    command: Path
    workspace: Path
    home: Path

    @property
    def name(self) -> str:
        """A name that no other workspace has."""
        path = str(self.workspace.absolute())
        return f"maritime-monitor-{hashlib.sha256(path.encode()).hexdigest()[:8]}"

    @property
    def units(self) -> Path:
        """Where systemd finds a user's units."""
        return self.home / ".config" / "systemd" / "user"

    def systemd(self) -> dict[str, str]:
        """File name to text of the service and its timer.

        ``Persistent`` makes up for runs that a power cut swallowed. systemd starts no second instance while one runs,
        and the workspace's own lock holds against runs by hand. Secrets come from a file that only the user can read.
        """
        environment = self.home / ".config" / "maritime-monitor" / "environment"
        folder = _systemd(str(self.workspace.absolute()))
        service = f"""[Unit]
Description=Watch the ports of {_percent(str(self.workspace.absolute()))}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
Nice=10
TimeoutStartSec=6h
EnvironmentFile=-{_percent(str(environment))}
ExecStart={_systemd(str(self.command))} --workspace {folder} run --due
"""
        timer = f"""[Unit]
Description=When to watch the ports of {_percent(str(self.workspace.absolute()))}

[Timer]
OnCalendar=*-*-* 00/{EVERY_HOURS}:{_MINUTE}:00
Persistent=true
RandomizedDelaySec=5m

[Install]
WantedBy=timers.target
"""
        return {f"{self.name}.service": service, f"{self.name}.timer": timer}

    def cron(self) -> str:
        """The lines for a crontab: every few hours, and soon after a start to make up for a power cut.

        ``flock -n`` lets a second run go at once when one is at work.
        """
        lock = self.workspace.absolute() / "archive" / ".timer.lock"
        folder = _shell(str(self.workspace.absolute()))
        environment = _shell(str(self.home / ".config" / "maritime-monitor" / "environment"))
        job = (
            f"mkdir -p {_shell(str(lock.parent))}; set -a; [ -r {environment} ] && . {environment}; "
            f"flock -n {_shell(str(lock))} {_shell(str(self.command))} --workspace {folder} run --due"
        ).replace("%", r"\%")
        begin, end = self._marks()
        return f"{begin}\n{_MINUTE} */{EVERY_HOURS} * * * {job}\n@reboot sleep 120; {job}\n{end}\n"

    def install(self, kind: str, run: Runner) -> str:
        """Set the timer; running it again changes nothing. Returns what was done.

        Raises
        ------
        SettingsError
            systemd or cron is not here, or refuses.
        """
        if kind == "cron":
            run(["crontab", "-"], self._without(run) + self.cron())
            return f"crontab: {self.name} runs every {EVERY_HOURS} hours; see it with `crontab -l`"
        self.units.mkdir(parents=True, exist_ok=True)
        for name, text in self.systemd().items():
            (self.units / name).write_text(text, encoding="utf-8")
        run(["systemctl", "--user", "daemon-reload"], None)
        run(["systemctl", "--user", "enable", "--now", f"{self.name}.timer"], None)
        return (
            f"{self.units / self.name}.timer: runs every {EVERY_HOURS} hours while you are logged in; "
            "`loginctl enable-linger` lets it run always"
        )

    def remove(self, kind: str, run: Runner) -> str:
        """Take the timer away; none is no error. Returns what was done."""
        if kind == "cron":
            run(["crontab", "-"], self._without(run))
            return f"crontab: {self.name} is gone"
        if (self.units / f"{self.name}.timer").exists():
            run(["systemctl", "--user", "disable", "--now", f"{self.name}.timer"], None)
        for name in self.systemd():
            (self.units / name).unlink(missing_ok=True)
        run(["systemctl", "--user", "daemon-reload"], None)
        return f"{self.name}.timer is gone"

    def _marks(self) -> tuple[str, str]:
        return f"# {self.name} begins", f"# {self.name} ends"

    def _without(self, run: Runner) -> str:
        """The user's crontab without our lines."""
        begin, end = self._marks()
        kept, ours = [], False
        for line in run(["crontab", "-l"], None).splitlines():
            ours = ours or line == begin
            if not ours:
                kept.append(line)
            ours = ours and line != end
        return "".join(f"{line}\n" for line in kept)


def run_command(arguments: Sequence[str], text: str | None) -> str:
    """The `Runner` that runs. An empty crontab, which ``crontab -l`` calls an error, is empty text."""
    try:
        done = subprocess.run(
            list(arguments), input=text, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except FileNotFoundError as error:
        raise SettingsError(
            f"{arguments[0]} is not on this machine; use the other of systemd and cron, or call `monitor run --due` "
            "from what starts jobs here"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise SettingsError(f"{' '.join(arguments)}: no answer within {_TIMEOUT_S} s") from error
    if done.returncode and list(arguments) == ["crontab", "-l"] and "no crontab" in done.stderr:
        return ""
    if done.returncode:
        raise SettingsError(f"{' '.join(arguments)}: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return done.stdout


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _systemd(text: str) -> str:
    escaped = _percent(text).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"'


def _shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
