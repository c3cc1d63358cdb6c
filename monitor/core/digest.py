"""Digests of values by their content: equal values have equal ones, in every process and on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from monitor.core.schema import Schema

_PLAIN = (str, bytes, bool, int, float, date, timedelta, pd.Timedelta, np.generic, type(None))


def digest_of(value: object) -> str:
    """SHA-256, hexadecimal, of a value: plain ones, arrays, tables, geometry, and what is put together of them.

    Raises
    ------
    TypeError
        A part is of another kind, whose content cannot be told from outside.
    """
    return _digest(value).hex()


def table_digest(table: pd.DataFrame) -> bytes:
    """SHA-256 over columns and values of a table, row by row; geometry by its well-known binary."""
    plain = pd.DataFrame({c: table[c].to_wkb() if c == "geometry" else table[c] for c in table})
    made = hashlib.sha256(repr([(c, str(plain[c].dtype)) for c in plain]).encode())
    made.update(pd.util.hash_pandas_object(plain, index=False).to_numpy().tobytes())
    return made.digest()


def _digest(value: object) -> bytes:
    made = hashlib.sha256(f"{type(value).__qualname__}\0".encode())
    if isinstance(value, _PLAIN):
        made.update(repr(value).encode())
    elif isinstance(value, pd.DataFrame):
        made.update(table_digest(value))
    elif isinstance(value, np.ndarray):
        made.update(f"{value.dtype.str} {value.shape}".encode() + np.ascontiguousarray(value).tobytes())
    elif isinstance(value, BaseGeometry):
        made.update(value.wkb)
    elif isinstance(value, Schema):
        made.update(value.name.encode())
    elif isinstance(value, Mapping):
        made.update(b"".join(_digest(key) + _digest(value[key]) for key in value))
    elif isinstance(value, Set):
        made.update(b"".join(sorted(map(_digest, value))))
    elif isinstance(value, tuple | list):
        made.update(b"".join(map(_digest, value)))
    elif is_dataclass(value):
        made.update(b"".join(_digest(getattr(value, field.name)) for field in fields(value)))
    else:
        raise TypeError(f"{type(value).__qualname__}: a value of this kind has no digest")
    return made.digest()
