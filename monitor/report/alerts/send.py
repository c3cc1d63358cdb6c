"""Messages to people, through apprise; the only file that imports it. Targets are URLs that carry secrets."""

from __future__ import annotations

import hashlib
import importlib
import logging
import re
import stat
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

from monitor.core.errors import SettingsError, SourceError
from monitor.report.alerts.messages import Message

_SHORTEST_SECRET = 3
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Target:
    """One place that messages go to; it never shows its URL."""

    url: str = field(repr=False)

    @property
    def service(self) -> str:
        """The scheme, which names the kind of service: ``ntfy``, ``mailto``, ``json``."""
        return self.url.partition("://")[0].casefold()

    @property
    def key(self) -> str:
        """Eight hexadecimal digits that distinguish it from others without revealing it."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:8]

    def __str__(self) -> str:
        return f"{self.service}://*** ({self.key})"

    def masked(self, text: str) -> str:
        """A text without any part of the URL but its scheme."""
        parts = urlsplit(self.url)
        pieces = {self.url, self.url.partition("://")[2], parts.netloc, parts.path, parts.query}
        pieces |= set(re.split(r"[/@:?&=,#]+", self.url.partition("://")[2]))
        pieces |= {unquote(piece) for piece in pieces}
        for piece in sorted(pieces, key=len, reverse=True):
            if len(piece) >= _SHORTEST_SECRET:
                text = re.sub(re.escape(piece), "***", text, flags=re.IGNORECASE)
        return text


Send = Callable[[Target, Message], None]
"""Delivers one message to one target; raises SourceError when it did not arrive."""


def read_targets(text: str) -> tuple[Target, ...]:
    """The targets of a text, one URL a line (or separated by blanks); lines that start with # are remarks.

    Raises
    ------
    SettingsError
        Something in it is no URL; it is not repeated in the message.
    """
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    words = " ".join(lines).split()
    for number, word in enumerate(words, 1):
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://.", word):
            raise SettingsError(
                f"alerts: target {number} of {len(words)} is no URL such as ntfy://host/topic; write one a line"
            )
    return tuple(dict.fromkeys(Target(word) for word in words))


def read_targets_file(path: Path) -> tuple[Target, ...]:
    """The targets of a file that nobody else can read.

    Raises
    ------
    SettingsError
        The file cannot be read, others can read it, or a line is no URL.
    """
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: alert targets cannot be read ({type(error).__name__})") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"{path}: others can read these secrets; run `chmod 600 {path}`")
    return read_targets(text)


def send(target: Target, message: Message) -> None:
    """Deliver a message through apprise.

    Raises
    ------
    SettingsError
        apprise is not installed, or knows no such service.
    SourceError
        The service refused or did not answer; what apprise logged of it stands in the message, without secrets.
    """
    with _captured_log() as logged:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # it imports modules that Python is to drop
            apprise = _apprise()
            post = apprise.Apprise()
            is_known = post.add(target.url)
        if not is_known:
            raise SettingsError(f"alerts: apprise takes no such URL: {target}; its documentation lists the services")
        done = post.notify(body=message.body, title=message.title, body_format=apprise.NotifyFormat.TEXT)
    if not done:
        reason = target.masked("; ".join(logged))[:_LONGEST_REASON] or "no reason given"
        raise SourceError(f"{target}: not delivered ({reason}); it is tried again at the next run", transient=True)


def _apprise() -> ModuleType:
    try:
        return importlib.import_module("apprise")
    except ImportError as error:
        raise SettingsError("alerts: apprise is missing; run `pip install 'maritime-monitor[alerts]'`") from error


@contextmanager
def _captured_log() -> Iterator[list[str]]:
    """What apprise and what it posts with log, kept from every other log, since they name the URLs."""
    logged: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logged.append(record.getMessage())

    keep = Keep(logging.WARNING)
    loggers = [logging.getLogger(name) for name in ("apprise", "requests", "urllib3")]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.propagate = False
        logger.addHandler(keep)
    try:
        yield logged
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(keep)
            logger.propagate = propagate
