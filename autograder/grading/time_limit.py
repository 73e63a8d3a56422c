"""A time limit on a student's function in the student's own process, where nothing can be killed."""

import _thread
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

AGAIN_SECONDS = 1.0
"""Seconds after which a function that caught the exception gets it again."""


class OutOfTime(BaseException):
    """Raised in a function that runs too long; not an Exception, which such a function may catch."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in code that runs longer; it must run in the main thread.

    With signals (Unix) a blocking call ends as well. Elsewhere (Windows) Python code is interrupted as
    by Ctrl-C, and a blocking call goes on until it returns.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # a notebook's cells run in the main thread; elsewhere nothing can be interrupted
    elif hasattr(signal, "setitimer"):
        with _alarm(seconds):
            yield
    else:
        with _interrupt(seconds):
            yield


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def ring(*_: object) -> None:
        raise OutOfTime

    handler = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, interval)
        signal.signal(signal.SIGALRM, handler)


@contextmanager
def _interrupt(seconds: float) -> Iterator[None]:
    rang = threading.Event()

    def ring() -> None:
        rang.set()
        _thread.interrupt_main()

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt:
        if not rang.is_set():
            raise
        raise OutOfTime from None
    finally:
        timer.cancel()
