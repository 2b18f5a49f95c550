"""A pipeline's plans as Travis CI's files."""
