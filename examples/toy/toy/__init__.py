"""A federated run without learning: it checks the messages themselves."""
