"""One module a rule; its docstring is its documentation."""
