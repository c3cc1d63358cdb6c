"""The catalog's search."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from shapely.geometry import box, shape

from tests.standin.worlds import Product

_EQUALS = re.compile(r"\s*([\w:]+)\s*=\s*'([^']*)'\s*")


class RefusedError(Exception):
    """The request is wrong; becomes a 400."""


def search(products: Sequence[Product], body: dict) -> dict:
    """The answer to a search body, one page of it."""
    if len(body.get("collections", [])) != 1:
        raise RefusedError("exactly one collection is needed")
    limit = body.get("limit", 10)
    if not 1 <= limit <= 100:
        raise RefusedError("limit must be between 1 and 100")
    found = [product for product in products if product.collection == body["collections"][0]]
    if "datetime" in body:
        start, end = (datetime.fromisoformat(part) for part in body["datetime"].split("/"))
        found = [product for product in found if start <= product.at <= end]
    if "bbox" in body:
        found = [product for product in found if product.footprint.intersects(box(*body["bbox"]))]
    if "intersects" in body:
        found = [product for product in found if product.footprint.intersects(shape(body["intersects"]))]
    for clause in (body.get("filter") or "").split(" AND "):
        if clause:
            found = [product for product in found if _holds(clause, product)]
    found.sort(key=lambda product: product.at, reverse=True)
    offset = body.get("next", 0)
    page = found[offset : offset + limit]
    context: dict = {"limit": limit, "returned": len(page)}
    if offset + limit < len(found):
        context["next"] = offset + limit
    return {"type": "FeatureCollection", "features": [p.feature() for p in page], "links": [], "context": context}


def _holds(clause: str, product: Product) -> bool:
    match = _EQUALS.fullmatch(clause)
    if not match:
        raise RefusedError(f"cannot parse filter {clause!r}")
    return str(product.properties.get(match[1], "")) == match[2]
