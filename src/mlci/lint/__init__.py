"""The linter for CI configuration of any vendor; `mlci.lint.run.lint` is where it starts."""
