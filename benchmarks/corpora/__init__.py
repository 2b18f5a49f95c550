"""How well the linter does on files whose verdict is known."""
