"""Federated learning of handwritten digits, reproducible bit by bit."""
