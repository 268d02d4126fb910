"""Mail servers for system tests: a real one, one that misbehaves on order, and certificates for both.

    with MailServer(recipients=["zhang@example.com"]) as server:
        ...                                  # send to 127.0.0.1, server.port
        for mail in server.wait_for(1):      # parsed messages, oldest first; mail.raw holds the bytes
            print(mail["Subject"])

    with ScriptedServer("cut_after_dot") as server:
        ...                                  # server.messages: what was taken in, server.sessions: how often

MailServer runs OpenSMTPD unchanged, in namespaces of its own: its spool and its control socket, whose paths are
built in, are private directories there, and the system's own instance and files are not touched. It needs root,
the package `opensmtpd`, and `unshare` and `setpriv` of util-linux; MailServer.missing() says what is not there.
Everything it starts dies with the one process that stop() kills by its id, or with the thread that called start().

ScriptedServer is a thread that speaks SMTP well enough for one recipient, up to the point named by its fault.
"""
import base64
import email
import email.policy
import os
import pathlib
import select
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time

SMTPD = "/usr/sbin/smtpd"
START_TIMEOUT_S = 15
NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

# Runs inside the new namespaces; $1 is the private directory. The server names its clients by DNS, for which it
# would wait 5 s now and then where there is no network.
ENTER = """
mount --bind "$1/resolv.conf" /etc/resolv.conf
mount --bind "$1/spool" /var/spool && mount --bind "$1/run" /run && hostname "$2" &&
exec /usr/sbin/smtpd -d -f "$1/smtpd.conf"
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Authority:
    """A certificate authority made for one test run."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.certificate = self.directory / "ca.pem"
        self._key = self.directory / "ca.key"
        self._openssl("req", "-x509", *NEW_KEY, "-days", "2", "-subj", "/CN=duban test CA", "-addext",
                      "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
                      "-keyout", self._key, "-out", self.certificate)

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def issue(self, *names):
        """(certificate file, key file) for these subjectAltName entries, such as `DNS:mail.example.com`."""
        stem = self.directory / names[0].replace(":", "_")
        key, request, certificate = (stem.with_name(stem.name + end) for end in (".key", ".csr", ".pem"))
        extensions = stem.with_name(stem.name + ".ext")
        extensions.write_text("subjectAltName=" + ",".join(names) + "\n")
        self._openssl("req", *NEW_KEY, "-subj", "/CN=duban test", "-keyout", key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-days", "2",
                      "-extfile", extensions, "-out", certificate)
        key.chmod(0o600)
        return certificate, key


class Unavailable(RuntimeError):
    """This machine does not let a test run; it is skipped, visibly."""


class MailServer:
    """OpenSMTPD on loopback that files the mail of `recipients` (all of one domain) in a Maildir.

    Other recipients of the domain get 5xx. It has no TLS: OpenSMTPD 6.8 of Debian 12 cannot accept a TLS session
    with OpenSSL 3 (its issue 1171). For STARTTLS put ScriptedServer(pair=..., behind=server.port) in front.
    """

    def __init__(self, recipients=("zhang@example.com",), domain="example.com", hostname="mail.example.com"):
        self.recipients, self.domain, self.hostname = list(recipients), domain, hostname
        self.port = free_port()
        self.directory = None
        self._process = None

    @staticmethod
    def missing():
        """None, or a sentence: why no server can run here."""
        if os.geteuid() != 0:
            return "MailServer needs root"
        if not os.path.exists(SMTPD):
            return "MailServer needs the package opensmtpd"
        probe = subprocess.run(["unshare", "--mount", "--uts", "--pid", "--fork", "true"], capture_output=True)
        return None if probe.returncode == 0 else "MailServer needs unshare: " + probe.stderr.decode().strip()

    def _configuration(self):
        known = ", ".join(f'"{address}" = nobody' for address in self.recipients)
        return (f"listen on 127.0.0.1 port {self.port} hostname {self.hostname}\n"
                f'action "file" maildir "{self.directory}/mail/Maildir" virtual {{ {known} }}\n'
                f'match from any for domain "{self.domain}" action "file"\n')

    def _prepare(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="duban-mail-"))
        self.directory.chmod(0o711)  # the delivery runs as nobody
        for name, mode in (("spool", 0o755), ("spool/smtpd", 0o711), ("run", 0o755), ("mail", 0o755)):
            (self.directory / name).mkdir()
            (self.directory / name).chmod(mode)
        shutil.chown(self.directory / "mail", "nobody")
        (self.directory / "resolv.conf").write_text("lookup file\nnameserver 127.0.0.1\n")
        (self.directory / "smtpd.conf").write_text(self._configuration())

    def start(self):
        reason = self.missing()
        if reason:
            raise Unavailable(reason)
        self._prepare()
        with open(self.directory / "log", "wb") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child",
                 "--mount-proc", "--propagation", "private", "sh", "-c", ENTER, "sh", str(self.directory),
                 self.hostname],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self._wait_until_up()
        except BaseException:
            self.stop()
            raise
        return self

    def _wait_until_up(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=2) as probe:
                    if probe.recv(4).startswith(b"220"):
                        return
            except OSError:
                pass
            time.sleep(0.05)
        raise RuntimeError("the mail server did not start:\n" + self.log())

    def stop(self):
        """Kills the server (the processes of its namespace die with their first) and removes its directory."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
        if self.directory:
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory = None

    def log(self):
        return (self.directory / "log").read_text(errors="replace")

    def messages(self):
        """What has been delivered so far, oldest first."""
        files = sorted((self.directory / "mail/Maildir/new").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        return [parse(path.read_bytes()) for path in files]

    def wait_for(self, count, timeout_s=10):
        """The messages as soon as there are `count`; an AssertionError when there are not within the time."""
        deadline = time.monotonic() + timeout_s
        while len(self.messages()) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(self.messages())} of {count} mails came:\n" + self.log())
            time.sleep(0.02)
        return self.messages()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def parse(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    message.raw = raw
    return message


class ScriptedServer:
    """Speaks SMTP until its fault; every session behaves alike. The faults:

    none            takes every message
    tarpit          accepts connections and never says a word
    drip            greets with one byte a second, without end
    greet_554       554 instead of a greeting
    rcpt_451        puts the recipient off
    rcpt_550        refuses the recipient
    data_552        refuses the message after its dot
    data_451        puts it off after its dot
    cut_at_rcpt     closes instead of answering RCPT
    cut_in_data     closes after the first line of the message
    cut_after_dot   takes the message and closes instead of answering
    inject          offers STARTTLS and sends plain answers along with its consent
    no_starttls_ok  offers STARTTLS and answers 454

    `pair` (certificate, key) offers a working STARTTLS; with `behind`, the port of a real server, that one gets
    everything said inside TLS. `users`, a dict of passwords, demands a login. `chunking` offers CHUNKING without
    PIPELINING. What was seen is in `messages`, `sessions`, `commands`, `server_names` (SNI) and `tls_versions`.
    """

    def __init__(self, fault="none", pair=None, behind=None, users=None, chunking=False):
        self.fault, self.behind, self.users, self.chunking = fault, behind, users, chunking
        self.messages, self.sessions, self.commands, self.server_names, self.tls_versions = [], 0, [], [], []
        self._context = self._tls_context(pair) if pair else None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open = []
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def _tls_context(self, pair):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, pair))
        context.sni_callback = lambda _socket, name, _context: self.server_names.append(name)
        return context

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()
        self._thread.join()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.sessions += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            Session(self, connection).run()
        except (OSError, EOFError, ValueError):
            pass
        if self.fault != "tarpit":
            connection.close()


class Session:
    """One connection of a ScriptedServer."""

    def __init__(self, server, connection):
        self.server, self.connection = server, connection
        self.reader = connection.makefile("rb")
        self.encrypted = self.logged_in = False

    def say(self, text):
        self.connection.sendall(text.encode() + b"\r\n")

    def line(self):
        line = self.reader.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return line

    def run(self):
        fault = self.server.fault
        if fault == "tarpit":
            return
        while fault == "drip":
            self.connection.sendall(b"2")
            time.sleep(1)
        self.say("554 5.3.2 not today" if fault == "greet_554" else "220 scripted.example.com ESMTP")
        while True:
            command = self.line().decode("latin-1").strip()
            self.server.commands.append(command)
            verb = command.split(" ")[0].upper()
            if verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            getattr(self, "do_" + verb.lower(), self.do_unknown)(command)

    def do_unknown(self, _command):
        self.say("502 5.5.1 what?")

    def do_ehlo(self, _command):
        words = ["scripted.example.com", "ENHANCEDSTATUSCODES", "SIZE 1000000"]
        offers_tls = self.server._context or self.server.fault in ("inject", "no_starttls_ok")
        if offers_tls and not self.encrypted:
            words.append("STARTTLS")
        if self.server.users and self.encrypted:
            words.append("AUTH PLAIN")
        if self.server.chunking:
            words.append("CHUNKING")
        for word in words[:-1]:
            self.say("250-" + word)
        self.say("250 " + words[-1])

    def do_starttls(self, _command):
        if self.server.fault == "no_starttls_ok":
            self.say("454 4.7.0 not now")
            return
        if self.server.fault == "inject":
            self.say("220 2.0.0 go ahead\r\n250 scripted\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go\r\n250 2.0.0 taken")
            return
        self.say("220 2.0.0 go ahead")
        self.connection = self.server._context.wrap_socket(self.connection, server_side=True)
        self.server._open.append(self.connection)
        self.server.tls_versions.append(self.connection.version())
        self.encrypted = True
        if self.server.behind:
            self.pass_on()
        self.reader = self.connection.makefile("rb")

    def pass_on(self):
        """From here on a pipe between the client and the real server, whose greeting the client does not expect."""
        with socket.create_connection(("127.0.0.1", self.server.behind)) as real:
            real.makefile("rb", buffering=0).readline()
            while True:
                readable = [self.connection] if self.connection.pending() else \
                    select.select([self.connection, real], [], [])[0]
                for source in readable:
                    data = source.recv(65536)
                    if not data:
                        raise EOFError
                    (real if source is self.connection else self.connection).sendall(data)

    def do_auth(self, command):
        _, name, password = base64.b64decode(command.split(" ")[2]).decode().split("\0")
        self.logged_in = self.server.users.get(name) == password
        self.say("235 2.7.0 welcome" if self.logged_in else "535 5.7.8 who are you?")

    def do_mail(self, _command):
        needs_login = self.server.users and not self.logged_in
        self.say("530 5.7.0 log in first" if needs_login else "250 2.1.0 ok")

    def do_rcpt(self, _command):
        answers = {"rcpt_451": "451 4.2.1 mailbox busy", "rcpt_550": "550 5.1.1 no such user"}
        if self.server.fault == "cut_at_rcpt":
            raise EOFError
        self.say(answers.get(self.server.fault, "250 2.1.5 ok"))

    def do_rset(self, _command):
        self.say("250 2.0.0 ok")

    def do_data(self, _command):
        if self.server.fault.startswith("rcpt_"):
            self.say("554 5.5.1 no valid recipients")
            return
        self.say("354 go ahead")
        lines = []
        while True:
            line = self.line()
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
            if self.server.fault == "cut_in_data":
                raise EOFError
        self.take(b"".join(lines))

    def do_bdat(self, command):
        words = command.split(" ")
        self.body = getattr(self, "body", b"") + self.reader.read(int(words[1]))
        if words[-1].upper() == "LAST":
            self.take(self.body)
            self.body = b""
        else:
            self.say("250 2.0.0 more")

    def take(self, raw):
        answers = {"data_552": "552 5.3.4 too much", "data_451": "451 4.3.0 later"}
        if self.server.fault not in answers:
            self.server.messages.append(raw)
        if self.server.fault == "cut_after_dot":
            raise EOFError
        self.say(answers.get(self.server.fault, f"250 2.0.0 Ok: queued as S{len(self.server.messages)}"))
