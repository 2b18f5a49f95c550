"""The language of Travis CI's files: text to tree to meaning."""
