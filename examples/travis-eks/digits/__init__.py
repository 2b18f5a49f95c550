"""Handwritten digits, told apart by a softmax regression that needs numpy alone to serve."""
