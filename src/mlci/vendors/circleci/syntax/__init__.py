"""The language of CircleCI's files: text to tree to meaning."""
