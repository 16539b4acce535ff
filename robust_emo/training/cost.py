"""What training costs: seconds spent in steps, and the most memory it held."""

import sys
import time
from pathlib import Path

import torch


class Stopwatch:
    """Seconds since it was last started."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin to count anew."""
        self._since = time.perf_counter()

    def seconds(self) -> float:
        """Seconds counted."""
        return time.perf_counter() - self._since


def peak_memory(device: torch.device) -> int | None:
    """The most bytes held so far: on a GPU those of tensors, else the resident memory of this process.

    None where the system does not tell (Windows, some sandboxes).
    """
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if sys.platform == "linux":  # whose getrusage starts with the peak of the process that started this one
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024  # the others count kibibytes
