"""The gunicorn worker: its threads never wait for a client.

In each process, the main thread receives requests and sends responses, for all connections at once. A request goes to
a thread when all of it has arrived, and its response waits in memory until the client has taken it. So a client that
sends or reads slowly, or not at all, costs a socket and a little memory. It keeps nobody else waiting.

One request per connection, no chunked bodies, no TLS: the proxy in front has these.
"""

import socket
import threading
from collections.abc import Callable, Container, Iterator
from concurrent.futures import Future
from enum import Enum
from functools import partial
from http import HTTPStatus
from selectors import EVENT_READ, EVENT_WRITE
from time import monotonic
from typing import Any

from gunicorn import http, util
from gunicorn.http.body import LengthReader
from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.workers.gthread import ThreadWorker

# Seconds. From connecting until the whole request is here; a connection without any request is closed after it, too.
REQUEST_ARRIVES_WITHIN = 30
# The longest request is a full run of sheets (portal.desk.runs.MAX_FAMILIES): 14 s alone, 80 s if eight of them share
# two cores. Change both together. A run that is ended anyway can be continued from its page.
ANSWERED_WITHIN = 180
CLIENT_READS_WITHIN = 30  # the next part of a response; each part that it takes starts the time again
CLIENT_CLOSES_WITHIN = 2  # after the last part
LOOKS_EVERY = 1  # for clients that take too long
# Bytes. The largest form uploads the logo: up to 1 MB.
LONGEST_HEADERS = 32 * 1024
LONGEST_BODY = 1200 * 1024
# Of a response that is made while it is sent, such as an export: so much of it waits in memory.
WAITING = 1024 * 1024
PART = 256 * 1024
END_OF_HEADERS = b"\r\n\r\n"


class State(Enum):
    """What a connection is doing."""

    ARRIVING = "arriving"
    ANSWERED = "answered"  # by a thread, or waiting for one
    SENDING = "sending"
    CLOSING = "closing"


LIMITS = {
    State.ARRIVING: REQUEST_ARRIVES_WITHIN,
    State.ANSWERED: ANSWERED_WITHIN,
    State.SENDING: CLIENT_READS_WITHIN,
    State.CLOSING: CLIENT_CLOSES_WITHIN,
}


class Connection:
    """One client's socket with its request and response. To gunicorn it is the socket itself."""

    def __init__(
        self, cfg: Any, client_socket: socket.socket, client: Any, server: Any, wrote: "Callable[[Connection], None]"
    ) -> None:
        self.cfg, self.socket, self.client, self.server, self.wrote = cfg, client_socket, client, server, wrote
        self.socket.setblocking(False)
        self.request: Any = None  # once its headers are here
        self.is_watched = False
        self.enter(State.ARRIVING)
        self._headers, self._body, self._missing = bytearray(), list[bytes](), 0
        self._response, self._changed, self._is_cut = bytearray(), threading.Condition(), False

    def enter(self, state: State) -> None:
        """Start the next state and its time."""
        self.state, self.until = state, monotonic() + LIMITS[state]

    # --- The request: only the main thread ----------------------------------------------------------

    def take(self, data: bytes) -> bool:
        """Keep what has arrived. True once the request is complete. Raises gunicorn's errors for a malformed one."""
        if self.request is not None:
            self._body.append(data)
            self._missing -= len(data)
            return self._missing <= 0
        searched = max(0, len(self._headers) - len(END_OF_HEADERS))
        self._headers += data
        end = self._headers.find(END_OF_HEADERS, searched)
        if end < 0 and len(self._headers) > LONGEST_HEADERS:
            raise LimitRequestHeaders("limit request headers size")
        if end < 0:
            return False
        self.request = next(http.get_parser(self.cfg, self._arrived(), self.client))
        self._missing = self._length() - (len(self._headers) - end - len(END_OF_HEADERS))
        return self._missing <= 0

    def _arrived(self) -> Iterator[bytes]:
        """The request, for gunicorn's parser and later for the body's reader."""
        yield bytes(self._headers)
        yield from self._body

    def _length(self) -> int:
        """The bytes of the body to wait for. Of one that is too long, none: Django answers 413 without reading it."""
        reader = self.request.body.reader
        length: int = reader.length if isinstance(reader, LengthReader) else 0
        return length if length <= LONGEST_BODY else 0

    @property
    def has_length(self) -> bool:
        """False for a chunked body. Django would take it for an empty one."""
        return isinstance(self.request.body.reader, LengthReader)

    # --- The response: written by a thread, sent by the main thread -----------------------------------

    @property
    def sock(self) -> "Connection":
        """Where gunicorn writes the response."""
        return self

    def sendall(self, data: bytes) -> None:
        """Add to the response. Waits if much of it is not sent yet, which no page and no static file is."""
        with self._changed:
            while len(self._response) > WAITING and not self._is_cut:
                self._changed.wait()
            if self._is_cut:
                raise BrokenPipeError
            self._response += data
        self.wrote(self)

    send = sendall

    def gettimeout(self) -> float:
        """0: ``sendall`` does not wait for the client."""
        return 0.0

    def shutdown(self, _how: int) -> None:
        """Refuse: after an error in the middle of a response, the main thread sends what there is, then closes."""
        raise OSError

    def close(self) -> None:
        """Do nothing: the main thread closes."""

    def send_part(self) -> bool:
        """Send what the client takes now. False if all is sent that there is. Raises OSError if the client is gone."""
        with self._changed:
            if self._response:
                try:
                    sent = self.socket.send(bytes(self._response[:PART]))
                except BlockingIOError:
                    return True
                del self._response[:sent]
                self._changed.notify()
                if self.state is State.SENDING:
                    self.enter(State.SENDING)
            return bool(self._response)

    def cut(self) -> None:
        """Close the socket, and stop a thread that is still writing."""
        with self._changed:
            self._is_cut = True
            self._changed.notify()
        self.socket.close()


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """See the module. Threads, signals, and the call of the application are gunicorn's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cfg.set("keepalive", 0)  # one request per connection
        self.cfg.set("sendfile", False)  # files are sent as other responses are
        self.connections: dict[Connection, None] = {}  # the oldest first
        self.looked_at = 0.0

    def run(self) -> None:
        """Serve until gunicorn says stop, then finish what has begun."""
        self.poller.register(self.method_queue.fileno(), EVENT_READ, self.method_queue.run_callbacks)
        while self.alive and self.is_parent_alive():
            # While all threads are busy, connections wait for the other processes.
            self.set_accept_enabled(self._busy() < self.cfg.threads)
            self._turn()
        self.set_accept_enabled(False)
        until = monotonic() + self.cfg.graceful_timeout
        self._close_all(but=[State.ANSWERED, State.SENDING])
        while self.connections and monotonic() < until:
            self._turn()
        self._close_all()
        self.tpool.shutdown(wait=False)

    def _close_all(self, but: Container[State] = ()) -> None:
        for each in [each for each in self.connections if each.state not in but]:
            self._close(each)

    def _turn(self) -> None:
        """Handle what has happened. From time to time close connections that took too long."""
        self.wait_for_and_dispatch_events(timeout=LOOKS_EVERY)
        if monotonic() < self.looked_at + LOOKS_EVERY:
            return
        self.looked_at = monotonic()
        late = [each for each in self.connections if each.until < self.looked_at]
        for each in late:
            if each.state is not State.ANSWERED:
                self._close(each)
        # A thread cannot be ended. If one hangs, be silent, and gunicorn replaces this process.
        if not any(each.state is State.ANSWERED for each in late):
            self.notify()

    def _busy(self) -> int:
        return sum(each.state is State.ANSWERED for each in self.connections)

    def accept(self, listener: socket.socket) -> None:
        """Take one connection. If there are too many, close the oldest that nobody works for."""
        try:
            client_socket, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # another process has it, or the client has left
        if len(self.connections) >= self.cfg.worker_connections:
            self._close(next(each for each in self.connections if each.state is not State.ANSWERED))
        wrote = partial(self.method_queue.defer, self._send)
        connection = Connection(self.cfg, client_socket, client, listener.getsockname(), wrote)
        self.connections[connection] = None
        self._watch(connection, EVENT_READ, self._receive)

    def _receive(self, connection: Connection) -> None:
        data = connection.socket.recv(64 * 1024)
        if not data:
            self._close(connection)
            return
        try:
            is_complete = connection.take(data)
        except Exception as error:  # malformed: gunicorn knows what to answer
            self._refuse(connection, partial(self.handle_error, None, connection, connection.client, error))
        else:
            if is_complete:
                self._hand_over(connection)

    def _hand_over(self, connection: Connection) -> None:
        """Give a complete request to a thread."""
        if not connection.has_length:
            status = HTTPStatus.LENGTH_REQUIRED
            self._refuse(connection, partial(util.write_error, connection, status.value, status.phrase, ""))
            return
        self._watch(connection, 0)
        connection.enter(State.ANSWERED)
        self.enqueue_req(connection)

    def _refuse(self, connection: Connection, answer: Callable[[], None]) -> None:
        """Answer without a thread."""
        connection.enter(State.SENDING)
        answer()
        self._send(connection)

    def handle(self, connection: Connection) -> None:
        """Answer a complete request, in a thread."""
        connection.enter(State.ANSWERED)  # until now, it waited for this thread
        try:
            self.handle_request(connection.request, connection)
        except (OSError, StopIteration):
            return  # the client has left, or the response broke off and is in the log
        except Exception as error:
            self.handle_error(connection.request, connection, connection.client, error)

    def finish_request(self, connection: Connection, _done: "Future[None]") -> None:
        """The thread is done: send the rest of the response."""
        if connection in self.connections:
            connection.enter(State.SENDING)
            self._send(connection)

    def _send(self, connection: Connection) -> None:
        """Send what there is, and wait for whatever comes next."""
        if connection not in self.connections:
            return
        try:
            if connection.send_part():
                self._watch(connection, EVENT_WRITE, self._send)
            elif connection.state is State.ANSWERED:
                self._watch(connection, 0)  # the thread will write more
            elif connection.state is State.SENDING:
                self._say_goodbye(connection)
        except OSError:  # the client has left
            self._close(connection)

    def _say_goodbye(self, connection: Connection) -> None:
        """Close our side and wait for the client: closing with bytes unread loses the answer (RFC 9112, 9.6)."""
        connection.enter(State.CLOSING)
        connection.socket.shutdown(socket.SHUT_WR)
        self._watch(connection, EVENT_READ, self._ignore)

    def _ignore(self, connection: Connection) -> None:
        if not connection.socket.recv(64 * 1024):
            self._close(connection)

    def _watch(self, connection: Connection, events: int, then: Callable[[Connection], None] | None = None) -> None:
        """Call ``then`` when the socket can be read or written. No events: stop that."""
        if connection.is_watched:
            self.poller.unregister(connection.socket)
        if events and then:
            self.poller.register(connection.socket, events, partial(self._happened, connection, then))
        connection.is_watched = bool(events)

    def _happened(self, connection: Connection, then: Callable[[Connection], None], _socket: socket.socket) -> None:
        if connection not in self.connections:
            return  # closed in this same turn
        try:
            then(connection)
        except BlockingIOError:
            pass
        except OSError:  # the client has left
            self._close(connection)

    def _close(self, connection: Connection) -> None:
        self._watch(connection, 0)
        del self.connections[connection]
        connection.cut()
