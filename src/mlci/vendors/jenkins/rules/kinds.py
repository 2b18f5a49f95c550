"""The files that Jenkins reads, told by path or text."""

from __future__ import annotations

from mlci.yaml.source import Kind

KINDS = (
    Kind(
        "jenkinsfile",
        "jenkins",
        "Jenkinsfile",
        "groovy",
        r"Jenkinsfile([._-](?!md$|txt$)[^/]*)?|[^/]+\.(jenkinsfile|Jenkinsfile|jenkins)|vars/[^/]+\.groovy",
        None,
        (r"pipeline\s*\{", r"node\b[^{\n]*\{", "@Library"),
    ),
)
