"""The JSON form of a declarative pipeline, which Jenkins' pipeline editor and its linter exchange.

It is turned into the statements the same pipeline would have as Groovy, with places in the JSON, so that
every rule applies to it as it stands.
"""

from __future__ import annotations

from collections.abc import Callable

from mlci.findings import Finding
from mlci.vendors.jenkins.syntax.editor_values import RULE, ValueWriter, block, call, literal, positional
from mlci.vendors.jenkins.syntax.groovy import Source
from mlci.vendors.jenkins.syntax.groovy.state import State
from mlci.vendors.jenkins.syntax.groovy.tree import Argument, Assign, Broken, Call, Closure, Name, Statement
from mlci.vendors.jenkins.syntax.json_text import JsonProblem, Value, read_json
from mlci.vendors.jenkins.syntax.model import Jenkinsfile
from mlci.vendors.jenkins.syntax.reader import pipelines

MAX_CHARACTERS = 512 * 1024


def parse_json(text: str, name: str) -> Jenkinsfile:
    """Read the JSON form of a pipeline.

    Parameters
    ----------
    text : the file's text
    name : the file's name as messages show it
    """
    source = Source(name, text, (), (), State(text))
    try:
        if len(text) > MAX_CHARACTERS:
            raise JsonProblem(
                0, f"the file is longer than {MAX_CHARACTERS >> 10} KiB, which is more than is read"
            )
        root = read_json(text)
    except JsonProblem as problem:
        mark = source.mark(problem.start, problem.start + 1)
        return Jenkinsfile(source, (), (Finding(mark, problem.message, RULE),))
    found = root.get("pipeline")
    if found is None and root.get("name") is not None and root.get("arguments") is not None:
        return Jenkinsfile(source)  # a single step, which the editor exchanges too
    if found is None or not isinstance(found.data, dict):
        mark = source.mark(root.start, root.start + 1)
        return Jenkinsfile(source, (), (Finding(mark, "the file has no 'pipeline' object", RULE),))
    problems: list[Finding] = []
    statements = (Writer(source, problems).block_call("pipeline", found),)
    return Jenkinsfile(source._replace(statements=statements), pipelines(statements), tuple(problems))


class Writer(ValueWriter):
    """Writes one JSON document as statements."""

    def block_call(self, name: str, at: Value) -> Call:
        """Write an object whose members are sections: the pipeline, a stage, a matrix."""
        members = at.data if isinstance(at.data, dict) else {}
        body: list[Statement] = []
        for key, value in members.items():
            if value.data is not None and not (key == "name" and name == "stage"):
                body.extend(self.section(key, value))
        title = at.get("name")
        given = (positional(literal(title)),) if name == "stage" and title else ()
        return call(name, at, (*given, block(at, body)))

    def section(self, key: str, value: Value) -> list[Statement]:
        """Write one section; one without a writer of its own is written by its bare name."""
        if key == "branches":
            return self.branches(value)
        writer = self.writers().get(key)
        if writer is None:
            return [call(key, value, (block(value, []),))]
        return (
            [writer(value)]
            if key in ("agent", "failFast")
            else [call(key, value, (block(value, self.many(key, value)),))]
        )

    def writers(self) -> dict[str, Callable[[Value], Statement]]:
        """Return what writes each section, or each item of a section."""
        return {
            "agent": self.agent,
            "failFast": lambda value: call("failFast", value, (positional(literal(value)),)),
            "stages": lambda value: self.block_call("stage", value),
            "parallel": lambda value: self.block_call("stage", value),
            "matrix": lambda value: self.block_call("matrix", value),
            "environment": self.variable,
            "tools": self.setting,
            "options": self.method,
            "triggers": self.method,
            "parameters": self.method,
            "libraries": lambda value: call("lib", value, (positional(self.value(value)),)),
            "post": self.post,
            "when": self.condition,
            "input": self.method,
            "axes": self.axis,
            "excludes": self.exclude,
        }

    def many(self, key: str, value: Value) -> list[Statement]:
        """Write the content of a section's block."""
        if key == "matrix":
            made = self.block_call("matrix", value)
            return list(made.closure.body) if made.closure else []
        if key == "input":
            return self.input(value)
        inner = {"post": "conditions", "when": "conditions"}.get(key, key)
        found = value if isinstance(value.data, list) else value.get(inner)
        if found is None or not isinstance(found.data, list):
            mark = self.source.mark(value.start, value.end)
            self.problems.append(Finding(mark, f"'{key}' must be a list", RULE))
        writer = self.writers()[key]
        flags = self.flags(value) if key == "when" else []
        return [*flags, *(writer(item) for item in (found.items() if found else []))]

    def agent(self, at: Value) -> Call:
        """Write an agent."""
        if isinstance(at.data, list):  # the form before version 1.0, which names no type
            return call("agent", at, (positional(Name(at.start, at.end, "any")),))
        kind, argument, settings = at.get("type"), at.get("argument"), at.get("arguments")
        name = kind.text() if kind else None
        if kind is None or name is None:
            return call("agent", at, (block(at, []),))
        if name in ("any", "none"):
            return call("agent", at, (positional(Name(kind.start, kind.end, name)),))
        if settings is not None and settings.items():
            inner = call(name, kind, (block(settings, [self.setting(one) for one in settings.items()]),))
        else:
            inner = call(name, kind, (positional(self.value(argument)),) if argument else ())
        return call("agent", at, (block(at, [inner]),))

    def variable(self, at: Value) -> Statement:
        """Write an environment variable."""
        key, value = at.get("key"), at.get("value")
        name = (key.text() if key else None) or ""
        target = Name(key.start if key else at.start, key.end if key else at.end, name)
        made = self.value(value) if value else Broken(at.start, at.start)
        return Assign(at.start, at.end, target, "=", made)

    def post(self, at: Value) -> Call:
        """Write a condition of a post section."""
        condition, branch = at.get("condition"), at.get("branch")
        steps = branch.get("steps") if branch else None
        body: list[Statement] = [self.step(one) for one in (steps.items() if steps else [])]
        return call((condition.text() if condition else None) or "", at, (block(at, body),))

    def branches(self, at: Value) -> list[Statement]:
        """Write a stage's steps: those of its only branch, or a `parallel` step for several."""
        if not at.items():
            return []
        if len(at.items()) == 1:
            return [call("steps", at, (block(at, self.steps(at.items()[0])),))]
        named = []
        for branch in at.items():
            name = branch.get("name")
            body = Closure(branch.start, branch.end, tuple(self.steps(branch)))
            named.append(Argument(branch.start, branch.end, name.text() if name else "", body, branch.start))
        return [call("steps", at, (block(at, [call("parallel", at, tuple(named))]),))]

    def steps(self, branch: Value) -> list[Statement]:
        """Write the steps of one branch."""
        steps = branch.get("steps")
        return [self.step(one) for one in (steps.items() if steps else [])]

    def step(self, at: Value) -> Call:
        """Write a step with those in its block."""
        name, children = at.get("name"), at.get("children")
        word = (name.text() if name else None) or ""
        if word == "script":
            return call(word, at, (block(at, self.code(at)),))
        given = self.arguments(at.get("arguments"))
        if children is None:
            return call(word, at, given)
        return call(word, at, (*given, block(children, [self.step(one) for one in children.items()])))

    def condition(self, at: Value) -> Call:
        """Write a condition of a when section with those nested in it."""
        name, children = at.get("name"), at.get("children")
        word = (name.text() if name else None) or ""
        if word == "expression":
            return call(word, at, (block(at, self.code(at)),))
        given = self.arguments(at.get("arguments"))
        if children is None:
            return call(word, at, given)
        return call(word, at, (*given, block(children, [self.condition(one) for one in children.items()])))

    def flags(self, at: Value) -> list[Statement]:
        """Write the flags of a when section."""
        names = ("beforeAgent", "beforeInput", "beforeOptions")
        found = [(name, at.get(name)) for name in names]
        return [call(name, value, (positional(literal(value)),)) for name, value in found if value]

    def input(self, at: Value) -> list[Statement]:
        """Write the settings of an input section."""
        out: list[Statement] = []
        for key, value in at.data.items() if isinstance(at.data, dict) else ():
            if key == "parameters":
                out.append(call(key, value, (block(value, self.many(key, value)),)))
            else:
                out.append(call(key, value, (positional(self.value(value)),)))
        return out

    def axis(self, at: Value) -> Call:
        """Write an axis."""
        name, listed, inverse = at.get("name"), at.get("values"), at.get("inverse")
        body: list[Statement] = []
        if name is not None:
            body.append(call("name", name, (positional(literal(name)),)))
        if listed is not None:
            word = "notValues" if inverse and inverse.data is True else "values"
            body.append(call(word, listed, tuple(positional(self.value(one)) for one in listed.items())))
        return call("axis", at, (block(at, body),))

    def exclude(self, at: Value) -> Call:
        """Write an exclusion."""
        return call("exclude", at, (block(at, [self.axis(one) for one in at.items()]),))
