"""Is the time per record the same for ten thousand and for ten million?"""

from statistics import median

from .. import corpora, process, report
from ..programs import RULES

COUNTS = (10**4, 10**5, 10**6, 10**7)

# So many records are run at least, so that few of them are timed more than once.
AT_LEAST = 5 * 10**5


def ask(setup):
    report.heading("Time per record")
    report.paragraph(
        "Small records straight from the generator. Processor time of our process, which a slower "
        "generator does not lengthen; the median of the runs, start-up included."
    )
    rows = []
    for count in map(setup.part, COUNTS):
        source = corpora.command(setup.generator, records=count)
        repeats = max(1, min(11, setup.part(AT_LEAST) // count))
        cells = [f"{count:,}", repeats]
        for fields in RULES.values():
            seconds = median(
                process.piped(source, process.timed, setup.sanitize("--fields", fields)).cpu_seconds
                for _ in range(repeats)
            )
            cells.append(f"{seconds / count * 1e6:.3f} µs")
        rows.append(cells)
    report.table(["records", "runs", *(f"`{fields}`" for fields in RULES.values())], rows)
