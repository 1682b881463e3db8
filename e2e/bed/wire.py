#!/usr/bin/env python3
"""A userspace wire between two interfaces: delay, loss, and a rate cap with a drop-tail queue, in both directions.

For kernels without sch_netem; standard library only.
  wire.py xa xb --delay-ms 25 --rate-mbit 10 --loss-percent 0.1 [--queue-ms 200] [--seed 1] [--ready FILE]
  wire.py --no-offload DEV     turn off checksum and segmentation offload on DEV

It never reorders: frames leave in order of their due time, and each direction's due times never decrease. It asks for
real-time priority, because a wire that is kept waiting by other processes turns their load into delay.
"""
import argparse, array, fcntl, heapq, os, random, select, socket, struct, sys, time

SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO = 0x17, 0x1F, 0x24, 0x2C
ETH_P_ALL, PACKET_OUTGOING = 3, 4
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33
SOCKET_BUFFER_BYTES = 8 << 20  # 0.6 s at 100 Mbit/s: no frame is lost to a late reader
FRAMES_PER_TURN = 64           # of one direction, before the other one and the due frames get their turn
SPIN_S = 0.001                 # epoll waits whole milliseconds: shorter waits are slept in steps
SPIN_STEP_S = 0.0004


def no_offload(dev):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for command in (ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO):
        value = array.array('B', struct.pack('II', command, 0))
        fcntl.ioctl(s, SIOCETHTOOL, struct.pack('16sP', dev.encode(), value.buffer_info()[0]))


def open_end(dev):
    no_offload(dev)
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    s.bind((dev, ETH_P_ALL))
    s.setblocking(False)
    s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, SOCKET_BUFFER_BYTES)
    s.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, SOCKET_BUFFER_BYTES)
    return s


def send(s, frame):
    try: s.send(frame)
    except OSError: pass  # the far interface is down: the frame is lost, as on a real wire


class Direction:
    """One way of the wire: says when a frame comes out at the far end, or None if it is lost."""

    def __init__(self, options, rng):
        self.delay, self.loss = options.delay_ms / 1e3, options.loss_percent / 100
        self.rate, self.queue = options.rate_mbit * 1e6, options.queue_ms / 1e3
        self.idle_at, self.rng = 0.0, rng

    def due(self, now, frame_bytes):
        if self.loss and self.rng() < self.loss: return None
        if not self.rate: return now + self.delay
        start = max(self.idle_at, now)
        if start - now > self.queue: return None
        self.idle_at = start + frame_bytes * 8 / self.rate
        return self.idle_at + self.delay


def carry(ends, directions):
    waiting, order = [], 0
    sides = {s.fileno(): i for i, s in enumerate(ends)}
    poll = select.epoll()
    for fd in sides: poll.register(fd, select.EPOLLIN)
    buffer = bytearray(1 << 16)
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, far, frame = heapq.heappop(waiting)
            send(far, frame)
        wait = -1 if not waiting else max(0.0, waiting[0][0] - now)
        if 0 < wait < SPIN_S:
            time.sleep(min(wait, SPIN_STEP_S))
            wait = 0
        elif wait >= SPIN_S: wait -= SPIN_S / 2
        for fd, _ in poll.poll(wait):
            side = sides[fd]
            near, far = ends[side], ends[1 - side]
            for _ in range(FRAMES_PER_TURN):
                try: n, address = near.recvfrom_into(buffer)
                except OSError: break
                if address[2] == PACKET_OUTGOING: continue
                due = directions[side].due(time.monotonic(), n)
                if due is None: continue
                order += 1
                heapq.heappush(waiting, (due, order, far, bytes(buffer[:n])))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('devs', nargs='*')
    a.add_argument('--no-offload')
    for option, default in (('delay-ms', 0), ('rate-mbit', 0), ('loss-percent', 0), ('queue-ms', 200)):
        a.add_argument('--' + option, type=float, default=default)
    a.add_argument('--seed', type=int, default=1)
    a.add_argument('--ready', help='file to write to, once frames are carried')
    options = a.parse_args()
    if options.no_offload: return no_offload(options.no_offload)
    ends = [open_end(dev) for dev in options.devs]
    rng = random.Random(options.seed).random
    try: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError as e: print('no real-time priority:', e, file=sys.stderr)
    if options.ready:
        with open(options.ready, 'w') as f: f.write('ready')
    carry(ends, [Direction(options, rng), Direction(options, rng)])


if __name__ == '__main__': main()
