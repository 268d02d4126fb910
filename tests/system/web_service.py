"""A web service on loopback for tests: remembers what was posted, answers as it is told."""
import http.server
import json
import ssl
import threading
import time


class WebService:
    """`posts` has {path, headers, body} of every POST. `answers` are (status, text) to give in turn, the last for ever;
    a status of None hangs up, "slow" answers after `wait_s`."""

    def __init__(self, *answers, pair=None, wait_s=0):
        self.posts, self.answers, self.wait_s = [], list(answers) or [(200, "")], wait_s
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.posts.append({"path": self.path, "headers": dict(self.headers), "body": body})
                status, text = service.answers[0] if len(service.answers) == 1 else service.answers.pop(0)
                if status is None:
                    self.close_connection = True
                    return
                if status == "slow":
                    time.sleep(service.wait_s)
                    status = 200
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", text)
                    text = ""
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that hung up is none of ours
        if pair:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*map(str, pair))
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"{'https' if pair else 'http'}://{'localhost' if pair else '127.0.0.1'}:{self.port}/notify?key=1"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def bodies(self):
        return [json.loads(post["body"]) for post in self.posts]
