"""Addresses of assets that a catalog serves only with a token that it gives to anyone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from monitor.sources.errors import Unavailable

_PLANETARY = "planetarycomputer.microsoft.com"
_TOKENS = f"https://{_PLANETARY}/api/sas/v1/token/"
_STORES = ".blob.core.windows.net"


def signed(feature: Mapping[str, Any], *, catalog: str, collection: str, timeout_s: float) -> Mapping[str, Any]:
    """The item with tokens in the addresses of its assets, where the catalog is one that asks for them; else itself.

    Parameters
    ----------
    feature : mapping
        The STAC item.
    catalog : str
        The catalog's address.
    collection : str
        The item's collection.
    timeout_s : float
        Longest wait for the token.

    Raises
    ------
    Unavailable
        No token came.
    """
    if urlsplit(catalog).hostname != _PLANETARY:
        return feature
    try:
        response = requests.get(_TOKENS + quote(collection), timeout=timeout_s)
        response.raise_for_status()
        token = str(response.json()["token"])
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise Unavailable(
            f"{_PLANETARY}: gave no token for {collection} ({type(error).__name__}); run again later", transient=True
        ) from error
    assets = {
        name: {**asset, "href": _with(str(asset.get("href")), token)} for name, asset in feature["assets"].items()
    }
    return {**feature, "assets": assets}


def _with(href: str, token: str) -> str:
    parts = urlsplit(href)
    is_store = (parts.hostname or "").endswith(_STORES) and parts.scheme == "https"
    return f"{href}?{token}" if is_store and not parts.query else href
