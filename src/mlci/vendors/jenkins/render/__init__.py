"""A pipeline's plans as Jenkins's files."""
