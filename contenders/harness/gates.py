"""How many times as fast as each contender our program is to be, with AVX-512 and on one core."""

GATES = {
    "value": {"small": (4.0, 5.8), "medium": (3.3, 6.8), "large": (2.3, 5.4)},
    "vrl": {"small": (7.6, 10.8), "medium": (5.3, 10.2), "large": (2.7, 5.8)},
    "orjson": {"small": (8.3, 7.5), "medium": (5.8, 8.5), "large": (3.9, 6.9)},
    "node": {"small": (15, 23), "medium": (12, 27), "large": (6.7, 19)},
}

# The order of the two numbers above.
RULES = ("all", "one")


def gate(contender, size, rule):
    return GATES[contender][size][RULES.index(rule)]
