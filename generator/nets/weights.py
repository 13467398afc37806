"""A network's weights as an array, so that they are kept, compared and handed on like any other result."""

import io

import numpy as np
import torch
from torch import nn


def packed(network: nn.Module) -> np.ndarray:
    """The bytes of ``torch.save`` of the network's state, (bytes,) uint8: also what a reader may download and load."""
    stream = io.BytesIO()
    torch.save(network.state_dict(), stream)
    return np.frombuffer(stream.getvalue(), np.uint8)


def load(network: nn.Module, state: np.ndarray) -> None:
    """Give ``network`` the weights that ``packed`` took from another of the same build."""
    network.load_state_dict(torch.load(io.BytesIO(state.tobytes()), weights_only=True))
