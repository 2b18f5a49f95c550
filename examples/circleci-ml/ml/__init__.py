"""What is this project's own: the data, the network, the training."""
