"""What training writes beside weights: the entry of ``weights.toml``, and figures with their intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping


def registry_text(name: str, entry: Mapping[str, object], *, note: str) -> str:
    """The text of a ``weights.toml`` with one entry, in TOML.

    Parameters
    ----------
    name : str
        Of the weights.
    entry : mapping of str to object
        Its keys; mappings become tables below it.
    note : str
        A sentence for people, as a comment.
    """
    head = "# What the file is, what it expects, and what travels with it. sha256 is checked before loading."
    plain = [f"{key} = {toml(value)}" for key, value in entry.items() if not isinstance(value, Mapping)]
    tables = [
        "\n".join([f"\n[{name}.{key}]", *(f"{toml(str(k))} = {toml(v)}" for k, v in value.items())])
        for key, value in entry.items()
        if isinstance(value, Mapping) and value
    ]
    return "\n".join([head, f"# {note}", f"[{name}]", *plain, *tables]) + "\n"


def toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return "nan"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(part) for part in value) + "]"
    escaped = "".join(f"\\u{ord(c):04X}" if c in '"\\' or ord(c) < 32 else c for c in str(value))
    return f'"{escaped}"'


def figure_line(value: float, bounds: tuple[float, float]) -> str:
    """A figure with its 90 % interval, the interval left out where it is not known.

    Parameters
    ----------
    value : float
    bounds : tuple of float
        NaN for none.
    """
    if not math.isfinite(value):
        return "not measured"
    return f"{value:.2f} ({bounds[0]:.2f}–{bounds[1]:.2f})" if all(map(math.isfinite, bounds)) else f"{value:.2f}"
