"""The parameters and policies of the program under test, as 'ifcsim describe' tells them.

Nothing is listed here: a row that the program gets tomorrow is read, and drawn, tomorrow.
"""
import re
import subprocess
from dataclasses import dataclass, field

# How many base units a unit has. A small b is a bit, eight of which are a byte.
SI = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15}
BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
AGES = {"": 1.0, "1/s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
BASES = ("B/s", "b/s", "J/bit", "OPS", "$/GB", "$", "Hz", "/s", "B", "s", "J", "W")


def scale(unit):
    """Base units of @unit; None for one that is not known."""
    if unit in AGES:
        return AGES[unit]
    for base in BASES:
        if not unit.endswith(base):
            continue
        prefix = unit[: len(unit) - len(base)]
        factor = SI.get(prefix, BINARY.get(prefix))
        if factor is not None:
            return factor / 8 if base == "b/s" else factor
    return None


@dataclass
class Parameter:
    """One row: kind is whole, number, quantity, flag, name or text; others are left as they are."""

    path: str
    kind: str = "unknown"
    low: float = 0.0
    high: float = 0.0
    units: list = field(default_factory=list)
    names: list = field(default_factory=list)
    default: str = ""  # as written in a file; empty: there is none

    @property
    def whole(self):
        return self.kind == "whole" or bool({"ps", "B"} & set(self.units))

    @property
    def smallest(self):
        """The value in which whole ones are counted: 1, 1 B, 1 ps."""
        return scale("ps") if "ps" in self.units else 1.0


@dataclass
class Policy:
    kind: str
    name: str
    parameters: list = field(default_factory=list)


def number(text):
    """The value of '4 KiB' or '3' in base units."""
    value, _, unit = text.strip().partition(" ")
    return float(value) * (scale(unit) or 1.0)


def read_type(row, text):
    units = re.search(r" \(units: (.*)\)$", text)
    if units:
        row.units = units.group(1).split(", ")
        text = text[: units.start()]
    kind, _, allowed = text.partition(", ")
    words = re.findall(r'"([^"]*)"', allowed)
    bounds = re.fullmatch(r'([^ ,]+(?: [^ ,]+)?) \.\. ([^ ,]+(?: [^ ,]+)?)(?:, (?:or )?"[^"]*")*', allowed)
    if text == "true or false":
        row.kind = "flag"
    elif kind == "text":
        row.kind = "text"
    elif kind == "name":
        row.kind, row.names = "name", words
    elif bounds:
        row.names = words  # that may stand instead of a number
        row.low, row.high = number(bounds.group(1)), number(bounds.group(2))
        row.kind = "quantity" if units else "whole" if kind == "whole number" else "number"


def read_policy_parameter(policy, line, allowed):
    """'parameter gap [count]: what it is' and, on the next line, '1 .. 1000; default 8'."""
    name, unit = re.match(r"parameter (\S+) \[([^]]*)\]", line).groups()
    bounds = re.match(r"(\S+) \.\. (\S+); default (\S+)", allowed)
    row = Parameter(name)
    if bounds:
        row.low, row.high, row.default = float(bounds.group(1)), float(bounds.group(2)), bounds.group(3)
        row.kind = "whole" if unit == "count" else "number"
    policy.parameters.append(row)


class Table:
    """What can be set: rows by path ('flash.groups.<name>.page'), policies in their order."""

    def __init__(self, text):
        self.rows, self.policies = {}, []
        policy = row = None
        lines = text.splitlines()
        for i, line in enumerate(lines):
            head = re.fullmatch(r'policies\.(\w+)(?:\.LABEL)? = \{ name = "([^"]*)"; \}', line)
            if head:
                policy, row = Policy(*head.groups()), None
                self.policies.append(policy)
            elif line and not line.startswith(" "):
                row, policy = Parameter(line), None
                self.rows[line] = row
                if i + 2 < len(lines):
                    read_type(row, lines[i + 2].strip())
            elif row and line.startswith("    default "):
                row.default = re.sub(r" \([a-z ]+\)$", "", line[len("    default "):])
            elif policy and line.startswith("    parameter "):
                read_policy_parameter(policy, line.strip(), lines[i + 1].strip())

    @classmethod
    def of_program(cls, program):
        told = subprocess.run([program, "describe"], capture_output=True, text=True, check=True)
        table = cls(told.stdout)
        if len(table.rows) < 50 or len(table.policies) < 5:
            raise SystemExit(f"{program} describe: cannot be read: {len(table.rows)} parameters, "
                             f"{len(table.policies)} policies")
        return table

    def named(self, kind):
        return [p for p in self.policies if p.kind == kind]
