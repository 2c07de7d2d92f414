"""The memory of another process, as the kernel counts it."""

from pathlib import Path


def _kib(pid, name):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def resident_mib(pid):
    return _kib(pid, "VmRSS") / 1024


def peak_mib(pid):
    """The most it had since `forget_peak`."""
    return _kib(pid, "VmHWM") / 1024


def forget_peak(pid):
    """Let the kernel begin anew to note the most."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
