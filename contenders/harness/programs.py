"""Our program and its contenders: how each is built, called and named."""

import json
import subprocess
import sys
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent

# What is private: everything that QStash's own rule knows, or one header.
RULES = {"all": "body,header", "one": "header[Authorization]"}

CAPTURE = {"stdout": subprocess.PIPE, "text": True, "check": True}


@dataclass
class Program:
    """Something that sanitizes a file to stdout."""

    name: str
    title: str
    # What stands between the program and the file to read, for each of the rules.
    arguments: dict

    def command(self, rule, path):
        return [*self.arguments[rule], str(path)]


def cargo(*options, package):
    """Builds with optimization and gives the path of the program that was built."""
    print(f"building {options[-1]}", file=sys.stderr)
    built = subprocess.run(
        [
            *("cargo", "build", "--release", "--message-format=json-render-diagnostics"),
            *options,
        ],
        cwd=package,
        stdout=subprocess.PIPE,
        check=True,
    )
    messages = map(json.loads, built.stdout.splitlines())
    return [path for message in messages if (path := message.get("executable"))][-1]


def generator():
    return cargo("--example", "generate", package=ROOT)


def sanitizer():
    return cargo("--features", "cli", "--bin", "qstash-redact", package=ROOT)


def ours(path):
    """A build of our program, on one core."""
    jobs = ["--jobs", "1"] if has_jobs(path) else []
    return Program(
        "ours",
        "qstash-redact",
        {
            rule: [path, "sanitize", "--quiet", *jobs, "--fields", fields]
            for rule, fields in RULES.items()
        },
    )


def has_jobs(path):
    """Whether this build can use more cores than one."""
    return "--jobs" in subprocess.run([path, "sanitize", "--help"], **CAPTURE).stdout


def value():
    path = _rust("contender-value")
    versions = _locked("serde_json", "sha2")
    return Program(
        "value",
        f"`serde_json::Value` round trip + sha2 ({versions})",
        {rule: [path, rule] for rule in RULES},
    )


def vrl():
    path = _rust("contender-vrl")
    return Program(
        "vrl",
        f"Vector Remap Language ({_locked('vrl')})",
        {rule: [path, str(HERE / "vrl" / "programs" / f"{rule}.vrl")] for rule in RULES},
    )


def orjson():
    python = HERE / ".venv" / "bin" / "python"
    requirements = HERE / "python" / "requirements.txt"
    if not python.exists():
        venv.create(HERE / ".venv", with_pip=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--requirement", requirements], check=True)
    version = subprocess.run(
        [python, "-c", "import orjson, sys; print(sys.version.split()[0], orjson.__version__)"],
        **CAPTURE,
    ).stdout.split()
    script = str(HERE / "python" / "redact.py")
    return Program(
        "orjson",
        f"Python orjson + hashlib (Python {version[0]}, orjson {version[1]})",
        {rule: [str(python), script, rule] for rule in RULES},
    )


def node():
    version = subprocess.run(["node", "--version"], **CAPTURE).stdout.strip().removeprefix("v")
    script = str(HERE / "node" / "redact.mjs")
    return Program(
        "node",
        f"Node JSON.parse + crypto (Node {version})",
        {rule: ["node", script, rule] for rule in RULES},
    )


CONTENDERS = {"value": value, "vrl": vrl, "orjson": orjson, "node": node}


def _rust(package):
    # One at a time: what a contender switches on in a crate must not reach another.
    target = str(HERE / "target")
    return cargo("--locked", "--target-dir", target, "--package", package, package=HERE)


def _locked(*names):
    """Names and versions, as the contenders' lock file has them."""
    lock = tomllib.loads((HERE / "Cargo.lock").read_text())
    # Of a package that is there twice, the newest is the last and the one that is meant.
    newest = {package["name"]: package["version"] for package in lock["package"]}
    return ", ".join(f"{name} {newest[name]}" for name in names)
