"""The stage library: what `uses:` may name, one module a stage."""
