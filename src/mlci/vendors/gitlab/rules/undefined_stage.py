"""A job is in a stage that does not exist.

GitLab refuses the pipeline. Without `stages`, there are build, test and deploy; a job without a stage is in
test, which must exist, too.

Bad:

```yaml
# .gitlab-ci.yml
stages: [build, check]
lint:
  stage: chekc
  script: make lint
```

Good:

```yaml
# .gitlab-ci.yml
stages: [build, check]
lint:
  stage: check
  script: make lint
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.gitlab.syntax.model import Config, read_pipeline
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile

ID = "gitlab-undefined-stage"
SEVERITY: Severity = "error"
KINDS = ("gitlab",)


def check(file: SourceFile) -> Iterator[Finding]:
    config = file.once(read_pipeline)
    if config.open:
        return
    for job in config.jobs.values():
        if job.hidden:
            continue
        stage = config.find(job, "stage") or config.find(job, "type")
        if stage is None and "test" not in config.place:
            said = f"the job '{job.name}' has no stage, and there is no stage 'test', where it would be"
            yield Finding(file.mark(job.key), said, ID, SEVERITY, the_stages(config))
        elif stage is not None and stage.id == "scalar" and unknown(stage.value, config.place):
            said = f"unknown stage '{stage.value}'"
            help = hint(file, stage.value, config.stages) or the_stages(config)
            yield Finding(file.mark(stage), said, ID, SEVERITY, help)


def the_stages(config: Config) -> str:
    return f"the stages are {', '.join(config.stages[:20])}{' …' * (len(config.stages) > 20)}"


def unknown(name: str, stages: dict[str, int]) -> bool:
    """Tell whether a stage does not exist; variables and inputs are filled in later."""
    return name not in stages and "$" not in name
