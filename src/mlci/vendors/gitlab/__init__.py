"""GitLab CI."""
