"""Is the memory the same for 100 MB and for 8 GB?"""

from .. import corpora, process, report
from ..programs import RULES

SIZES = (100_000_000, 1_000_000_000, 8_000_000_000)


def ask(setup):
    report.heading("Memory")
    report.paragraph(
        "Resident memory at its highest, with small records straight from the generator: one a "
        f"line, in pages of 100, and in one array that is the whole input. `{RULES['all']}`."
    )
    rows = []
    for shape in ("ndjson", "pages", "array"):
        for jobs in setup.jobs():
            command = setup.sanitize("--fields", RULES["all"], jobs=jobs)
            cells = [shape, jobs]
            for size in map(setup.part, SIZES):
                source = corpora.command(setup.generator, shape=shape, bytes=size)
                run = process.piped(source, process.measured, command)
                cells.append(f"{run.peak / 1e6:.1f} MB")
            rows.append(cells)
    report.table(["shape", "jobs", *(report.size(setup.part(size)) for size in SIZES)], rows)
