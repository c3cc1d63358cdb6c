"""Commands that keep watch: passes, the timer, the doctor."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.options import AoiOption, LastOption, PeriodArgument, chosen_period, require, session


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    for command in (passes, schedule, doctor):
        app.command()(command)


def passes(
    context: typer.Context, period: PeriodArgument = None, last: LastOption = None, aoi: AoiOption = None
) -> None:
    """When each satellite looked at each port, and will look next; without PERIOD: the last and the next 15 days.

    Example: monitor passes 2023-10 --aoi rajin
    """
    to = session(context)
    found = to.open().passes(aoi, chosen_period(period, last))
    columns = ["at", "aoi_id", "platform", "relative_orbit", "orbit_state", "state", "reason"]
    text = found[columns].to_string(index=False) if len(found) else "no pass is known yet; `monitor pull` brings looks"
    to.tell({"passes": found.to_dict("records")}, text)


def schedule(
    context: typer.Context,
    print_: Annotated[str | None, typer.Option("--print", help="systemd or cron: print the timer.")] = None,
    install: Annotated[bool, typer.Option("--install", help="Set the timer.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the timer away.")] = False,
    kind: Annotated[str, typer.Option("--with", help="systemd or cron, for --install and --remove.")] = "systemd",
) -> None:
    """Let the operating system call `monitor run --due`.

    Examples: monitor schedule --print systemd; monitor schedule --install
    """
    require((print_ is not None) + install + remove == 1, "schedule needs one of --print, --install and --remove")
    require((print_ or kind) in ("systemd", "cron"), f"{print_ or kind!r}: use systemd or cron")
    to = session(context)
    if print_ is not None:
        text = to.open().schedule_text(print_)
    else:
        text = to.open().schedule(kind, remove=remove)
    to.tell({"schedule": text}, text.rstrip("\n"))


def doctor(context: typer.Context) -> None:
    """Say what is wrong, and the command that helps; exits 1 when anything is.

    Example: monitor doctor
    """
    to = session(context)
    checks = to.open().doctor()
    lines = [
        f"{'ok  ' if c.ok else 'BAD '} {c.name}: {c.what}" + (f"\n     do: {c.remedy}" if c.remedy else "")
        for c in checks
    ]
    to.tell({"checks": [check.as_row() for check in checks], "ok": all(c.ok for c in checks)}, "\n".join(lines))
    if not all(check.ok for check in checks):
        raise typer.Exit(1)
