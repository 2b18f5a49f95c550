"""Rules about security, for every vendor. One module a rule, one entry here."""

from __future__ import annotations

from mlci.lint.rule import Rule
from mlci.lint.security import (
    cloud_key,
    host_key,
    image_digest,
    parameter_injection,
    pipe_to_shell,
    plain_secret,
    privileged_container,
    secret_in_artifact,
    secret_in_cache,
    secret_in_log,
    self_hosted,
    tls_verification,
    unpinned_image,
    unpinned_tool,
    unsafe_commands,
)
from mlci.vendors.circleci.rules import unpinned_orb
from mlci.vendors.github.rules import (
    all_secrets,
    broad_permissions,
    cache_poisoning,
    dangerous_trigger,
    inherited_secrets,
    persisted_credentials,
    template_injection,
    unpinned_action,
)

RULES: tuple[Rule, ...] = (
    all_secrets,
    broad_permissions,
    cache_poisoning,
    cloud_key,
    dangerous_trigger,
    host_key,
    image_digest,
    inherited_secrets,
    parameter_injection,
    persisted_credentials,
    pipe_to_shell,
    plain_secret,
    privileged_container,
    secret_in_artifact,
    secret_in_cache,
    secret_in_log,
    self_hosted,
    template_injection,
    tls_verification,
    unpinned_action,
    unpinned_image,
    unpinned_orb,
    unpinned_tool,
    unsafe_commands,
)
