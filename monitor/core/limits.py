"""How much of memory and time one file may take, before it is refused as one that was made to fill them."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.errors import DataError

_BYTE_MB = 1e-6
_VALUE_BYTES = 72
"""Memory of a number or short text and its place in a list, in CPython 3.11 to 3.13."""
_PAIR_BYTES = 150
"""Memory of a name, a value and their place in an object."""
_OBJECT_BYTES = 240
"""Memory of an object with up to five names."""
_LIST_BYTES = 96
"""Memory of a list with up to four values."""
_ELEMENT_BYTES = 320
"""Memory of an XML element with its children's list; measured with ElementTree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may take; `[limits]` of monitor.toml raises each.

    Attributes
    ----------
    unpack_ratio : float
        Times its own size that a packed file may unpack to, beyond 64 MB. Chosen: AIS in CSV packs to a tenth or
        twentieth, a table of one repeated row to a hundredth.
    unpack_gb : float
        Gigabytes that a packed file may unpack to; chosen.
    document_mb : float
        Megabytes of memory for one JSON, XML or TOML document that is read in one piece; chosen so that a process stays
        below 1 GB.
    megapixels : float
        Million pixels of a picture that are read at once, as are those of one of its blocks; chosen, a whole tile of
        Sentinel-2 has 121.
    """

    unpack_ratio: float = 200.0
    unpack_gb: float = 100.0
    document_mb: float = 700.0
    megapixels: float = 150.0

    def check_unpacked(self, where: object, packed: int, unpacked: int) -> None:
        """Refuse a packed file once it has unpacked to too much.

        Parameters
        ----------
        where : object
            Names the file in the error.
        packed : int
            Bytes of the file.
        unpacked : int
            Bytes that came out of it so far.

        Raises
        ------
        DataError
            The bytes are over `unpack_gb`, or over 64 MB and `unpack_ratio` times the file.
        """
        if unpacked <= packed:
            return
        if unpacked > self.unpack_gb * 1e9:
            raise _over(where, f"it unpacks to over {self.unpack_gb:g} GB", "unpack_gb")
        if unpacked > max(64 << 20, packed * self.unpack_ratio):
            raise _over(where, f"it unpacks to over {self.unpack_ratio:g} times its {packed} bytes", "unpack_ratio")

    def check_document(self, where: object, text: bytes) -> None:
        """Refuse a document that would take too much memory once it is parsed as JSON, TOML or XML.

        Parameters
        ----------
        where : object
            Names the file in the error.
        text : bytes
            The document.

        Raises
        ------
        DataError
            What it holds would take over `document_mb`.
        """
        plain = len(text) * (2 if text.isascii() else 5)
        if text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            parts = text.count(b"<") * _ELEMENT_BYTES
        else:
            parts = (text.count(b",") + text.count(b"\n")) * _VALUE_BYTES + text.count(b":") * _PAIR_BYTES
            parts += text.count(b"{") * _OBJECT_BYTES + text.count(b"[") * _LIST_BYTES
        self.check_size(where, plain + parts)

    def check_size(self, where: object, size: int) -> None:
        """Refuse what takes more than `document_mb`.

        Parameters
        ----------
        where : object
            Names the file in the error.
        size : int
            Bytes of memory.

        Raises
        ------
        DataError
            There are too many.
        """
        if size * _BYTE_MB > self.document_mb:
            what = f"reading it in one piece takes over {self.document_mb:g} MB of memory; split it, or"
            raise _over(where, what, "document_mb", joined=" ")

    def check_pixels(self, where: object, rows: int, cols: int) -> None:
        """Refuse a picture, or a block of one, that has too many pixels to be read at once.

        Parameters
        ----------
        where : object
            Names the file in the error.
        rows, cols : int
            Its size.

        Raises
        ------
        DataError
            There are over `megapixels`.
        """
        if rows * cols > self.megapixels * 1e6:
            what = f"{cols} × {rows} pixels to be read at once, the limit is {self.megapixels:g} million; cut it, or"
            raise _over(where, what, "megapixels", joined=" ")


def _over(where: object, what: str, name: str, joined: str = "; if it is sound, ") -> DataError:
    setting = f"[limits] {name} in monitor.toml or MONITOR_LIMITS__{name.upper()}"
    return DataError(f"{where}: {what}{joined}raise {setting}")


DEFAULT_LIMITS = Limits()
"""The limits of whoever states no others."""
