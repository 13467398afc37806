"""Where the images come from: scikit-learn's bundled digits, or MNIST from a folder or its download."""

import importlib.util
import struct
import tempfile
from pathlib import Path
from urllib.error import URLError

import numpy as np

from generator.config import DataConfig
from generator.dataset import Images
from generator.errors import UserError
from generator.layout import PROJECT
from generator.record import SIDE

DIGITS = tuple("0123456789")

#: The IDX files in the order training images, training labels, test images, test labels.
MNIST_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
UNSIGNED_BYTES = 8  # IDX's code for uint8; its magic number is this code << 8 | number of dimensions


def files(data: DataConfig) -> tuple[Path, ...]:
    """The files whose bytes decide the images; those of MNIST may not be there yet. Fetches nothing."""
    if data.source == "mnist":
        return tuple(_raw(data) / name for name in MNIST_FILES)
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise UserError("scikit-learn is not installed", where="digits", remedy="run `make site`, which installs it")
    return (Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz",)


def origin(data: DataConfig) -> str:
    """One line for the reader: whose images these are."""
    if data.source == "mnist":
        return "MNIST (LeCun, Cortes and Burges), the files that torchvision downloads"
    return "Optical recognition of handwritten digits (Alpaydin and Kaynak, UCI), the part bundled with scikit-learn"


def load(data: DataConfig) -> Images:
    """Read the configured source; MNIST is downloaded first if it may be and must be.

    Raises ``UserError`` for a missing, truncated or foreign file. Never one dataset in place of another.
    """
    return _mnist(data) if data.source == "mnist" else _digits()


def _digits() -> Images:
    """scikit-learn's 8x8 digits in MNIST's frame: a 20x20 digit in the middle of 28x28, white on black.

    They come writer after writer, so that cutting them in their own order keeps most test writers out of the
    training part, as MNIST's own split does; a shuffled split would be easier than it looks.
    """
    from PIL import Image
    from sklearn.datasets import load_digits

    source = load_digits()
    full = 16  # the source's white
    small = np.round(source.images * (255 / full)).astype(np.uint8)  # (n, 8, 8)
    edge = 20
    margin = (SIDE - edge) // 2
    images = np.zeros((len(small), SIDE, SIDE), np.uint8)
    for image, grey in zip(images, small, strict=True):
        enlarged = Image.fromarray(grey).resize((edge, edge), Image.Resampling.BICUBIC)
        image[margin:-margin, margin:-margin] = np.asarray(enlarged)
    return Images(
        name="digits",
        images=images,
        labels=source.target.astype(np.uint8),
        class_names=DIGITS,
        n_train=round(0.8 * len(images)),
    )


def _raw(data: DataConfig) -> Path:
    """The folder of the IDX files, as torchvision lays it out."""
    root = Path(data.path) if data.path else PROJECT / "data"
    return root / "MNIST" / "raw"


def _mnist(data: DataConfig) -> Images:
    paths = files(data)
    missing = [path for path in paths if not path.is_file()]
    if missing and data.path:
        raise UserError(
            "there is no such file",
            where=str(missing[0]),
            remedy="name the folder that holds MNIST/raw with the four unpacked files, or none to have them downloaded",
        )
    if missing:
        _download(PROJECT / "data")
    train_images, train_labels = _read_pair(paths[0], paths[1])
    test_images, test_labels = _read_pair(paths[2], paths[3])
    return Images(
        name="mnist",
        images=np.concatenate([train_images, test_images]),
        labels=np.concatenate([train_labels, test_labels]),
        class_names=DIGITS,
        n_train=len(train_labels),
    )


def _download(root: Path) -> None:
    """Let torchvision fetch the files; it checks their checksums and tries its mirrors in turn.

    It unpacks in place, so that a killed download would leave half a file; ours are moved in when they are whole.
    """
    from torchvision.datasets import MNIST

    raw = root / "MNIST" / "raw"
    root.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".new-", dir=root) as folder:
            fetched = Path(MNIST(folder, download=True).raw_folder)
            raw.mkdir(parents=True, exist_ok=True)
            for name in MNIST_FILES:
                (fetched / name).replace(raw / name)
    except (URLError, OSError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(
            f"MNIST could not be downloaded ({reason})",
            where=str(root),
            remedy="name a folder that holds MNIST/raw with --data, or use PROFILE=quick, which needs no network",
        ) from error


def _read_pair(images_path: Path, labels_path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) and labels (n,) uint8 of one part."""
    images = _read_idx(images_path, dimensions=3)
    labels = _read_idx(labels_path, dimensions=1)
    if images.shape[1:] != (SIDE, SIDE):
        height, width = images.shape[1:]
        raise _damaged(images_path, f"its images are {height}x{width}, not {SIDE}x{SIDE}")
    if len(images) != len(labels):
        raise _damaged(labels_path, f"it has {len(labels)} labels for {len(images)} images in {images_path.name}")
    if len(labels) == 0:
        raise _damaged(images_path, "it holds no images")
    if labels.max() >= len(DIGITS):
        raise _damaged(labels_path, f"it has the label {labels.max()}, and the classes are 0 to {len(DIGITS) - 1}")
    return images, labels


def _read_idx(path: Path, *, dimensions: int) -> np.ndarray:
    """An IDX file of unsigned bytes: magic number, the lengths of its dimensions (big-endian), then the values."""
    content = path.read_bytes()
    header = 4 * (1 + dimensions)
    expected_magic = UNSIGNED_BYTES << 8 | dimensions
    if len(content) >= 4 and (magic := int.from_bytes(content[:4], "big")) != expected_magic:
        raise _damaged(path, f"it begins with the number {magic} where {expected_magic} belongs: another kind of file")
    if len(content) < header:
        raise _damaged(path, f"it is cut off inside its header, at {len(content)} of {header} bytes")
    shape = struct.unpack(f">{dimensions}I", content[4:header])
    expected_size = header + int(np.prod(shape, dtype=object))
    if len(content) != expected_size:
        raise _damaged(path, f"it has {len(content)} bytes and its header promises {expected_size}")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def _damaged(path: Path, what: str) -> UserError:
    remedy = "put an intact copy there; in the project's own data folder, delete it and it is fetched again"
    return UserError(what, where=str(path), remedy=remedy)
