"""Rules about machine learning, for every vendor. One module a rule, one name here."""

from __future__ import annotations

RULES = (
    "data_digest",
    "dependencies",
    "deploy_concurrency",
    "deploy_gate",
    "gpu",
    "model_cache",
    "pickled",
    "retraining",
    "seed",
    "timeout",
)
