"""The layers that confine a worker, and the probe that tries what they leave open."""
