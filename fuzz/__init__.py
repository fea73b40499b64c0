"""Fuzzing: files and schemes that nobody would send, to see that each is read or refused in plain words, soon and small.

`python -m fuzz intake --inputs 100000 --seed 1` and `python -m fuzz scheme ...`; docs/limits.md says what is tried, what
must hold, and what the last long run found. Every input follows from its seed and its number alone.
"""
