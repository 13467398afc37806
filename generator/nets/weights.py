"""A network's weights as an array, so that they are kept, compared and handed on like any other result."""

import io
from typing import Any

import numpy as np
import torch
from torch import nn


def packed(network: nn.Module) -> np.ndarray:
    """The bytes of ``torch.save`` of the network's state, (bytes,) uint8: also what a reader may download and load."""
    return torch_bytes(network.state_dict())


def load(network: nn.Module, state: np.ndarray) -> None:
    """Give ``network`` the weights that ``packed`` took from another of the same build."""
    network.load_state_dict(from_torch_bytes(state))


def torch_bytes(value: object) -> np.ndarray:
    """What ``torch.save`` makes of tensors and containers of them: (bytes,) uint8."""
    stream = io.BytesIO()
    torch.save(value, stream)
    return np.frombuffer(stream.getvalue(), np.uint8)


def from_torch_bytes(array: np.ndarray) -> Any:
    """What ``torch_bytes`` was given."""
    return torch.load(io.BytesIO(array.tobytes()), weights_only=True)
