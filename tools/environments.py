"""Environments under .venv/, one for each program whose dependencies exclude another's.

One is made again when its requirement files or the Python changed, and left alone otherwise.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
_VENVS = ROOT / ".venv"
_REQUIREMENTS = ROOT / "requirements"
_BIN = "Scripts" if os.name == "nt" else "bin"


class SetupError(Exception):
    """An environment could not be made; the text says what to do."""


@dataclass(frozen=True)
class Environment:
    """One environment: the requirement files it holds, and whether the project itself is in it."""

    name: str
    files: tuple[str, ...]
    has_project: bool = False

    @property
    def path(self) -> Path:
        """Its directory."""
        return _VENVS / self.name

    def executable(self, name: str) -> Path:
        """Where one of its programs is."""
        return self.path / _BIN / (f"{name}.exe" if os.name == "nt" else name)

    def ensure(self) -> None:
        """Make it what its requirement files say."""
        stamp = self.path / "stamp"
        wanted = self._fingerprint()
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        if self is not UV:
            UV.ensure()
        began = time.monotonic()
        print(f"Preparing {self.path.relative_to(ROOT)} ...", end=" ", flush=True)
        shutil.rmtree(self.path, ignore_errors=True)
        if self is UV:
            self._bootstrap()
        else:
            self._install()
        stamp.write_text(wanted)
        print(f"{time.monotonic() - began:.1f} s")

    def _fingerprint(self) -> str:
        """The Python and the contents of every file that decides what is installed."""
        paths = [_REQUIREMENTS / f"{name}.txt" for name in self.files]
        if self.has_project:
            paths.append(ROOT / "pyproject.toml")
        digest = hashlib.sha256(f"{sys.version} {ROOT}".encode())
        for path in paths:
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def _bootstrap(self) -> None:
        """Install uv itself, by the pip that comes with Python."""
        try:
            venv.create(self.path, with_pip=True)
        except subprocess.CalledProcessError as error:
            message = (
                f"{sys.executable} cannot make virtual environments."
                " On Debian and Ubuntu install the package python3-venv."
            )
            raise SetupError(message) from error
        requirements = str(_REQUIREMENTS / "uv.txt")
        python = str(self.executable("python"))
        install = ("-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary=:all:")
        _call(python, *install, "--requirement", requirements)

    def _install(self) -> None:
        python = str(self.executable("python"))
        _uv("venv", "--no-project", "--python", sys.executable, str(self.path))
        files = [str(_REQUIREMENTS / f"{name}.txt") for name in self.files]
        _uv("pip", "sync", "--require-hashes", "--python", python, *files)
        if self.has_project:
            options = ("--no-deps", "--no-build-isolation", "--python", python)
            _uv("pip", "install", *options, "--editable", str(ROOT))


UV = Environment("uv", ("uv",))
TAP = Environment("tap", ("tap", "build"), has_project=True)
DEV = Environment("dev", ("dev",), has_project=True)
TARGET_DUCKDB = Environment("target-duckdb", ("target-duckdb",))
TARGET_POSTGRES = Environment("target-postgres", ("target-postgres",))
SINGER_TOOLS = Environment("singer-tools", ("singer-tools",))
MELTANO = Environment("meltano", ("meltano",))
BENCHMARKS = Environment("benchmarks", ("benchmarks",))

# In this order: later files are compiled around earlier ones.
_LOCKED = (
    "uv",
    "tap",
    "build",
    "dev",
    "target-duckdb",
    "target-postgres",
    "singer-tools",
    "meltano",
    "benchmarks",
)


def lock() -> int:
    """Compile every requirements/*.in to a .txt that pins each distribution by hash."""
    UV.ensure()
    for name in _LOCKED:
        _uv(
            "pip",
            "compile",
            "--universal",
            "--generate-hashes",
            "--upgrade",
            # The files name no index: everyone's own configuration decides where things come from.
            "--no-emit-index-url",
            "--python-version=3.11",
            "--custom-compile-command=python3 dev.py lock",
            f"{name}.in",
            f"--output-file={name}.txt",
            cwd=_REQUIREMENTS,
        )
        print(f"requirements/{name}.txt")
    return 0


def _uv(*arguments: str, cwd: Path = ROOT) -> None:
    # Without the variable uv would fetch a Python of its own where the given one does not suit.
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    environment.pop("VIRTUAL_ENV", None)
    _call(str(UV.executable("uv")), "--quiet", *arguments, cwd=cwd, environment=environment)


def _call(*command: str, cwd: Path = ROOT, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        program = Path(command[0]).name
        message = f"\n{program} failed:\n{(done.stdout + done.stderr).strip()}"
        raise SetupError(message)
