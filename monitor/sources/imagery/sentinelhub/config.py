"""The deployment of a Sentinel Hub service, the credentials for it, and the limits of requests."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from monitor.core.errors import DataError, SettingsError
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.text import public_url
from monitor.io.documents import read_toml

_NOT_SET = SecretStr("")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_CDSE_TOKEN = "https://identity.dataspace.copernicus.eu/auth/realms/CDSE/protocol/openid-connect/token"
_SH_TOKEN = "https://services.sentinel-hub.com/auth/realms/main/protocol/openid-connect/token"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The URLs of one deployment, and the masks that its Sentinel-2 collections have, by level."""

    base_url: str
    token_url: str
    masks: tuple[tuple[str, tuple[str, ...]], ...]

    def masks_of(self, level: str) -> tuple[str, ...]:
        """Mask bands of a product level (``L2A`` | ``L1C``)."""
        return dict(self.masks)[level]


_PLAIN_MASKS = (("L2A", ("SCL", "dataMask")), ("L1C", ("dataMask",)))
_DEPLOYMENTS = {
    "cdse": Endpoints("https://sh.dataspace.copernicus.eu", _CDSE_TOKEN, _PLAIN_MASKS),
    "sh": Endpoints(
        "https://services.sentinel-hub.com",
        _SH_TOKEN,
        (("L2A", ("SCL", "CLM", "dataMask")), ("L1C", ("CLM", "dataMask"))),
    ),
}
"""The Copernicus Data Space has no CLM band (its band tables for Sentinel-2 L1C and L2A)."""


@dataclass(frozen=True, slots=True)
class SentinelHubSettings:
    """Credentials for one deployment, what is requested from it, and the limits of requests.

    Attributes
    ----------
    deployment : str
        ``cdse``, ``sh`` or ``custom``; sets base, token and collection URLs together.
    base_url, token_url : str
        For ``custom`` alone.
    client_id, client_secret : SecretStr
        Of an OAuth client; empty when not set.
    level : str
        ``L2A`` or ``L1C`` of Sentinel-2.
    sensors : tuple of str
        Which to search for, ``s2`` and ``s1``.
    incidence : bool
        Whether Sentinel-1 comes with its incidence angle, for half as many units again.
    units_per_month : float
        Processing units at which pulls stop, in a calendar month (UTC).
    deadline_s : float
        Longest time for one request with all its waiting.
    attempts : int
        How often one request is sent at most.
    pause_s : float
        First wait before it is sent again, doubled each time.
    side_px : int
        Longest side of one request, 2500 at the service; larger AOIs are split and merged.
    limits : Limits
        What one answer may take in memory.

    Raises
    ------
    SettingsError
        URLs and deployment do not fit, or a URL is plain HTTP to another machine.
    """

    deployment: str = "cdse"
    base_url: str = ""
    token_url: str = ""
    client_id: SecretStr = _NOT_SET
    client_secret: SecretStr = _NOT_SET
    level: str = "L2A"
    sensors: tuple[str, ...] = ("s2", "s1")
    incidence: bool = False
    units_per_month: float = 10_000.0
    deadline_s: float = 600.0
    attempts: int = 4
    pause_s: float = 5.0
    side_px: int = 2500
    limits: Limits = DEFAULT_LIMITS

    def __post_init__(self) -> None:
        if self.deployment == "custom":
            if not (self.base_url and self.token_url):
                raise SettingsError("[sentinelhub] deployment = custom needs base_url and token_url")
        elif self.deployment not in _DEPLOYMENTS:
            raise SettingsError(f"[sentinelhub] deployment {self.deployment!r}: use cdse, sh or custom")
        elif self.base_url or self.token_url:
            raise SettingsError(
                f"[sentinelhub] deployment = {self.deployment} has its own URLs: remove base_url and token_url, or "
                "set deployment = custom"
            )
        if self.level not in ("L2A", "L1C"):
            raise SettingsError(f"[sentinelhub] level {self.level!r}: use L2A or L1C")
        for name in ("base_url", "token_url"):
            _check_url(getattr(self.endpoints, name), name)

    @property
    def endpoints(self) -> Endpoints:
        """The deployment's URLs and masks."""
        if self.deployment == "custom":
            return Endpoints(self.base_url.rstrip("/"), self.token_url, _PLAIN_MASKS)
        return _DEPLOYMENTS[self.deployment]

    @property
    def credentials_problem(self) -> str:
        """What is wrong with the credentials before any request is sent, or ``""``."""
        missing = [name for name in ("client_id", "client_secret") if not getattr(self, name)]
        if not missing:
            return ""
        names = " and ".join(f"MONITOR_SENTINELHUB__{name.upper()}" for name in missing)
        return f"no credentials: set {names}, or [sentinelhub] credentials_file to a file that only you can read"


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    return (urlsplit(url).hostname or "") in _LOOPBACK


def read_credentials(path: Path) -> tuple[SecretStr, SecretStr]:
    """client_id and client_secret from a TOML file that nobody else can read.

    Raises
    ------
    SettingsError
        The file is not there, not TOML, readable by others, or lacks one of the two; no secret is in the message.
    """
    try:
        mode = path.stat().st_mode
        values = read_toml(path)
    except DataError as error:
        raise SettingsError(f'{path}: cannot be read as TOML; write client_id = "…" and client_secret = "…"') from error
    except OSError as error:
        raise SettingsError(f"{path}: credentials cannot be read ({type(error).__name__})") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"{path}: others can read these credentials; run `chmod 600 {path}`")
    found = [values.get(name) for name in ("client_id", "client_secret")]
    if not all(isinstance(value, str) and value for value in found):
        raise SettingsError(f'{path}: lacks client_id or client_secret; write client_id = "…" and client_secret = "…"')
    return SecretStr(str(found[0])), SecretStr(str(found[1]))


def _check_url(url: str, name: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and is_loopback(url):
        return
    if parts.scheme == "http":
        raise SettingsError(
            f"[sentinelhub] {name} {public_url(url)}: plain HTTP would send the secret in clear; use https://"
        )
    raise SettingsError(
        f"[sentinelhub] {name} {public_url(url)!r} is not a URL such as https://services.sentinel-hub.com"
    )
