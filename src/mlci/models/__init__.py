"""Saved models: what they are, whether they may be loaded, and how they are told apart."""
