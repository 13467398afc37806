"""Hikaku: runs image experiments, remembers what an edit touches, publishes a bilingual report."""
