"""How fast, how cheap and how small the tap is, as ratios of things measured in one run.

`python3 dev.py bench` runs all of it against the sandbox. Nothing here is a test: machines differ,
so no time is asserted anywhere.
"""
