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

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.yaml.source import SourceFile

ID = "long-lived-cloud-key"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED
VARIABLES = {
    "AWS_SECRET_ACCESS_KEY": "a role to assume",
    "GOOGLE_CREDENTIALS": "workload identity federation",
    "GOOGLE_APPLICATION_CREDENTIALS_JSON": "workload identity federation",
    "AZURE_CLIENT_SECRET": "a federated credential",
    "AZURE_CREDENTIALS": "a federated credential",
}
ROLE = "use the build's own service role"


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at steps that log in, then at variables."""
    view = file.once(jobs.view)
    for login in view.logins:
        said = f"'{login.name}' logs in with a key that never expires"
        yield Finding(login.place, said, ID, SEVERITY, f"by OpenID Connect: {login.instead}")
    if not (view.means.identity or view.means.role):
        return
    for one in (*view.env, *(one for job in view.jobs for one in (*job.env, *job.secrets))):
        if one.name in VARIABLES and one.value.value.strip():
            said = f"'{one.name}' is a key that never expires"
            help = f"by OpenID Connect: {VARIABLES[one.name]}" if view.means.identity else ROLE
            yield Finding(one.value.place, said, ID, SEVERITY, help)
