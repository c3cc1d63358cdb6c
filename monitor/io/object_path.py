"""A path in an object store that answers "no" only when the store did."""

from __future__ import annotations

from upath.extensions import ProxyUPath


class ObjectPath(ProxyUPath):  # type: ignore[misc]
    """A path of fsspec. Its own questions take every error for "not there", which would make an archive look empty."""

    def exists(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002
        """Whether something is there.

        Raises
        ------
        OSError
            The store did not answer, or refused to; clients may raise errors of their own (`io.remote.is_unreached`).
        """
        return self._type() != ""

    def is_file(self) -> bool:
        """Whether it is a file; errors as `exists`."""
        return self._type() == "file"

    def is_dir(self) -> bool:
        """Whether it is a folder, that is, a name that others begin with; errors as `exists`."""
        return self._type() == "directory"

    def replace(self, target: ObjectPath) -> ObjectPath:
        """Give the object another name in the same store; one that has it is replaced."""
        self.fs.mv(self.path, target.path)
        return target

    def _type(self) -> str:
        try:
            return str(self.fs.info(self.path)["type"])
        except FileNotFoundError:
            return ""
