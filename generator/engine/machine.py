"""On what machine and from which commit something was computed."""

import os
import platform
import subprocess
from pathlib import Path

from generator.record import Machine


def machine() -> Machine:
    """This machine, as far as it bears on times and on the last bits of a result."""
    return Machine(
        cpu=_cpu_model(),
        cores=available_cores(),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        system=f"{platform.system()} {platform.machine()}",
    )


def available_cores() -> int:
    """Cores this process may use, which in a container can be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def commit(root: Path) -> str:
    """The checked-out commit (12 hex digits), with ``+`` if tracked files differ from it; empty outside git."""
    command = ("git", "-C", str(root), "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*")
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
