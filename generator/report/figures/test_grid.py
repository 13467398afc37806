"""Some test images with the classes predicted for them, and noise among them."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import variant_title

SUBJECT = "experiment"
WORDLESS = True

DIGITS, NOISE, COLUMNS = 24, 8, 8
#: From one image to the next, in pixels of theirs: to the right and down.
PITCH = (32, 42)


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    data = results.catalogue.data
    labels = np.asarray(results.array(record.task.id, "labels"))  # (n_test,)
    predicted = np.asarray(results.array(record.task.id, "predicted"))
    is_noise = labels == len(data.class_names)
    digits, noise = np.flatnonzero(~is_noise)[:DIGITS], np.flatnonzero(is_noise)[:NOISE]
    shown = np.concatenate([digits, noise])
    names = [data.class_names[one] for one in predicted[shown]]
    right = int((predicted[digits] == labels[digits]).sum())

    def render(_theme: Theme) -> Figure:
        digit_images = results.images()[data.n_train + digits]
        images = np.concatenate([digit_images, results.array(record.task.id, "noise_images")[: len(noise)]])
        rows = -(-len(shown) // COLUMNS)
        figure, axes = style.new_figure(0.85 * rows)
        panel = axes[0, 0]
        for place, (one, image, name) in enumerate(zip(shown, images, names, strict=True)):
            row, column = divmod(place, COLUMNS)
            box = (column * PITCH[0], column * PITCH[0] + 28, row * PITCH[1] + 28, row * PITCH[1])
            panel.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest", extent=box)
            wrong = not is_noise[one] and predicted[one] != labels[one]
            said = f"{data.class_names[labels[one]]} → {name}" if wrong else name
            panel.text(box[0] + 14, box[3] - 2, said, ha="center", va="bottom")
            if is_noise[one]:
                panel.add_patch(
                    Rectangle((box[0], box[3]), 28, 28, fill=False, edgecolor=style.CLASS_COLOURS[1], linewidth=3)
                )
        panel.set(xlim=(-2, COLUMNS * PITCH[0] - 2), ylim=(rows * PITCH[1] - 10, -12))
        style.hide_frame(panel)
        return figure

    values = {
        "variant": variant_title(words, results.catalogue, record.task),
        "digits": len(digits),
        "noise": len(noise),
        "right": right,
        "taken": " ".join(names[len(digits) :]),
    }
    alt = words(
        "{variant}: {digits} test images, {right} of them classified correctly, and {noise} images of "
        "noise, predicted as {taken}",
        **values,
    )
    caption = words(
        "{variant}: the first {digits} test images that are digits and the first {noise} that are noise (framed), each "
        "with its predicted class; true → predicted where it is wrong",
        **values,
    )
    return Picture(alt, caption, render)
