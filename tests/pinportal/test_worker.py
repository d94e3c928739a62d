"""Our gunicorn worker against clients that are slow, silent, or malformed; and the real server against both."""

import logging
import os
import selectors
import socket
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.urls import reverse
from gunicorn.config import Config
from gunicorn.glogging import Logger

from pinportal import worker
from pinportal.worker import State, Worker
from tests import servers
from tests.faults.databases import wait_until

HEADERS = b"POST / HTTP/1.1\r\nHost: portal\r\nContent-Length: %d\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: portal\r\n\r\n"
LARGE = 8 * 1024 * 1024  # more than two sockets hold


def app(environ, start_response):
    """Answer with the body that was sent, or as the path says."""
    body = environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/fail":
        raise ValueError
    if environ["PATH_INFO"] == "/large":
        body = b"x" * LARGE
    if environ["PATH_INFO"] == "/stream":
        start_response("200 OK", [])
        return (b"y" * 65536 for _ in range(LARGE // 65536))
    if environ["PATH_INFO"] == "/file":
        start_response("200 OK", [("Content-Length", str(Path(__file__).stat().st_size))])
        return environ["wsgi.file_wrapper"](Path(__file__).open("rb"))
    if environ["PATH_INFO"] == "/hang":
        environ["gunicorn.socket"].cfg.let_go.wait(10)
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


class Served:
    """A worker in this process, and the address of its listener."""

    def __init__(self, monkeypatch, **limits):
        monkeypatch.setattr(worker, "LOOKS_EVERY", 0.02)
        monkeypatch.setattr(worker, "LIMITS", worker.LIMITS | {State[name]: each for name, each in limits.items()})
        config = Config()
        for name, value in {"threads": 2, "worker_connections": 20}.items():
            config.set(name, value)
        config.let_go = threading.Event()
        self.config, self.listener = config, socket.create_server(("127.0.0.1", 0), backlog=200)
        log = Logger(config)
        log.error_log.handlers = [logging.NullHandler()]
        self.worker = Worker(1, os.getppid(), [self.listener], None, 60, config, log)
        self.worker.tpool = self.worker.get_thread_pool()
        self.worker.poller = selectors.DefaultSelector()
        self.worker.method_queue.init()
        self.worker.wsgi = app
        self.thread = threading.Thread(target=self.worker.run)
        self.thread.start()

    def connect(self, *sent):
        client = socket.create_connection(self.listener.getsockname(), timeout=10)
        for each in sent:
            client.sendall(each)
        return client

    def answer(self, *sent):
        """All bytes until the server closes."""
        with closing(self.connect(*sent)) as client:
            return read(client)

    def stop(self):
        self.config.let_go.set()
        self.worker.handle_exit(None, None)
        self.thread.join(timeout=30)
        self.worker.tpool.shutdown()
        for each in (self.worker.tmp, self.worker.poller, self.worker.method_queue, self.listener):
            each.close()


def read(client):
    return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.fixture
def served(monkeypatch):
    made = []

    def serve(**limits):
        made.append(Served(monkeypatch, **limits))
        return made[-1]

    yield serve
    for each in made:
        each.stop()


SLOW = {
    "silent": [],
    "headers": [GET[:-2]],
    "body": [HEADERS % 1000, b"a" * 999],
    "does not read": [GET.replace(b"/ ", b"/large ")],
    "does not read a stream": [GET.replace(b"/ ", b"/stream ")],
    "does not close": [GET],
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_slow_clients_keep_nobody_waiting(served, sent):
    """Ten of each kind, and two threads. Only a stream holds one, and no stranger can start one."""
    server = served()
    count = 1 if b"/stream" in b"".join(sent) else 10
    slow = [server.connect(*sent) for _ in range(count)]
    started = time.monotonic()
    assert server.answer(HEADERS % 3, b"abc").endswith(b"\r\n\r\nabc")
    assert time.monotonic() - started < 2
    for each in slow:
        each.close()


def test_a_request_in_pieces_is_answered_whole(served):
    server = served()
    with closing(server.connect()) as client:
        for byte in HEADERS % 4 + b"abcd":
            client.sendall(bytes([byte]))
        assert read(client).endswith(b"\r\n\r\nabcd")


@pytest.mark.parametrize("path", [b"/large", b"/stream"])
def test_a_large_answer_arrives_whole(served, path):
    assert len(served().answer(GET.replace(b"/ ", path + b" "))) > LARGE


def test_a_file_arrives_whole(served):
    assert served().answer(GET.replace(b"/ ", b"/file ")).endswith(Path(__file__).read_bytes())


@pytest.mark.parametrize("state", ["ARRIVING", "SENDING", "CLOSING"])
def test_who_takes_too_long_is_disconnected(served, state):
    """By the time of each state, in which one client is stuck."""
    server = served(**{state: 0.1})
    sent = {"ARRIVING": [HEADERS % 2, b"a"], "SENDING": SLOW["does not read"], "CLOSING": [GET]}[state]
    with closing(server.connect(*sent)):
        wait_until(lambda: server.worker.connections)
        wait_until(lambda: not server.worker.connections)


def test_the_oldest_silent_client_makes_room(served):
    server = served()
    silent = [server.connect() for _ in range(60)]  # three times as many as there may be
    assert server.answer(GET).startswith(b"HTTP/1.1 200")
    assert silent[0].recv(1) == b""
    for each in silent:
        each.close()


MALFORMED = {
    b"POST / HTTP/1.1\r\nHost: portal\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n": b"411",
    b"GET / HTTP/1.1\r\nHost: portal\r\nX: " + b"x" * 40_000: b"431",
    b"GET / HTTP/1.1\r\nHost portal\r\n\r\n": b"400",
    b"POST / HTTP/1.1\r\nHost: portal\r\nContent-Length: x\r\n\r\n": b"400",
    b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n": b"400",
    b"\r\n\r\n\r\n\r\n": b"400",
    b"GET /fail HTTP/1.1\r\nHost: portal\r\n\r\n": b"500",
    # The application is asked at once and finds no body. Django answers 413 by its length alone.
    HEADERS % 10_000_000: b"200",
}


@pytest.mark.parametrize(("sent", "status"), MALFORMED.items(), ids=[f"{n}" for n in range(len(MALFORMED))])
def test_malformed_requests_are_answered_at_once(served, sent, status):
    server = served()
    assert server.answer(sent).removeprefix(b"HTTP/1.1 ")[:3] == status
    assert server.answer(GET).startswith(b"HTTP/1.1 200")


def test_while_all_threads_are_busy_others_are_left_to_other_processes(served):
    server = served()
    busy = [server.connect(GET.replace(b"/ ", b"/hang ")) for _ in range(2)]
    wait_until(lambda: server.worker._busy() == 2)
    waiting = server.connect(GET)
    time.sleep(0.05)
    assert len(server.worker.connections) == 2
    server.config.let_go.set()
    for each in (*busy, waiting):
        assert read(each).startswith(b"HTTP/1.1 200")
        each.close()


def test_a_request_that_hangs_silences_the_process_so_that_gunicorn_replaces_it(served):
    server = served(ANSWERED=0.1)
    with closing(server.connect(GET.replace(b"/ ", b"/hang "))):
        wait_until(lambda: time.monotonic() - server.worker.tmp.last_update() > 0.2)
        assert server.worker._busy() == 1


def test_stopping_finishes_what_has_begun(served):
    server = served()
    with closing(server.connect(GET.replace(b"/ ", b"/hang "))) as begun, closing(server.connect()) as silent:
        wait_until(lambda: server.worker._busy() and len(server.worker.connections) == 2)
        server.config.let_go.set()
        server.worker.handle_exit(None, None)
        assert read(begun).startswith(b"HTTP/1.1 200")
        assert read(silent) == b""


@contextmanager
def slow_clients(port):
    clients = []
    for _ in range(15):
        for sent in (b"", GET[:-2], HEADERS % 5000 + b"a", b"GET /healthz HTTP/1.0\r\n\r\n"):
            clients.append(socket.create_connection(("127.0.0.1", port)))
            clients[-1].sendall(sent)
    yield
    for each in clients:
        each.close()


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
def test_the_real_server_answers_while_slow_clients_wait(tmp_path):
    with servers.server(tmp_path / "log") as server, slow_clients(server.port):
        started = time.monotonic()
        for _ in range(5):
            assert server.request("GET", reverse("signup:register"))[0] == 200
        assert time.monotonic() - started < 5
        assert server.post_form(reverse("signup:register"), {"pin": "1" * 2_000_000})[0] == 413
