"""Every figure of the site, one module each; ``draw`` finds them, and draws those that are no longer up to date.

A figure module declares ``SUBJECT``, what it is drawn for, and ``draw``, which returns a ``style.Picture`` or ``None``
where there is nothing to show:

- ``"experiment"``: each variant, but those of a series, of an experiment whose declaration names the figure;
  ``draw(results, record, words)``
- ``"method"``: such an experiment as a whole, with all its variants; ``draw(results, slug, words)``
- ``"maps"``, ``"classifiers"`` (a section), or ``"data"``: ``draw(results, words)``

``WORDLESS = True`` says that the picture itself holds no words, so that all languages share it. ``PARTS = 9`` makes
nine pictures of it: ``draw`` then takes ``part``, from 1, and they are named ``<name>-1`` to ``<name>-9``.
"""
