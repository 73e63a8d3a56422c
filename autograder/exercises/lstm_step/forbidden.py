"""The built-ins that lstm_step forbids."""

from autograder.checking.forbidden import RECURRENT

FORBIDDEN = RECURRENT
