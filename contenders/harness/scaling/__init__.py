"""How time and memory grow with the input. One module a question."""

from dataclasses import dataclass


@dataclass
class Setup:
    """What every question is asked with."""

    program: str
    generator: str
    # Whether the program knows `--jobs`.
    has_jobs: bool
    # Counts and sizes are divided by this, to try the scripts out.
    divisor: int

    def part(self, count):
        return count // self.divisor

    def sanitize(self, *options, jobs=1):
        """The command line that reads stdin, or the files that are put behind it."""
        cores = ["--jobs", str(jobs)] if self.has_jobs else []
        return [
            *(self.program, "sanitize", "--quiet", "--allow-no-match"),
            *cores,
            *options,
        ]

    def jobs(self):
        """The numbers of jobs to ask with."""
        return (1, 2) if self.has_jobs else (1,)
