"""Every figure of the site, one module each; ``draw`` finds them, and draws those that are no longer up to date.

A figure module declares ``SUBJECT``: ``"experiment"`` (drawn for each variant whose declaration names it), a section
(``"maps"``, ``"classifiers"``) or ``"data"``; and ``draw``, which returns a ``style.Picture`` or ``None`` where there
is nothing to show. ``WORDLESS = True`` says that the picture itself holds no words, so that all languages share it.
"""
