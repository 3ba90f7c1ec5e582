"""Records on which general tools stumble, one by one, and what became of them."""

from . import process
from .check import differ, parse

# Stands in every private value, so that one left in clear shows.
SECRET = b"fake-secret"

PROBES = {
    "an integer of 30 digits": rb'{"body":"fake-secret","rate":123456789012345678901234567890}',
    "2⁶³": rb'{"body":"fake-secret","rate":9223372036854775808}',
    "`1e400`": rb'{"body":"fake-secret","rate":1e400}',
    "`19.90`": rb'{"body":"fake-secret","rate":19.90}',
    "two members `body`": rb'{"body":"fake-secret 1","body":"fake-secret 2"}',
    "a lone surrogate in `body`": rb'{"body":"fake-secret \ud800"}',
    "U+2028 in `body`": '{"body":"fake-secret \u2028"}'.encode(),
    "bytes that are no UTF-8": b'{"body":"fake-secret \xff"}',
    "a comma too many": rb'{"body":"fake-secret",}',
    "a line break in a string": b'{"body":"fake-secret \r"}',
}


def outcome(program, ours, record, directory):
    """In a few words: what `program` did with a record."""
    path = directory / "probe.ndjson"
    path.write_bytes(record + b"\n")
    expected = output(ours, path, directory / "probe.ours")
    made = output(program, path, directory / "probe.theirs")
    if made is None:
        return "refuses"
    if SECRET in made:
        return "**in clear**"
    if expected is None:
        return "accepts"
    if made == expected:
        return "same bytes"
    for place, example in differ(parse(expected), parse(made)):
        return "another digest" if place == "body" else example
    return "same meaning, other bytes"


def output(program, path, out):
    """What a program makes of a file; nothing if it fails."""
    codes = range(-64, 256)
    if process.timed(program.command("all", path), out=out, codes=codes).code != 0:
        return None
    return out.read_bytes().rstrip(b"\n")
