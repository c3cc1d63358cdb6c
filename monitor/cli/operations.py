"""Commands for operation: passes, the timer, the doctor."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.options import AoiOption, LastOption, PeriodArgument, Session, chosen_period, command, exit_if, require
from monitor.cli.printing import LimitOption, first_rows


@command
def passes(
    session: Session,
    period: PeriodArgument = None,
    last: LastOption = None,
    aoi: AoiOption = None,
    limit: LimitOption = None,
) -> None:
    """List when each satellite passed each port and will pass next; without PERIOD: the last and the next 15 days.

    Example: monitor passes 2023-10 --aoi rajin
    """
    from monitor.core.wording import iso

    found, note = first_rows(session.open().passes(aoi, chosen_period(period, last)), limit, json=session.json)
    columns = ["at", "aoi_id", "platform", "relative_orbit", "orbit_state", "state", "reason"]
    text = "no pass is known yet; run `monitor pull` first"
    if len(found):
        text = found[columns].assign(at=[iso(at) for at in found["at"]]).to_string(index=False, na_rep="")
    session.print({"passes": found.to_dict("records")}, "\n".join([text, *note]))


@command
def plan(
    session: Session,
    aoi: Annotated[str, typer.Argument(metavar="AOI", help="The port.")],
    partner: Annotated[str | None, typer.Option("--partner", help="The port at the other end of a leg.")] = None,
    stay: Annotated[str, typer.Option("--stay", help="Time that a ship spends at each end.")] = "24h",
    season: Annotated[str, typer.Option("--season", help="How long the port is watched.")] = "90d",
) -> None:
    """Tell what passes would let one say of a port before any is paid for: S2 alone, with S1, with daily images.

    Example: monitor plan rajin --partner dunai --stay 24h
    """
    found = session.open().plan(aoi, partner=partner, stay=stay, season=season)
    session.print(found.as_json(), found.text())


@command
def schedule(
    session: Session,
    print_: Annotated[str | None, typer.Option("--print", help="systemd or cron: print the timer.")] = None,
    install: Annotated[bool, typer.Option("--install", help="Set the timer.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the timer.")] = False,
    kind: Annotated[str, typer.Option("--with", help="systemd or cron, for --install and --remove.")] = "systemd",
) -> None:
    """Let the operating system call `monitor run --due`.

    Examples: monitor schedule --print systemd; monitor schedule --install
    """
    require((print_ is not None) + install + remove == 1, "schedule needs one of --print, --install and --remove")
    require((print_ or kind) in ("systemd", "cron"), f"{print_ or kind!r}: use systemd or cron")
    if print_ is not None:
        text = session.open().schedule_text(print_)
    else:
        text = session.open().schedule(kind, remove=remove)
    session.print({"schedule": text}, text.rstrip("\n"))


@command
def doctor(session: Session) -> None:
    """Report what is wrong, and the command that fixes it; exits 1 when anything is.

    Example: monitor doctor
    """
    checks = session.open().doctor()
    lines = [
        f"{'ok  ' if c.ok else 'BAD '} {c.name}: {c.what}" + (f"\n     fix: {c.remedy}" if c.remedy else "")
        for c in checks
    ]
    session.print({"checks": [check.as_row() for check in checks], "ok": all(c.ok for c in checks)}, "\n".join(lines))
    exit_if(not all(check.ok for check in checks))
