"""Whether a contender's output says the same as ours, and what it says otherwise."""

import json
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass
class Comparison:
    """Sanitized exports, ours and another's, record by record."""

    records: int = 0
    # The same JSON, whatever the order of members, blanks and spelling.
    equal: int = 0
    same_order: int = 0
    same_bytes: int = 0
    # Where records differ, and how often; the first difference of each kind as an example.
    changed: Counter = field(default_factory=Counter)
    examples: dict = field(default_factory=dict)

    def add(self, ours, theirs):
        """Compares two files of NDJSON that came of the same input."""
        with open(ours, "rb") as our_lines, open(theirs, "rb") as their_lines:
            for our_line, their_line in zip(our_lines, their_lines, strict=True):
                self.records += 1
                self.same_bytes += our_line.rstrip(b"\n") == their_line.rstrip(b"\n")
                our_record, their_record = parse(our_line), parse(their_line)
                differences = list(differ(our_record, their_record))
                self.equal += not differences
                self.same_order += order(our_record) == order(their_record)
                for place, example in differences:
                    self.changed[place] += 1
                    self.examples.setdefault(place, example)

    def unredacted(self):
        """The places in which ours has a placeholder and the other has not, or not the same."""
        return [place for place, said in self.examples.items() if said.startswith('"REDACTED:')]

    def describe(self):
        """The differences in words."""
        if not self.changed:
            return "none"
        return "; ".join(
            f"`{place}` in {count} ({self.examples[place]})"
            for place, count in self.changed.most_common(3)
        )


def parse(line):
    """Reads one record without rounding a number."""
    return json.loads(line, parse_int=Decimal, parse_float=Decimal)


def differ(ours, theirs, place=""):
    """Every place in which two values differ, with what stands there."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in ours.keys() | theirs.keys():
            inner = f"{place}.{name}".lstrip(".")
            if name in ours and name in theirs:
                yield from differ(ours[name], theirs[name], inner)
            else:
                yield inner, "missing" if name in ours else "added"
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for our_element, their_element in zip(ours, theirs, strict=True):
            yield from differ(our_element, their_element, f"{place}[]")
    elif type(ours) is not type(theirs) or ours != theirs:
        yield place, f"{short(ours)} became {short(theirs)}"


def short(value):
    text = str(value) if isinstance(value, Decimal) else json.dumps(value, default=str)
    return text if len(text) <= 90 else f"{text[:90]}…"


def order(value):
    """The names of all members in the order in which they stand."""
    if isinstance(value, dict):
        return [(name, order(held)) for name, held in value.items()]
    if isinstance(value, list):
        return [order(held) for held in value]
    return None
