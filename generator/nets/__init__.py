"""What the experiments in PyTorch share."""
