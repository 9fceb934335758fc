"""Uploads over HTTP, each answered when it is durable and published, in the running program."""

from pathlib import Path

from bench.figures import Figure, Options, figure, percentile
from bench.load import run
from bench.process import ask, up
from billdrop.demo import docproc_invoice

CONNECTIONS = 64


def measure(options: Options) -> list[Figure]:
    """Distinct invoices over 64 connections that stay open; the generator shares the machine."""
    count = options.size(20_000, 4_000)
    rounds = [_round(options.scratch / f"h{number}", count) for number in range(options.rounds)]
    how = (
        f"{count:,} distinct invoices of 600 bytes, `PUT` over {CONNECTIONS} connections that stay"
        " open to `billdrop up`; every answer is 201 after the commit; the load generator runs on"
        " the same cores"
    )
    rates = [count / seconds for seconds, _ in rounds]
    figures = [figure("http", "uploads", "invoices/s", rates, how=how)]
    for share in (0.5, 0.99):
        values = [percentile(times, share) * 1000 for _, times in rounds]
        figures.append(figure("http", f"answer, p{share * 100:.0f}", "ms", values, how=how))
    return figures


def _round(data_dir: Path, count: int) -> tuple[float, list[float]]:
    requests = [_request(index) for index in range(count)]
    data_dir.mkdir()
    with up(data_dir) as port:
        measured = run(port, requests, CONNECTIONS)
        status = ask("status", "--data-dir", data_dir)
    if status["recorded"] != count:
        raise RuntimeError(f"{count} uploads, but {status}")
    return measured


def _request(index: int) -> bytes:
    body = docproc_invoice(index)
    head = (
        f"PUT /inbox/bench/{index:07}.txt HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
