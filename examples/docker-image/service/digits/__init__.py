"""Tells handwritten digits apart by the nearest mean of each class; its server needs numpy alone."""
