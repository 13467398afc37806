"""What the results say, decided once for all languages and without words: pure functions from results to frozen
dataclasses, a module for each topic.

A finding holds ids of tasks, numbers, and verdicts as members of ``StrEnum``; it is ``None`` where its results are
missing. Templates have a sentence for each verdict, and print the numbers. ``compare`` alone compares two scores.
"""
