#!/usr/bin/env python3
"""What TCP gets on a wire: tcp.py sink SECONDS on one host, tcp.py source ADDRESS ALGORITHM on the other.

The sink prints 'ready', then the megabits per second it received in SECONDS, counted from the connection, so slow start
included. The algorithm is named because kernels differ in their default, and bbr carries tens of times
what cubic does at 1 % loss.
"""
import socket, sys, time

PORT = 5001
BLOCK_BYTES = 1 << 16


def sink(seconds):
    listener = socket.create_server(('0.0.0.0', PORT))
    print('ready', flush=True)
    connection, _ = listener.accept()
    start, received = time.monotonic(), 0
    while True:
        block = connection.recv(BLOCK_BYTES)
        if not block or time.monotonic() - start > seconds: break
        received += len(block)
    print(received * 8e-6 / seconds)


def source(address, algorithm):
    s = socket.socket()
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, algorithm.encode())
    s.connect((address, PORT))
    block = bytes(BLOCK_BYTES)
    try:
        while True: s.sendall(block)
    except OSError: pass  # the sink has seen enough and closed


if sys.argv[1] == 'sink': sink(float(sys.argv[2]))
else: source(sys.argv[2], sys.argv[3])
