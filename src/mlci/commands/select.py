"""`mlci select`: which parts of the conditions hold for this run, for jobs of a vendor that cannot tell."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Annotated

from mlci.calls.options import Option
from mlci.commands.terminal import out


def select(
    *,
    workflow: Annotated[str, Option("Only this workflow; prints NAME=true or NAME=false a line.")] = "",
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Print which branches, tags and changed paths of the jobs' conditions hold for this run.

    Rendered configurations call it where a vendor's own syntax cannot say so. MLCI_BASE names the commit to
    compare with. Without --workflow it prints one JSON object for all of them.

    Examples: `mlci select --workflow main` · `mlci select > parameters.json`
    """
    from mlci.engine.context import read_context
    from mlci.errors import InputError
    from mlci.planning import repository
    from mlci.planning.selection import answers, changed_since

    plans = {plan.workflow.name: plan for plan in repository.plans(repository.load(root))}
    if workflow and workflow not in plans:
        raise InputError(f"unknown workflow '{workflow}'", help=f"the workflows are {', '.join(plans)}")
    context = read_context(os.environ, root)
    changed = cache(lambda: changed_since(root, context, os.environ))
    if workflow:
        for name, holds in answers(plans[workflow], context, changed).items():
            out(f"{name}={str(holds).lower()}")
        return 0
    every = {
        f"{title}--{name}": holds
        for title, plan in plans.items()
        for name, holds in answers(plan, context, changed).items()
    }
    out(json.dumps(every))
    return 0
