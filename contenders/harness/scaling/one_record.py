"""What does the largest message that QStash takes cost?"""

from statistics import median

from .. import corpora, process, report
from ..programs import RULES

LENGTH = 52_428_800
ROUNDS = 5

# What is in front of a long value, what it is made of, and what is behind it.
KINDS = {
    "`body`, plain text": (b'{"messageId":"msg_1","body":"', b"all work and no play ", b'"}'),
    "`body`, JSON in JSON": (
        b'{"messageId":"msg_1","body":"',
        rb"{\"id\":17,\"name\":\"caf\u00e9\",\"note\":\"a\\nb\"},",
        b'"}',
    ),
    "`body`, parsed": (
        b'{"messageId":"msg_1","body":[',
        rb'{"id":17,"name":"caf\u00e9","price":19.90},',
        b"0]}",
    ),
    "`bodyBase64`": (b'{"messageId":"msg_1","bodyBase64":"', b"QUJD", b'"}'),
    "a header's value": (b'{"header":{"Authorization":["', b"Bearer fake ", b'"]}}'),
    "an unknown member": (b'{"messageId":"msg_1","unknown":"', b"all work and no play ", b'"}'),
}


def ask(setup):
    length = setup.part(LENGTH)
    report.heading("One large record")
    report.paragraph(
        f"A record of {length:,} bytes, nearly all of them one value; `{RULES['all']}`. "
        f"Time is the median of {ROUNDS} whole runs."
    )
    rows = []
    with corpora.directory(length) as directory:
        path = directory / "record.json"
        for kind, (before, unit, behind) in KINDS.items():
            path.write_bytes(record(before, unit, behind, length))
            command = [*setup.sanitize("--fields", RULES["all"]), str(path)]
            seconds = median(process.timed(command).seconds for _ in range(ROUNDS))
            peak = process.measured(command).peak
            rows.append(
                [
                    kind,
                    report.duration(seconds),
                    f"{length / 1e6 / seconds:.0f}",
                    f"{peak / 1e6:.1f} MB",
                    f"{peak / length:.2f} ×",
                ]
            )
    report.table(["a record that is", "time", "MB/s", "peak memory", "of the record"], rows)


def record(before, unit, behind, length):
    """A record of exactly `length` bytes."""
    room = length - len(before) - len(behind)
    filled = before + unit * (room // len(unit)) + behind
    # Blanks may stand in front of the last brace.
    return filled[:-1] + b" " * (length - len(filled)) + filled[-1:]
