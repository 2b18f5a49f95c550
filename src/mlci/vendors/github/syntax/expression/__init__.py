"""GitHub's expression language: `${{ … }}` read, typed and checked, without running it."""
