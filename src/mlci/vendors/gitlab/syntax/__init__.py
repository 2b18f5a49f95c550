"""The language of GitLab CI's files: text to tree to meaning."""
