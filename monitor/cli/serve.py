"""The command that serves the local page."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.options import Session, command


@command
def serve(
    session: Session,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes any that is free.")] = 8725,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in your browser.")] = True,
) -> None:
    """Serve ports, review queue, evidence and tables as a page on 127.0.0.1, until Ctrl-C.

    Example: monitor serve --port 8725 --no-open
    """
    from monitor.serve import serve

    def show_address(address: str) -> None:
        session.print({"address": address}, f"{address}\nOnly this address can write. Ctrl-C ends it.")

    serve(session.open(), port=port, show=show, announce=show_address)
