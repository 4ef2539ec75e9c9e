"""A scenario as a flat table: path -> value as it is written in a file."""
import re

TOKEN = re.compile(r'#[^\n]*|//[^\n]*|/\*.*?\*/|\s+|("(?:[^"\\]|\\.)*")|([{};=])|([^\s{};=#"]+)', re.S)


def quote(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'


def unquote(value):
    return value[1:-1] if value.startswith('"') else value


def write(values, note=""):
    """The text of a file; @note is a comment on top."""
    tree = {}
    for path, value in values.items():
        node, *parts = tree, *path.split(".")
        for part in parts[:-1]:
            node = node.setdefault(part, {})
        node[parts[-1]] = value
    lines = [f"# {line}" for line in note.splitlines()]

    def put(node, indent):
        for name, value in node.items():
            if isinstance(value, dict):
                lines.append(f"{indent}{name} = {{")
                put(value, indent + "  ")
                lines.append(f"{indent}}};")
            else:
                lines.append(f"{indent}{name} = {value};")

    put(tree, "")
    return "\n".join(lines) + "\n"


def read(text):
    """The inverse, for what write() wrote and for resolved scenarios; 'extends' and lists are beyond it."""
    values, path, name = {}, [], None
    for string, mark, word in (m.groups() for m in TOKEN.finditer(text)):
        token = string or mark or word
        if token is None or token in "=;":
            continue
        if token == "{":
            path.append(name)
            name = None
        elif token == "}":
            path.pop()
        elif name is None:
            name = token
        else:
            values[".".join([*path, name])] = token
            name = None
    return values
