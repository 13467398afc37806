"""The refresh engine: decides what an edit touches, computes that and nothing else, keeps the results."""
