"""A pipeline's plans as GitHub Actions's files."""
