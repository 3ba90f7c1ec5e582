"""Whole processes: how long they take, and how much memory they hold at most."""

import ctypes
import fcntl
import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

# Linux gives a pipe 64 KiB; this is the most that it grants to everyone.
PIPE_BYTES = 1 << 20
F_SETPIPE_SZ = 1031
PR_SET_CHILD_SUBREAPER = 36

# Starts a program so that it descends from a shell alone, and tells its process id. The first
# argument is where its output goes.
FROM_A_SHELL = 'out=$1; shift; exec 3<&0; "$@" <&3 3<&- >"$out" & echo $!'


class Failed(Exception):
    """A program ended in a way that it should not."""


@dataclass
class Run:
    """What is known of a process that has ended."""

    seconds: float
    cpu_seconds: float
    # Resident memory at its highest, in bytes.
    peak: int
    code: int
    stopped: bool = False


def timed(command, *, out=os.devnull, stdin=None, limit=None, codes=(0,)):
    """Runs `command` and takes the time from start to end.

    `stdin` is a file or pipe, `limit` a number of seconds after which the process is ended.
    """
    with open(out, "wb") as sink, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=stdin or subprocess.DEVNULL, stdout=sink, stderr=errors
        )
        run = _wait(process.pid, start, limit)
        process.returncode = run.code
        errors.seek(0)
        message = errors.read(2000).decode(errors="replace")
    return _checked(run, command, message, codes)


def measured(command, *, out=os.devnull, stdin=None, codes=(0,)):
    """Runs `command` and takes its memory.

    The kernel counts the memory of whoever starts a process as its own, which is more than some
    programs ever need. So a small shell starts it.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    start = time.perf_counter()
    shell = subprocess.run(
        ["sh", "-c", FROM_A_SHELL, "sh", out, *command],
        stdin=stdin or subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    # The shell is gone, so the process is this one's child.
    return _checked(_wait(int(shell.stdout), start, None), command, "", codes)


def piped(source, run, command, **options):
    """Runs `command` with `run`, fed by the output of the command `source`."""
    feeder = subprocess.Popen(source, stdout=subprocess.PIPE)
    with feeder:
        fcntl.fcntl(feeder.stdout, F_SETPIPE_SZ, PIPE_BYTES)
        ended = run(command, stdin=feeder.stdout, **options)
    if ended.code == 0 and feeder.returncode != 0:
        raise Failed(f"{source} ended with {feeder.returncode}")
    return ended


def _wait(pid, start, limit):
    timer = threading.Timer(limit or 0, os.kill, (pid, 9))
    if limit:
        timer.start()
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    timer.cancel()
    code = os.waitstatus_to_exitcode(status)
    return Run(
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak=usage.ru_maxrss * 1024,
        code=code,
        stopped=bool(limit) and code == -9,
    )


def _checked(run, command, message, codes):
    if run.code not in codes and not run.stopped:
        raise Failed(f"{command} ended with {run.code}: {message.strip()}")
    return run
