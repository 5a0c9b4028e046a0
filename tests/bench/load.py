"""Clients that send one kind of request as fast as they are answered, for a bounded time."""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

Request = tuple[str, str, bytes | None, dict[str, str]]


@dataclass(frozen=True)
class Measured:
    """What some clients got done: answers a second, and the middle and slow answer in ms."""

    rate: float
    median: float
    slow: float


def measure(port: int, clients: int, seconds: float, request: Callable[[int], Request]) -> Measured:
    """Let the clients send for a while; RuntimeError when an answer is not 200."""
    times: list[float] = []
    failures: list[str] = []
    stop = time.perf_counter() + seconds

    def run(client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < stop and not failures:
            method, path, body, headers = request(client)
            began = time.perf_counter()
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            times.append(time.perf_counter() - began)
            if answer.status not in (200, 201):
                failures.append(f"{method} {path}: {answer.status} {content[:300]!r}")
        connection.close()

    threads = [threading.Thread(target=run, args=(client,)) for client in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    times.sort()
    return Measured(
        len(times) / (time.perf_counter() - began),
        times[len(times) // 2] * 1000,
        times[int(len(times) * 0.99)] * 1000,
    )
