"""The project's commands, for a machine that has Python and git and nothing else.

python3 dev.py demo               syncs a sandbox into a database; once more: only what changed
python3 dev.py test [-- ARGS]     every check; ARGS go to pytest
python3 dev.py check PART         one of them: lint, types, docs or unit
python3 dev.py bench [-- ARGS]     measures speed, cost and memory; --quick, --full, --only PART
python3 dev.py docs               writes what is generated from the settings and the streams
python3 dev.py lock               compiles requirements/*.in again

What they need is installed under .venv/ on first use, with the hashes in requirements/*.txt.
Any Python 3 can read this file, to look for one that the tap supports; the rest is in tools/.
"""

import os
import shutil
import subprocess
import sys

SUPPORTED = ("3.13", "3.12", "3.11")


def main() -> int:
    """Run the command under a supported Python: this one, or another on PATH."""
    if "{}.{}".format(*sys.version_info[:2]) in SUPPORTED:
        from tools.commands import run  # noqa: PLC0415 - older Pythons cannot read it

        return run(sys.argv[1:])
    for version in SUPPORTED:
        python = _executable(version)
        if python:
            os.execv(python, [python, *sys.argv])  # noqa: S606 - itself, by another Python
    sys.exit("dev.py needs Python 3.11, 3.12 or 3.13: none of them is on PATH.")


def _executable(version: str) -> str:
    """Where this Python really is; version managers put stand-ins on PATH that may fail."""
    found = shutil.which("python" + version)
    if not found:
        return ""
    code = "import sys; print(sys.executable)"
    asked = subprocess.run(
        [found, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return asked.stdout.decode().strip() if asked.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main())
