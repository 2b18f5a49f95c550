"""Any YAML text as a tree that knows its places."""
