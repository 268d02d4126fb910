"""A small fake daemon, and running dubanctl against it. For the test_dubanctl*.py beside this file."""
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import traceback

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = next((path for path in (os.path.join(BUILD, "dubanctl"), os.path.join(BUILD, "client", "dubanctl"))
                if os.path.exists(path)), os.path.join(BUILD, "client", "dubanctl"))
TESTS = []


def test(function):
    TESTS.append(function)
    return function


class Refusal(Exception):
    def __init__(self, code, name, field=None, detail=None, retryable=False):
        super().__init__(name)
        data = {"name": name, "retryable": retryable}
        if field:
            data["field"] = field
        if detail:
            data["detail"] = detail
        self.error = {"code": code, "message": name.replace("_", " "), "data": data}


class Daemon:
    """Answers from a dict of method -> result, function(params) or Refusal; remembers what was asked."""

    def __init__(self, answers=None, hello=None, events=(), hang_up_after=None, silent=()):
        self.directory = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.directory.name, "d.sock")
        self.answers = answers or {}
        self.hello = hello or {"server": "duband", "version": "0.1.0", "protocol": [1]}
        self.events = list(events)
        self.hang_up_after = hang_up_after
        self.silent = silent
        self.calls = []
        self.lines = []
        self.most_in_flight = 0
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.path)
        self.listener.listen(8)
        self.accepting = threading.Thread(target=self.accept, daemon=True)
        self.accepting.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes it: closed under it, its number may be the next one's
        self.accepting.join()
        self.listener.close()
        self.directory.cleanup()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        waiting = b""
        try:
            while True:
                got = peer.recv(1 << 20)
                if not got:
                    return
                waiting += got
                *lines, waiting = waiting.split(b"\n")
                calls = [json.loads(line) for line in lines if line]
                self.lines += lines
                self.most_in_flight = max(self.most_in_flight,
                                          sum(len(c) if isinstance(c, list) else 1 for c in calls))
                out = b""
                for call in calls:
                    if isinstance(call, list):
                        # JSON-RPC promises no order within a batch.
                        answers = [self.answer(one) for one in call][::-1]
                        out += json.dumps(answers).encode() + b"\n"
                    else:
                        answer = self.answer(call)
                        if answer is not None:
                            out += json.dumps(answer, ensure_ascii=False).encode() + b"\n"
                        if call["method"] == "event.subscribe":
                            out += b"".join(json.dumps(e).encode() + b"\n" for e in self.events)
                # Two pieces: a client must not take a piece for a line.
                peer.sendall(out[:7])
                peer.sendall(out[7:])
                if self.hang_up_after is not None and len(self.calls) >= self.hang_up_after:
                    peer.shutdown(socket.SHUT_RDWR)
                    return
        except OSError:
            return

    def answer(self, call):
        response = {"jsonrpc": "2.0", "id": call["id"]}
        method = call["method"]
        if method == "system.hello":
            answer = self.hello
        else:
            self.calls.append((method, call["params"]))
            if method in self.silent:
                return None
            answer = self.answers.get(method, Refusal(-32601, "method_not_found"))
        try:
            result = answer(call["params"]) if callable(answer) else answer
        except Refusal as refusal:
            result = refusal
        response.update({"error": result.error} if isinstance(result, Refusal) else {"result": result})
        return response


class Done:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


def run(daemon, *words, stdin="", environment=None, socket_path=None, timeout=60):
    env = {"PATH": os.environ["PATH"], "TZ": "Asia/Shanghai", "LC_ALL": "C",
           "DUBAN_SOCKET": socket_path or (daemon.path if daemon else "/nonexistent/duban.sock")}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    env.update(environment or {})
    done = subprocess.run([PROGRAM, *words], input=stdin.encode() if isinstance(stdin, str) else stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, timeout=timeout)
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def equal(got, wanted):
    assert got == wanted, f"\n    got    {got!r}\n    wanted {wanted!r}"


def contains(text, part):
    assert part in text, f"\n    {part!r} is not in {text!r}"


def run_tests():
    """Runs what is marked with @test, prints a line each and the sum, and exits."""
    failed = 0
    for function in TESTS:
        try:
            function()
            print(f"ok {function.__name__}", flush=True)
        except Exception:  # a test that breaks is a test that fails
            failed += 1
            traceback.print_exc()
            print(f"not ok {function.__name__}", flush=True)
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
