"""A small convolutional classifier whose last hidden layer is looked at: a hundred numbers for each image."""

import numpy as np
import torch
from torch import Tensor, nn

FILTERS = 16
WIDTH = 100  # of the embedding
AT_ONCE = 500  # images; small enough for the activations to stay in the cache


class Embedder(nn.Module):
    """One convolution and two dense layers; gives the scores of the classes and the embedding they are computed from.

    Pooling comes before the ReLU. Both keep the order of what they see, so that changing places changes no result, and
    a quarter of the numbers goes through the ReLU.
    """

    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, FILTERS, kernel_size=3),  # (n, 16, 26, 26)
            nn.BatchNorm2d(FILTERS),
            nn.MaxPool2d(2),  # (n, 16, 13, 13)
            nn.ReLU(),
            nn.Flatten(),
        )
        self.embedding = nn.Sequential(nn.Linear(FILTERS * 13 * 13, WIDTH), nn.ReLU())
        self.classes = nn.Linear(WIDTH, n_classes)
        # Images of one channel lie alike in both layouts; what the convolution makes of them is faster in this one.
        self.to(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 1, 28, 28) to scores (n, n_classes) and embeddings (n, 100)."""
        embedding = self.embedding(self.features(images))
        return self.classes(embedding), embedding


def tensor(images: np.ndarray) -> Tensor:
    """Images (n, 28, 28) uint8 as (n, 1, 28, 28) float32 in [0, 1]."""
    grey = torch.from_numpy(images.astype(np.float32) / np.float32(255))
    return grey.unsqueeze(1).contiguous(memory_format=torch.channels_last)


def look_at(network: Embedder, images: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Scores (n, n_classes) and embeddings (n, 100), both float32, as the network returns them."""
    network.eval()
    with torch.inference_mode():
        scores, embeddings = zip(*(network(batch) for batch in torch.split(images, AT_ONCE)), strict=True)
        return torch.cat(scores).numpy(), torch.cat(embeddings).numpy()


def overhear(network: Embedder, images: Tensor, layer: str = "embedding") -> np.ndarray:
    """What the layer of that name puts out, (n, 100) float32, caught by a hook: works for a network that returns
    nothing but scores.
    """
    heard: list[Tensor] = []
    hook = network.get_submodule(layer).register_forward_hook(lambda _layer, _given, out: heard.append(out))
    try:
        look_at(network, images)
    finally:
        hook.remove()
    return torch.cat(heard).numpy()
