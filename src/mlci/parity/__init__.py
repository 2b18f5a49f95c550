"""Proof that a pipeline runs alike everywhere: each vendor's own files executed here, and compared."""
