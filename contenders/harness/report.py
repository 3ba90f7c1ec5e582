"""Markdown, and what machine it is about."""

import datetime
import os
import platform
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

# Of the processor's features, those that decide which code of ours runs.
FEATURES = ("sha_ni", "avx2", "avx512f", "avx512bw", "avx512vl", "avx512vbmi", "avx512_vbmi2")


def table(head, rows):
    """A table with its first column left and the others right."""
    marks = ["---"] + ["---:"] * (len(head) - 1)
    for cells in (head, marks, *rows):
        print("|", " | ".join(map(str, cells)), "|")
    print(flush=True)


def heading(text, level=2):
    print("#" * level, text, end="\n\n", flush=True)


def paragraph(text):
    print(text, end="\n\n", flush=True)


def command_line():
    """The command that was typed."""
    paragraph(f"`{shlex.join(['contenders/' + Path(sys.argv[0]).name, *sys.argv[1:]])}`")


def busy():
    """How much of the cores is in use for a second in which this process does nothing."""

    def ticks():
        numbers = [int(field) for field in Path("/proc/stat").read_text().split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]

    all_before, idle_before = ticks()
    time.sleep(1)
    all_after, idle_after = ticks()
    return 1 - (idle_after - idle_before) / max(all_after - all_before, 1)


def machine():
    """Date, processor, memory, system and compiler, and how busy the machine is."""
    cpu = Path("/proc/cpuinfo").read_text()
    facts = dict(re.findall(r"^(\S[^\t\n]*?)\s*: (.*)$", cpu, re.MULTILINE))
    name = facts.get("model name", platform.machine())
    if "cpu family" in facts:
        name += f" (family {facts['cpu family']}, model {facts['model']})"
    flags = (facts.get("flags") or facts.get("Features", "")).split()
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1])
    rustc = subprocess.run(["rustc", "--version"], stdout=subprocess.PIPE, text=True).stdout
    others = busy()
    lines = [
        f"{datetime.date.today()}: {name}, "
        f"{os.cpu_count()} cores, {memory / (1 << 20):.0f} GiB of memory, "
        f"Linux {'.'.join(platform.release().split('.')[:2])}, {rustc.strip()}.",
        f"Features: {', '.join(name for name in FEATURES if name in flags) or 'none'}.",
    ]
    if others > 0.05:
        lines.append(f"**Others use this machine: {others:.0%} of its cores were busy before.**")
    paragraph("\n".join(lines))


def size(count):
    """A number of bytes, with a decimal unit."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count} B"


def duration(seconds):
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"
