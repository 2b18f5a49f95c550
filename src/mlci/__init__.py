"""mlci: one file describes an ML pipeline; every CI vendor runs it alike."""

__version__ = "0.1.0"
