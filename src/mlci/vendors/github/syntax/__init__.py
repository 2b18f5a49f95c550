"""The language of GitHub Actions's files: text to tree to meaning."""
