"""A JupyterLab of its own for a test: no settings of whoever runs the tests count."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 300
"""Seconds that a busy machine may take for one step; none is waited for longer than it takes."""
_PLACES = {
    "HOME": "",
    "IPYTHONDIR": "ipython",
    "XDG_CACHE_HOME": "cache",
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "lab",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
}


@dataclass(frozen=True)
class Server:
    """A running JupyterLab. home: its user's folder; log: what it and nbgrader print."""

    url: str
    token: str
    home: Path
    log: Path

    def page(self, path: str) -> str:
        """The address of one of its pages."""
        return f"{self.url}{path}?token={self.token}"


@contextmanager
def serve(root: Path, home: Path) -> Iterator[Server]:
    """Run JupyterLab for a folder; its user's home may hold a config/ with settings already."""
    quiet = home / "lab" / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    news = {"fetchNews": "false", "checkForUpdates": False}  # a question that covers the page
    (quiet / "notification.jupyterlab-settings").write_text(json.dumps(news))
    token, log = secrets.token_hex(8), home / "server.log"
    options = [f"--ServerApp.port={_free_port()}", f"--IdentityProvider.token={token}"]
    fixed = ["--no-browser", "--allow-root", "--ip=127.0.0.1"]  # CI runs as root
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *fixed, *options],
            cwd=root,
            env=os.environ | _environment(home),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + PATIENCE
        while (url := _written(home / "runtime" / f"jpserver-{process.pid}.json")) is None:
            assert process.poll() is None and time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        yield Server(url, token, home, log)
    finally:
        process.terminate()  # it ends its kernels
        process.wait(PATIENCE)


def _written(file: Path) -> str | None:
    """The address in a file that the server may be writing at this moment."""
    with suppress(OSError, ValueError):
        url: str = json.loads(file.read_text())["url"]
        return url
    return None


def _environment(home: Path) -> dict[str, str]:
    places = {name: str(home / place) for name, place in _PLACES.items()}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return places | {"OMP_NUM_THREADS": "1", "PATH": path}


def _free_port() -> int:
    """A port that is free now; were it taken in between, Jupyter would take the next."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
