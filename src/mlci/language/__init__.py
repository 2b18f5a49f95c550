"""mlci.yaml: the language as dataclasses, read and checked."""
