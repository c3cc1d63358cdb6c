"""Signatures of checksums by minisign or OpenSSH."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from monitor.core.errors import DataError

_SIGN_S = 120
_MINISIGN_KEY = b"untrusted comment:"


@dataclass(frozen=True, slots=True)
class Signer:
    """A secret key of minisign or OpenSSH with the program that made it.

    Attributes
    ----------
    key : Path
        The file of the key.
    program : str
        The path of minisign or ssh-keygen.
    is_minisign : bool
        Which of the two.
    """

    key: Path
    program: str
    is_minisign: bool

    @classmethod
    def open(cls, key: Path) -> Signer:
        """A signer that has signed once: a passphrase is asked for here and again when the checksums are signed.

        Raises
        ------
        DataError
            The key cannot be read or does not sign, or the program is not installed.
        """
        try:
            is_minisign = key.read_bytes().startswith(_MINISIGN_KEY)
        except OSError as error:
            raise DataError(
                f"{key}: cannot be read ({error.strerror}); give a secret key of minisign or OpenSSH"
            ) from error
        name = "minisign" if is_minisign else "ssh-keygen"
        program = shutil.which(name)
        if program is None:
            raise DataError(f"{key}: {name} is not on the PATH; install it, or leave the signature out")
        made = cls(key, program, is_minisign)
        made.signed("trial", b"")
        return made

    def signed(self, name: str, data: bytes) -> dict[str, bytes]:
        """The signature of a file's bytes by its name: that of the file with ``.minisig`` or ``.sig``.

        Raises
        ------
        DataError
            The program does not sign with the key, or takes longer than two minutes.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            signature = path.with_name(f"{name}.{'minisig' if self.is_minisign else 'sig'}")
            key = str(self.key)
            own = ["-S", "-s", key, "-m"] if self.is_minisign else ["-Y", "sign", "-q", "-n", "file", "-f", key]
            reason = self._run([*own, str(path)])
            if reason is None and signature.is_file():
                return {signature.name: signature.read_bytes()}
        program = Path(self.program).name
        raise DataError(
            f"{self.key}: {program} does not sign with it ({reason}); give a secret key of minisign or OpenSSH"
        )

    def _run(self, arguments: list[str]) -> str | None:
        """Why the program failed; None where it did not."""
        try:
            done = subprocess.run([self.program, *arguments], capture_output=True, timeout=_SIGN_S, check=False)
        except subprocess.TimeoutExpired:
            return f"no answer within {_SIGN_S} s"
        return done.stderr.decode(errors="replace").strip() or "no reason given" if done.returncode else None
