#!/usr/bin/env python3
"""Posts Asterisk's call detail records to Dealog.

    DEALOG_URL=… [DEALOG_KEY=…] forward_cdr.py csv /var/log/asterisk/cdr-csv/Master.csv
    DEALOG_URL=… [DEALOG_KEY=…] AMI_USER=… AMI_SECRET=… forward_cdr.py ami 127.0.0.1:5038

A record that was not acknowledged is posted again; Dealog counts it once.
"""

import os
import socket
import sys
import time
import urllib.error
import urllib.request

ROWS_PER_POST = 500
POLL_S = 2
RETRY_S = float(os.environ.get("DEALOG_RETRY_S", "10"))
TIMEOUT_S = 30
AMI_BUFFER_BYTES = 1 << 20


def post(body, content_type):
    """Returns when it was acknowledged; tries for ever, as losing a record is worse."""
    request = urllib.request.Request(os.environ["DEALOG_URL"], data=body, method="POST")
    request.add_header("Content-Type", content_type)
    if os.environ.get("DEALOG_KEY"):
        request.add_header("X-Api-Key", os.environ["DEALOG_KEY"])
    while True:
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
                response.read()
                return
        except (urllib.error.URLError, OSError) as error:
            print(f"not acknowledged, trying again in {RETRY_S} s: {error}", file=sys.stderr)
            time.sleep(RETRY_S)


def read_offset(path, size):
    try:
        with open(path) as file:
            offset = int(file.read())
    except (FileNotFoundError, ValueError):
        return 0
    return offset if offset <= size else 0  # a shorter file was rotated


def write_offset(path, offset):
    with open(path + ".new", "w") as file:
        file.write(str(offset))
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def whole_rows(file, most):
    """Rows that are finished: a row ends at a line end outside of quotes."""
    rows, row = [], b""
    while len(rows) < most:
        line = file.readline()
        if not line.endswith(b"\n"):
            break
        row += line
        if row.count(b'"') % 2 == 0:
            rows.append(row)
            row = b""
    return b"".join(rows)


def forward_csv(path, once=False):
    offsets = path + ".dealog-offset"
    while True:
        try:
            size = os.path.getsize(path)
            offset = read_offset(offsets, size)
            with open(path, "rb") as file:
                file.seek(offset)
                rows = whole_rows(file, ROWS_PER_POST)
        except FileNotFoundError:
            rows, offset = b"", 0
        if rows:
            post(rows, "text/csv; charset=utf-8")
            write_offset(offsets, offset + len(rows))
        elif once:
            return
        else:
            time.sleep(POLL_S)


def ami_events(connection):
    """Blocks of "Name: value" lines as Asterisk sends them."""
    buffer = b""
    while True:
        part = connection.recv(65536)
        if not part:
            return
        buffer += part
        while b"\r\n\r\n" in buffer:
            block, buffer = buffer.split(b"\r\n\r\n", 1)
            yield block
        if len(buffer) > AMI_BUFFER_BYTES:
            raise OSError("the manager sends no end of an event")


def forward_ami(address):
    host, port = address.rsplit(":", 1)
    login = "Action: Login\r\nUsername: {}\r\nSecret: {}\r\nEvents: cdr\r\n\r\n".format(
        os.environ["AMI_USER"], os.environ["AMI_SECRET"])
    while True:
        try:
            with socket.create_connection((host, int(port)), timeout=TIMEOUT_S) as connection:
                connection.sendall(login.encode())
                connection.settimeout(None)
                for block in ami_events(connection):
                    if b"\nMessage: Authentication failed" in block:
                        sys.exit("the manager refused AMI_USER and AMI_SECRET")
                    if block.lstrip().lower().startswith(b"event: cdr"):
                        post(block + b"\r\n\r\n", "text/plain; charset=utf-8")
        except OSError as error:
            print(f"no connection to the manager: {error}", file=sys.stderr)
        time.sleep(RETRY_S)


def main():
    if len(sys.argv) < 3 or "DEALOG_URL" not in os.environ:
        sys.exit(__doc__)
    if sys.argv[1] == "csv":
        forward_csv(sys.argv[2], once="--once" in sys.argv[3:])
    elif sys.argv[1] == "ami":
        forward_ami(sys.argv[2])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
