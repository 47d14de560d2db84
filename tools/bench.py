"""`dev.py bench`: the benchmarks in the tap's own environment, and a plot of their results."""

from __future__ import annotations

import subprocess

from tools.environments import BENCHMARKS, ROOT, TAP

_KEPT = ROOT / "benchmarks" / "results.json"
_PASSING = ROOT / "output" / "benchmarks.json"


def run(arguments: list[str]) -> int:
    """Measure, write JSON and draw it. Only whole runs replace the results that are kept."""
    TAP.ensure()
    BENCHMARKS.ensure()
    is_part = any(argument.startswith(("--quick", "--only")) for argument in arguments)
    results = _PASSING if is_part else _KEPT
    python = str(TAP.executable("python"))
    command = [python, "-m", "benchmarks", f"--json={results}", *arguments]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code:
        return code
    picture = results.with_suffix(".svg")
    command = [str(BENCHMARKS.executable("python")), "-m", "benchmarks.plot"]
    code = subprocess.run([*command, str(results), str(picture)], cwd=ROOT, check=False).returncode
    if not code:
        print(f"The figures are in {results.relative_to(ROOT)}, drawn in {picture.name}.")
    return code
