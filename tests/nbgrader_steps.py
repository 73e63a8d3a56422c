"""nbgrader's own command line, several times in one process."""

STEPS = """\
import contextlib, shlex, sys
sys.modules["rfc3987_syntax"] = None  # formats of addresses: seconds to import, and in no notebook
from jupyter_core.application import NoStart
from nbgrader.apps import NbGraderApp

for line in sys.argv[1:]:
    app = NbGraderApp.instance()
    app.initialize(shlex.split(line))
    with contextlib.suppress(NoStart):
        app.start()
    type(app.subapp).clear_instance()
"""
"""A script; its arguments are lines such as "autograde softmax", since importing nbgrader takes seconds."""
