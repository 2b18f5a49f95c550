"""GitHub Actions: one file a workflow under .github/workflows."""
