"""A job logs in to a cloud with a key that never expires.

Such a key works from anywhere until somebody revokes it. By OpenID Connect a job proves what repository,
branch and environment it is, and gets access for an hour: nothing to leak, nothing to rotate.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3
        with:
          aws-region: eu-west-1
          aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}
          aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    permissions: {id-token: write}
    steps:
      - uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3
        with:
          aws-region: eu-west-1
          role-to-assume: arn:aws:iam::123456789012:role/deploy
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.vendors.github.syntax import model
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, items, sequence, text

ID = "long-lived-cloud-key"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED


INPUTS = {
    "aws-actions/configure-aws-credentials": ("aws-secret-access-key", "role-to-assume"),
    "google-github-actions/auth": ("credentials_json", "workload_identity_provider"),
    "azure/login": ("creds", "client-id"),
    "pypa/gh-action-pypi-publish": ("password", "permissions: {id-token: write} and no password"),
}
"""Inputs that take a key, and what takes its place."""
ORBS = {
    "circleci/aws-cli": ("role_arn", frozenset(("role-arn", "profile-name"))),
    "circleci/gcp-cli": ("use_oidc: true", frozenset(("use-oidc", "gcp-cred-config-file-path"))),
}
"""Orbs whose command `setup` logs in; what to give it, and what tells that it is done another way."""
VARIABLES = {
    "AWS_SECRET_ACCESS_KEY": "a role to assume",
    "GOOGLE_CREDENTIALS": "workload identity federation",
    "GOOGLE_APPLICATION_CREDENTIALS_JSON": "workload identity federation",
    "AZURE_CLIENT_SECRET": "a federated credential",
    "AZURE_CREDENTIALS": "a federated credential",
}
WITH_IDENTITY = ("github", "circleci", "gitlab", "azure", "mlci")
"""Vendors whose jobs have an OpenID Connect token."""
ROLE = "the build's own service role"


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at actions that log in, then at variables."""
    if file.kind.vendor == "github":
        yield from actions(file)
    elif file.kind.vendor == "circleci":
        yield from orbs(file)
    if file.kind.vendor not in (*WITH_IDENTITY, "codebuild"):
        return
    view = file.once(jobs.view)
    for one in (*view.env, *(one for job in view.jobs for one in (*job.env, *job.secrets))):
        if one.name in VARIABLES and one.value.value.strip():
            instead = f"by OpenID Connect: {VARIABLES[one.name]}"
            said = f"'{one.name}' is a key that never expires"
            help = instead if file.kind.vendor in WITH_IDENTITY else f"use {ROLE}"
            yield Finding(one.value.place, said, ID, SEVERITY, help)


def orbs(file: SourceFile) -> Iterator[Finding]:
    """Look at the steps of CircleCI's orbs that log in to a cloud."""
    aliases = {
        one.name: ORBS[(text(one.value) or "").partition("@")[0]]
        for one in items(get(file.root_node, "orbs"))
        if (text(one.value) or "").partition("@")[0] in ORBS
    }
    for step in all_steps(file.root_node) if aliases else ():
        for one in items(step):
            orb, slash, command = one.name.partition("/")
            if slash and command == "setup" and orb in aliases:
                instead, names = aliases[orb]
                if not names & {given.name.replace("_", "-") for given in items(one.value)}:
                    said = f"'{one.name}' logs in with a key that never expires"
                    yield Finding(file.mark(one.key), said, ID, SEVERITY, f"by OpenID Connect: {instead}")


def all_steps(root: Node | None) -> Iterator[Node]:
    """Yield the steps of all jobs and commands."""
    for section in ("jobs", "commands"):
        for one in items(get(root, section)):
            yield from sequence(get(one.value, "steps"))


def actions(file: SourceFile) -> Iterator[Finding]:
    """Look at the inputs of actions that log in to a cloud."""
    for job in file.once(model.read).jobs:
        for step in job.steps:
            name = step.uses.partition("@")[0].lower()
            key, instead = INPUTS.get(name, ("", ""))
            given = {known.lower(): pair[0] for known, pair in step.given.keys.items()}
            if key in given:
                said = f"'{name}' logs in with a key that never expires"
                yield Finding(file.mark(given[key]), said, ID, SEVERITY, f"by OpenID Connect: {instead}")
