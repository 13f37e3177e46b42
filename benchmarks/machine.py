"""Description of the machine that figures were measured on."""

import os
import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path

import psutil

LIBRARIES = (
    "numpy",
    "tensorflow",
    "keras",
    "openvino",
    "transformers",
    "xplique",
    "lime",
    "tf-keras-vis",
    "scikit-learn",
)
CPUINFO = Path("/proc/cpuinfo")
CLASSES = {"bf16": {"avx512_bf16", "amx_bf16"}, "avx512": {"avx512f"}, "avx2": {"avx2"}}
"""Classes of processors, best first: what one of them can do that those after it cannot."""

OTHER = "other"


def describe() -> str:
    """Day, processor, cores, memory, versions, and how busy the machine is right now, in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = (
        f"{date.today():%Y-%m-%d}",
        processor(),
        f"{cores} of {os.cpu_count()} cores",
        f"{psutil.virtual_memory().total / 2**30:.0f} GB of memory",
        f"{platform.system()}, Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in LIBRARIES),
    )
    return f"{', '.join(parts)}; load before it {load()}"


def load() -> str:
    """How many programs want a core: means of the last minute and of the last five."""
    return "{:.1f} and {:.1f}".format(*psutil.getloadavg())


def processor() -> str:
    """Its name, as far as the system tells."""
    return _told("model name") or platform.processor() or platform.machine()


def processor_class(path: Path = CPUINFO) -> str:
    """One of ``CLASSES``: ratios carry over between processors of one class."""
    abilities = set(_told("flags", path).split())
    return next((name for name, wanted in CLASSES.items() if wanted & abilities), OTHER)


def _told(key: str, path: Path = CPUINFO) -> str:
    """What Linux says of the first core; empty where it says nothing."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def processor_seconds(process: psutil.Process) -> float:
    """What a process has taken of the processor so far, for itself and in the system."""
    times = process.cpu_times()
    return float(times.user + times.system)
