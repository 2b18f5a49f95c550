"""An agent is `any`, `none`, or one known type with the settings that type takes.

Jenkins has `label`, `node`, `docker` and `dockerfile`; plugins add others, `kubernetes` above all. A type
takes either one value (`label 'gpu'`, `docker 'python:3.11'`) or a block of `key value` lines.

Bad:

```groovy
agent {
    docker {
        label 'linux'
        volume '/data'
    }
}
```

Good:

```groovy
agent {
    docker {
        image 'python:3.11'
        label 'linux'
        args '-v /data:/data'
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#agent-parameters
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.arguments import wanted_instead
from mlci.vendors.jenkins.syntax.groovy.tree import Call, Closure, Labelled, Literal, Name, text_of
from mlci.vendors.jenkins.syntax.layout import described, tidy
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block
from mlci.vendors.jenkins.syntax.signatures import AGENT_PLUGINS, AGENTS, Signature
from mlci.yaml.source import SourceFile

ID = "jenkins-agent"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)
USAGE = "write 'agent any', 'agent none' or agent { label '…' }"


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            call = holder.section("agent")
            if call is None:
                continue
            yield from check_block(tree, call) if call.closure else check_bare(tree, call)


def check_bare(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    """Yield an agent without a block that is neither any nor none."""
    value = call.arguments[0].value if len(call.arguments) == 1 and call.arguments[0].key is None else None
    word = value.name if isinstance(value, Name) else text_of(value)
    if word not in ("any", "none"):
        shown = f" '{tree.text(value)}'" if value is not None else ""
        yield tree.finding(
            call, f"an agent without a block is 'any' or 'none', not{shown or ' this'}", ID, help=USAGE
        )


def check_block(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    """Yield what is wrong with an agent's block."""
    body = block(call)
    if call.plain:
        yield tree.finding(call, "an agent has either a word or a block", ID, help=USAGE)
    elif not body:
        yield tree.finding(call, "the agent's block names no type of agent", ID, help=USAGE)
    elif not tidy(tree, body):
        return
    elif isinstance(body[0], Labelled):
        message = f"'{body[0].label}:' is no type of agent"
        yield tree.finding(body[0], message, ID, help=f"leave the colon out: {body[0].label} '…'")
    elif len(body) > 1:
        yield tree.finding(
            body[1], "an agent has only one type", ID, help="move settings into the type's own block"
        )
    else:
        kind = body[0]
        if isinstance(kind, Call) and kind.target is None and kind.arguments:
            yield from check_kind(tree, kind)
        else:
            message = f"{described(tree, kind)} names no agent with its value"
            yield tree.finding(kind, message, ID, help="write type and value: label 'linux'")


def check_kind(tree: Jenkinsfile, kind: Call) -> Iterator[Finding]:
    """Yield what is wrong with a type of agent and its value or settings."""
    if kind.name in ("any", "none"):
        yield tree.finding(
            kind, f"'{kind.name}' stands without a block", ID, help=f"write 'agent {kind.name}'"
        )
    elif kind.name in AGENT_PLUGINS:
        return
    elif kind.name not in AGENTS:
        known = sorted({*AGENTS, *AGENT_PLUGINS})
        help = (
            suggest(kind.name, known)
            or f"Jenkins has any, none, {', '.join(sorted(AGENTS))}; plugins add others"
        )
        # a plugin's agent has a block of its own settings; a bare value is hardly ever one
        severity: Severity = "warning" if kind.closure and not suggest(kind.name, known) else SEVERITY
        yield tree.finding(kind, f"unknown type of agent '{kind.name}'", ID, severity, help)
    elif kind.closure:
        yield from check_settings(tree, kind, AGENTS[kind.name])
    else:
        yield from check_value(tree, kind)


def check_value(tree: Jenkinsfile, kind: Call) -> Iterator[Finding]:
    if len(kind.plain) > 1 or kind.plain[0].key is not None:
        message = f"'{kind.name}' takes one value or a block of settings"
        yield tree.finding(kind.plain[-1].value, message, ID, help=f"write {kind.name} {{ key value … }}")
        return
    value = kind.plain[0].value
    wrong = isinstance(value, Literal) and not isinstance(value.value, str)
    if wrong and kind.name != "dockerfile":
        yield tree.finding(value, f"the value of '{kind.name}' must be a string, not {tree.text(value)}", ID)


def check_settings(tree: Jenkinsfile, kind: Call, signature: Signature) -> Iterator[Finding]:
    """Yield unknown, missing and mistyped settings of a type."""
    body = block(kind)
    if not tidy(tree, body):
        return
    for setting in body:
        if not isinstance(setting, Call) or setting.target is not None or len(setting.arguments) != 1:
            message = f"{described(tree, setting)} is no setting of '{kind.name}'"
            yield tree.finding(setting, message, ID, help="write each as key value: image 'python:3.11'")
            continue
        parameter = signature.parameters.get(setting.name)
        value = setting.arguments[0].value
        if parameter is None:
            help = (
                suggest(setting.name, signature.parameters)
                or f"it takes {', '.join(sorted(signature.parameters))}"
            )
            yield tree.finding(setting, f"'{kind.name}' has no setting '{setting.name}'", ID, help=help)
        elif isinstance(value, Closure) or (wanted := wanted_instead(parameter.kind, value)):
            needs = "a value" if isinstance(value, Closure) else wanted
            yield tree.finding(value, f"'{setting.name}' of '{kind.name}' must be {needs}", ID)
    given = {setting.name for setting in body if isinstance(setting, Call)}
    misspelt = given - set(signature.parameters)
    for parameter in signature.parameters.values():
        told = any(suggest(name, (parameter.name,)) for name in misspelt)
        if parameter.required and parameter.name not in given and not told:
            yield tree.finding(kind, f"'{kind.name}' lacks its required setting '{parameter.name}'", ID)
