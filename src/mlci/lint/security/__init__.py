"""Rules about security, for every vendor. One module a rule, one name here."""

from __future__ import annotations

RULES = (
    "cloud_key",
    "host_key",
    "image_digest",
    "parameter_injection",
    "pipe_to_shell",
    "plain_secret",
    "privileged_container",
    "secret_in_artifact",
    "secret_in_cache",
    "secret_in_log",
    "tls_verification",
    "unpinned_image",
    "unpinned_tool",
    "unsafe_commands",
)
