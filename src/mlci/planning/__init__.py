"""A pipeline as vendor-neutral jobs: who waits for whom, on what condition, with what."""
