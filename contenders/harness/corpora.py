"""The generated exports, in files that live in memory."""

import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

SIZES = ("small", "medium", "large")

MEMORY = Path("/dev/shm")

# Records can be this much longer than the corpus was asked to be.
SLACK = 8_000_000


@contextmanager
def directory(need):
    """A directory for `need` bytes, in memory if they fit there; removed at the end."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > need + SLACK
    if not in_memory:
        print("no room in memory: files are on disk, and slower to read", file=sys.stderr)
    with tempfile.TemporaryDirectory(
        prefix="qstash-redact-", dir=MEMORY if in_memory else None
    ) as path:
        yield Path(path)


def command(generator, *, size="small", shape="ndjson", **limit):
    """The generator's command line for `bytes="256MB"` or `records=10`."""
    options = [f"--{name}={value}" for name, value in limit.items()]
    options = [part for option in options for part in option.split("=")]
    return [generator, "--shape", shape, "--size", size, *options, "--seed", "1"]


def write(generator, path, **what):
    """Writes a corpus to `path`."""
    with path.open("wb") as out:
        subprocess.run(command(generator, **what), stdout=out, check=True)


def head(path, sample, length):
    """Copies the first lines of `path`, at least `length` bytes of them if there are so many."""
    with path.open("rb") as lines, sample.open("wb") as out:
        while out.tell() < length and (line := lines.readline()):
            out.write(line)


def read_bytes(text):
    """Reads `52428800`, `64MB` or `1GB` (decimal)."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3), ("", 1)):
        if text.endswith(unit):
            return int(text.removesuffix(unit)) * factor
    raise ValueError(text)
