"""The built-ins that unbroadcast forbids: they would sum by themselves."""

from autograder.checking.forbidden import AUTOGRAD, UNBROADCASTING

FORBIDDEN = UNBROADCASTING | AUTOGRAD
