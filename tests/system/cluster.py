"""A private PostgreSQL cluster for tests: its own directory, a Unix socket, no network, default durability.

    with cluster.Cluster() as postgres:
        postgres.psql("SELECT 1")

PostgreSQL refuses to run as root; then everything of the server runs as the user postgres. Only processes that a
Cluster started are ever signalled, by their id. Standard library only.
"""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

SERVER_USER = "postgres"


def programs():
    """The directory of initdb and postgres: what pg_config says, else the newest that Debian installed."""
    try:
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
        if os.path.exists(os.path.join(told, "initdb")):
            return told
    except (OSError, subprocess.CalledProcessError):
        pass
    found = [path for path in glob.glob("/usr/lib/postgresql/*/bin") if os.path.exists(path + "/initdb")]
    if not found:
        raise FileNotFoundError("no PostgreSQL server programs found")
    return max(found, key=lambda path: [int(part) for part in path.split("/")[4].split(".")])


class Cluster:
    """One server. `directory` holds data/, the socket and server.log; it is removed by destroy()."""

    def __init__(self, settings=None, directory=None):
        self.bin = programs()
        self.owner = pwd.getpwnam(SERVER_USER) if os.geteuid() == 0 else None
        self.directory = directory or tempfile.mkdtemp(prefix="duban-postgres-")
        self.data = os.path.join(self.directory, "data")
        self.process = None
        if self.owner:
            os.chown(self.directory, self.owner.pw_uid, self.owner.pw_gid)
        os.chmod(self.directory, 0o755)
        self._run([self._program("initdb"), "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                   "--locale=C.UTF-8", "--no-sync"])
        lines = {"listen_addresses": "''", "unix_socket_directories": "'%s'" % self.directory,
                 "unix_socket_permissions": "0777", "log_line_prefix": "'%m [%p] '"}
        lines.update(settings or {})
        with open(os.path.join(self.data, "postgresql.auto.conf"), "a", encoding="utf-8") as file:
            file.writelines("%s = %s\n" % item for item in lines.items())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.destroy()

    def _program(self, name):
        return os.path.join(self.bin, name)

    def _as_owner(self):
        os.setsid()
        if self.owner:
            os.setgroups([])
            os.setgid(self.owner.pw_gid)
            os.setuid(self.owner.pw_uid)

    def _run(self, command):
        done = subprocess.run(command, preexec_fn=self._as_owner, cwd=self.directory, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError("%s: %s" % (" ".join(command), done.stderr))

    def conninfo(self, database="postgres", user="postgres"):
        """Where libpq finds the server."""
        return "host=%s dbname=%s user=%s" % (self.directory, database, user)

    def start(self, timeout=60):
        """Starts the server and waits until it answers."""
        with open(os.path.join(self.directory, "server.log"), "ab") as log:
            self.process = subprocess.Popen([self._program("postgres"), "-D", self.data], stdout=log, stderr=log,
                                            preexec_fn=self._as_owner, cwd=self.directory)
        until = time.monotonic() + timeout
        while subprocess.run([self._program("pg_isready"), "-q", "-h", self.directory]).returncode:
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("PostgreSQL did not start:\n" + self.log_text()[-2000:])
            time.sleep(0.05)

    def stop(self, how=signal.SIGINT, timeout=60):
        """Ends the server: SIGINT disconnects everyone and shuts down cleanly, SIGTERM waits for them."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout)
        self.process = None

    def crash(self):
        """Ends the server as a power cut would, as far as a process can: no checkpoint, no goodbye."""
        self.stop(signal.SIGQUIT)

    def restart(self):
        """Clean stop and start."""
        self.stop()
        self.start()

    def pause(self):
        """Nobody new is let in, and no server process answers."""
        for pid in self.pids():
            os.kill(pid, signal.SIGSTOP)

    def resume(self):
        """Undoes pause()."""
        for pid in self.pids():
            os.kill(pid, signal.SIGCONT)

    def pids(self):
        """The server's own process and its children."""
        parent = self.process.pid
        with open("/proc/%d/task/%d/children" % (parent, parent), encoding="ascii") as file:
            return [parent] + [int(word) for word in file.read().split()]

    def psql(self, sql, database="postgres", user="postgres", check=True):
        """Runs SQL; the rows as lines with | between columns. With check=False: (exit status, rows, errors)."""
        done = subprocess.run([self._program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v",
                               "VERBOSITY=verbose", "-d", self.conninfo(database, user), "-f", "-"],
                              input=sql, capture_output=True, text=True)
        if not check:
            return done.returncode, done.stdout.strip(), done.stderr.strip()
        if done.returncode:
            raise RuntimeError("psql: %s\n%s" % (done.stderr.strip(), sql[:500]))
        return done.stdout.strip()

    def create_database(self, name):
        """A database of its own for a test; returns its conninfo."""
        self.psql('CREATE DATABASE "%s"' % name)
        return self.conninfo(name)

    def dump_schema(self, database):
        """What pg_dump says of everything but the rows."""
        done = subprocess.run([self._program("pg_dump"), "--schema-only", "-d", self.conninfo(database)],
                              capture_output=True, text=True, check=True)
        return done.stdout

    def log_text(self):
        """The server's log so far."""
        with open(os.path.join(self.directory, "server.log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def destroy(self):
        """Ends the server and removes its directory."""
        try:
            self.stop()
        finally:
            if self.process and self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            shutil.rmtree(self.directory, ignore_errors=True)
