"""The built-ins that rnn_step forbids."""

from autograder.checking.forbidden import RECURRENT

FORBIDDEN = RECURRENT
