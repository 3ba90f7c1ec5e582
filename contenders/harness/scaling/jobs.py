"""How much faster are two jobs than one?"""

import os
from statistics import median

from .. import corpora, process, report
from ..programs import RULES

BYTES = 256_000_000
ROUNDS = 5

# Shape and size of bodies; one array is a single document.
CORPORA = (
    ("ndjson", "small"),
    ("ndjson", "medium"),
    ("ndjson", "large"),
    ("pages", "small"),
    ("array", "small"),
)


def ask(setup):
    report.heading("Two jobs against one")
    if not setup.has_jobs:
        report.paragraph("This build knows no `--jobs`.")
        return
    size = setup.part(BYTES)
    report.paragraph(
        f"MB/s of input with one job and with two, on exports of {report.size(size)} in memory; "
        f"the median of {ROUNDS} whole runs in turn, and how many times as fast two are."
    )
    rows = []
    with corpora.directory(3 * size) as directory:
        path = directory / "export.json"
        for shape, bodies in CORPORA:
            corpora.write(setup.generator, path, shape=shape, size=bodies, bytes=size)
            for rule, fields in RULES.items():
                cells = [f"{shape}, {bodies}", rule]
                for out in (os.devnull, directory / "out"):
                    one, two = (median(seconds) for seconds in in_turn(setup, fields, path, out))
                    rate = path.stat().st_size / 1e6
                    cells.append(f"{rate / one:.0f} → {rate / two:.0f} ({one / two:.2f} ×)")
                rows.append(cells)
    report.table(["export", "rule", "output thrown away", "to a file in memory"], rows)


def in_turn(setup, fields, path, out):
    """Seconds of one job and of two, after a round that does not count."""
    seconds = ([], [])
    for round_number in range(ROUNDS + 1):
        for jobs, taken in zip((1, 2), seconds, strict=True):
            command = [*setup.sanitize("--fields", fields, jobs=jobs), str(path)]
            run = process.timed(command, out=out)
            if round_number > 0:
                taken.append(run.seconds)
    return seconds
