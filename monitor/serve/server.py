"""The server of the local page."""

from __future__ import annotations

import secrets
import socket
import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from monitor.core.errors import SettingsError
from monitor.serve.app import make_app
from monitor.serve.cache import PageCache
from monitor.serve.request import draw_first_pages
from monitor.serve.security import AccessRule

if TYPE_CHECKING:
    from monitor.workspace.workspace import Workspace

HOST = "127.0.0.1"
DEFAULT_PORT = 8725


def serve(
    workspace: Workspace, *, port: int = DEFAULT_PORT, show: bool = True, announce: Callable[[str], None] | None = None
) -> None:
    """Serve a workspace on 127.0.0.1 until interrupted.

    Parameters
    ----------
    workspace : Workspace
        What is served.
    port : int
        0 takes any that is free.
    show : bool
        Open the page in the user's browser.
    announce : callable, optional
        Called once with the address, whose fragment holds the token to write with; browsers do not send fragments.

    Raises
    ------
    SettingsError
        The port is taken.
    """
    cache = PageCache(workspace, draw_first_pages)
    cache.refresh()
    with closing(listen(port)) as listener:
        number = int(listener.getsockname()[1])
        token = secrets.token_urlsafe(24)
        address = f"http://{HOST}:{number}/#token={token}"
        server = uvicorn.Server(
            uvicorn.Config(
                make_app(cache, AccessRule.at(number, token)),
                log_level="warning",
                access_log=False,
                server_header=False,
                date_header=False,
                proxy_headers=False,
                ws="none",
                lifespan="off",
                timeout_graceful_shutdown=2,
            )
        )
        if announce is not None:
            announce(address)
        with _opened(address) if show else nullcontext(), suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


@contextmanager
def _opened(address: str) -> Iterator[None]:
    """The user's browser at an address, by way of a file that only this user reads: commands are seen by everybody."""
    with tempfile.TemporaryDirectory(prefix="monitor-") as folder:
        page = Path(folder) / "open.html"
        page.write_text(f'<!DOCTYPE html><meta http-equiv="refresh" content="0;url={address}">', encoding="utf-8")
        webbrowser.open(page.as_uri())
        yield


def listen(port: int) -> socket.socket:
    """A socket that listens on this port of 127.0.0.1, or on a free one for 0.

    Raises
    ------
    SettingsError
        The port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise SettingsError(f"port {port} of {HOST} cannot be had ({error.strerror}); try --port 0") from error
    return listener
