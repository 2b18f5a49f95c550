"""A pipeline's plans as CircleCI's files."""
