"""Training scripts and their like, told by name; what they read and write, from their code. None is run."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

MAX_BYTES = 2**20
ROLES: Mapping[str, str] = {
    "prepare": r"(make|build|prepare|preprocess|process|clean|fetch|download|ingest|split|get|generate)"
    r"([_-]?(data|dataset|datasets|features))?|features|featurize|dataset|preprocessing",
    "train": r"train(ing|er)?([_-]?model)?|fit([_-]?model)?",
    "evaluate": r"eval|evaluate|evaluation|score|test|test[_-]model|(evaluate|validate)[_-]?model|validate",
    "package": r"package|export([_-]?model)?|save[_-]?model",
    "deploy": r"deploy([_-]?model)?|publish",
}
"""What a script's name says it does; in the order of a pipeline."""
READERS = re.compile(
    "read_(csv|parquet|json|excel|feather|pickle|text|bytes)|load|loadtxt|genfromtxt|load_model|load_npz|imread"
)
WRITERS = re.compile(
    "to_(csv|parquet|json|pickle|file)|save|savez|savez_compressed|savetxt|save_(model|weights|npz)|savefig|"
    "dump|export|write_(text|bytes)"
)
DATA = re.compile(r"(?![/~])(?!.*\.\.)[\w.-]+(/[\w.-]+)*/?")
SUFFIXES = re.compile(
    r"\.(csv|tsv|npz|npy|parquet|feather|json|jsonl|keras|h5|hdf5|pkl|pickle|joblib|pt|pth|onnx|txt|png|svg|tar|gz)$"
)
TESTS = re.compile(r"(^|/)(tests?|examples?)/|(^|/)(test_[^/]*|conftest|setup|[^/]*_test)\.py$")


@dataclass(frozen=True)
class FoundStage:
    """A stage as it was found."""

    name: str
    command: str
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    folder: str = ""
    """The folder it runs in; "" for the top."""
    why: str = ""
    """The file that it was found in."""

    def without_files(self) -> FoundStage:
        """Return the same without what it reads and writes."""
        return replace(self, inputs=(), outputs=(), metrics=())


def script_stages(folder: Path, names: tuple[str, ...]) -> Iterator[FoundStage]:
    """Yield a stage for each kind of script there is, in the order of a pipeline."""
    claimed: list[str] = []
    for role in ROLES:
        script = find(folder, names, role)
        if script is None:
            continue
        reads, writes = traffic(parse(folder / script))
        outputs = apart([path for path in writes if path not in names], claimed)
        inputs = [path for path in reads if path in names or inside_any(path, claimed)]
        inputs = [path for path in inputs if not inside_any(path, outputs)]
        claimed.extend(outputs)
        yield FoundStage(
            role, command(script, names), (script, *apart(inputs, [])), tuple(outputs), why=script
        )


def find(folder: Path, names: tuple[str, ...], role: str) -> str | None:
    """Return the script that plays a role: one that runs, nearest to the top, with the shortest name."""
    fitting = [
        name
        for name in names
        if name.endswith(".py")
        and not TESTS.search(name)
        and re.fullmatch(ROLES[role], PurePosixPath(name).stem.lower())
        and runs(parse(folder / name))
    ]
    return min(fitting, key=lambda name: (name.count("/"), len(name), name), default=None)


def parse(path: Path) -> ast.Module:
    """Return a script's syntax tree; an empty one when it cannot be read as Python."""
    try:
        # A pipe or a device would be read for ever.
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return ast.Module([], [])
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def runs(tree: ast.Module) -> bool:
    """Tell whether a module does something when it is run, beyond defining names."""
    return any(
        isinstance(node, ast.If | ast.Expr | ast.For | ast.With) and not docstring(node) for node in tree.body
    )


def docstring(node: ast.stmt) -> bool:
    """Tell whether a statement is a lone string."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def command(script: str, names: tuple[str, ...]) -> str:
    """Return how a script is run: as a module where its folder is a package, else by its path."""
    path = PurePosixPath(script)
    above = [parent.as_posix() for parent in path.parents if parent.as_posix() != "."]
    if above and all(f"{parent}/__init__.py" in names for parent in above):
        return f"python -m {'.'.join((*path.parts[:-1], path.stem))}"
    return f"python {shlex.quote(script)}"


def traffic(tree: ast.Module) -> tuple[list[str], list[str]]:
    """Return the paths that a script reads and those it writes, as far as its text tells."""
    names = constants(tree)
    reads: list[str] = []
    writes: list[str] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        direction = direction_of(node)
        if direction:
            (reads if direction == "read" else writes).extend(paths_in(node, names))
    return list(dict.fromkeys(reads)), list(dict.fromkeys(writes))


def direction_of(call: ast.Call) -> str:
    """Tell whether a call reads or writes a file; "" for neither."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "open":
        texts = [
            arg.value
            for arg in [*call.args, *(kw.value for kw in call.keywords)]
            if isinstance(arg, ast.Constant)
        ]
        modes = [text for text in texts if isinstance(text, str) and re.fullmatch(r"[rwxabt+]{1,3}", text)]
        return "write" if any(set(mode) & set("wxa+") for mode in modes) else "read"
    return "write" if WRITERS.fullmatch(name) else "read" if READERS.fullmatch(name) else ""


def paths_in(call: ast.Call, names: Mapping[str, str]) -> Iterator[str]:
    places: list[ast.expr] = [*call.args, *(keyword.value for keyword in call.keywords)]
    if isinstance(call.func, ast.Attribute):
        places.append(call.func.value)
    for place in places:
        text = path_of(place, names)
        if text and DATA.fullmatch(text) and ("/" in text or SUFFIXES.search(text)):
            yield text


def constants(tree: ast.Module) -> dict[str, str]:
    """Return the names that stand for a path: DATA = Path("data"), and the defaults of arguments."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            text = path_of(node.value, names)
            if text:
                names[node.targets[0].id] = text
    return names


def path_of(node: ast.expr, names: Mapping[str, str]) -> str:
    """Return the path that an expression stands for: a text, Path(…), a / b, os.path.join(…); "" for none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return joined([path_of(node.left, names), path_of(node.right, names)])
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ("Path", "PurePath", "join", "str"):
            return joined([path_of(arg, names) for arg in node.args])
    return ""


def joined(parts: list[str]) -> str:
    """Join the parts of a path; "" when one is not known."""
    return PurePosixPath(*parts).as_posix() if parts and all(parts) else ""


def apart(paths: list[str], others: list[str]) -> list[str]:
    """Keep the paths of which none lies in another, nor in one of `others` or around it."""
    kept: list[str] = []
    for path in sorted(set(paths), key=len):
        if not any(meets(path, other) for other in (*kept, *others)):
            kept.append(path)
    return kept


def inside_any(path: str, others: list[str]) -> bool:
    """Tell whether a path is one of others, or lies in or around one."""
    return any(meets(path, other) for other in others)


def meets(path: str, other: str) -> bool:
    """Tell whether one path is the other or lies inside it."""
    one, two = path.rstrip("/"), other.rstrip("/")
    return one == two or one.startswith(f"{two}/") or two.startswith(f"{one}/")
