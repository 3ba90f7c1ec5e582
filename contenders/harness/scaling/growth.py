"""Is there an input for which twice the bytes take more than twice the time?"""

from .. import corpora, process, report
from ..programs import RULES
from . import inputs

# Each input is measured at these multiples of its least length.
STEPS = (1, 2, 4)

# A command is run until it took so many seconds in all, but so often at least and at most.
SECONDS = 0.2
RUNS = (3, 20)

# Four times the input may take so many times the time. Linear is 4, quadratic 16.
SUSPICIOUS = 6

# Below so many seconds a ratio says more about the machine than about the program.
TOO_SHORT = 0.005

# A run that takes this many seconds is not repeated, or is as good as endless.
LONG = 2
LIMIT = 60

TITLES = {
    "Wide records": inputs.WIDE,
    "Strings": inputs.STRINGS,
    "Values": inputs.VALUES,
    "Structure": inputs.STRUCTURE,
    "Bad lines, set aside": inputs.BAD_LINES,
}


def ask(setup):
    report.heading("Inputs that could be quadratic")
    report.paragraph(
        "Processor time at four times the least length, less that of an empty input; in "
        "parentheses how many times as long it is as at the least length. Linear is 4 ×; more "
        f"than {SUSPICIOUS} × is in bold. The least of at least {RUNS[0]} runs each; one that takes "
        f"more than {LONG} s is not repeated, and none takes more than {LIMIT} s."
    )
    modes = [(rule, 1) for rule in RULES]
    if setup.has_jobs:
        modes.append(("all", 2))
    suspects = []
    with corpora.directory(2 * max(STEPS) * setup.part(inputs.BYTES)) as directory:
        paths = [directory / f"input-{step}" for step in STEPS]
        idle = least(setup.sanitize("--fields", RULES["all"]))
        for title, group in TITLES.items():
            report.heading(title, level=3)
            rows = []
            for made in group:
                for step, path in zip(STEPS, paths, strict=True):
                    with path.open("wb") as out:
                        made.write(out, setup.part(made.least) * step)
                cells = [made.name, length(setup, made)]
                for rule, jobs in modes:
                    seconds = [measure(setup, made, path, rule, jobs) - idle for path in paths]
                    growth = seconds[-1] / max(seconds[0], 1e-6)
                    cell = f"{report.duration(seconds[-1])} ({growth:.1f} ×)"
                    if growth > SUSPICIOUS and seconds[-1] > TOO_SHORT:
                        cell = f"**{cell}**"
                        suspects.append(f"{made.name} ({rule}, jobs {jobs})")
                    cells.append(cell)
                rows.append(cells)
            heads = [f"`{RULES[rule]}`{', 2 jobs' * (jobs > 1)}" for rule, jobs in modes]
            report.table([title.lower(), "length", *heads], rows)
    report.paragraph(
        f"To look at: {'; '.join(suspects)}." if suspects else "No input is suspicious."
    )


def length(setup, made):
    longest = setup.part(made.least) * max(STEPS)
    return report.size(longest) if made.unit == "bytes" else f"{longest:,} {made.unit}"


def measure(setup, made, path, rule, jobs):
    """The least processor time of one input."""
    bad = path.with_name("bad")
    options = [option.format(bad=bad) for option in made.options]
    # An option that is given twice would be refused.
    rule = [] if "--fields" in options else ["--fields", RULES[rule]]
    command = setup.sanitize(*rule, *options, jobs=jobs)

    def once(command, **more):
        bad.unlink(missing_ok=True)
        if not made.trickles:
            return process.timed([*command, str(path)], **more)
        pieces = ["dd", f"if={path}", "bs=1k", "status=none"]
        return process.piped(pieces, process.timed, command, **more)

    return least(command, once, (made.code,))


def least(command, run=process.timed, codes=(inputs.DONE,)):
    """The least processor time of a command over some runs."""
    seconds = []
    while len(seconds) < RUNS[0] or (len(seconds) < RUNS[1] and sum(seconds) < SECONDS):
        ended = run(command, codes=codes, limit=LIMIT)
        seconds.append(ended.cpu_seconds)
        if ended.stopped or ended.cpu_seconds > LONG:
            break
    return min(seconds)
