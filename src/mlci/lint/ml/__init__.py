"""Rules about machine learning, for every vendor. One module a rule, one entry here."""

from __future__ import annotations

from mlci.lint.ml import (
    data_digest,
    dependencies,
    deploy_concurrency,
    deploy_gate,
    gpu,
    model_cache,
    pickled,
    retraining,
    seed,
    timeout,
)
from mlci.lint.rule import Rule

RULES: tuple[Rule, ...] = (
    data_digest,
    dependencies,
    deploy_concurrency,
    deploy_gate,
    gpu,
    model_cache,
    pickled,
    retraining,
    seed,
    timeout,
)
