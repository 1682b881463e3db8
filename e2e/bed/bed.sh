#!/usr/bin/env bash
# Two hosts joined by a wire with delay, rate, loss and a bounded queue, made of network namespaces.
#
#     ns a 10.77.0.1 (eth0) --- xa [ns x: bridge or wire.py] xb --- (eth0) ns b 10.77.0.2
#
#   bed.sh up                     build the three namespaces; the wire is a plain bridge
#   bed.sh shape [wire options]   replace the bridge by `wire.py xa xb OPTIONS`; without options the bridge returns
#   bed.sh exec a|b CMD...        run a command on a host
#   bed.sh down                   delete everything, with the processes inside the bed's namespaces only
#
# Names carry the prefix $BED (default "bed"), so several beds can stand side by side with the same addresses.
# Needs root, iproute2 and python3. sch_netem is not needed.
set -euo pipefail
BED=${BED:-bed}
STATE=${TMPDIR:-/tmp}/$BED.bed
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

on() { local host=$1; shift; exec ip netns exec "$BED-$host" "$@"; }

bridge_up() {
	ip -n "$BED-x" link add br0 type bridge
	ip -n "$BED-x" link set br0 up
	for host in a b; do ip -n "$BED-x" link set "x$host" master br0; done
}

# Ends whatever carries frames, not one remembered process: two wires at once would carry every frame twice.
wire_down() {
	for pid in $(ip netns pids "$BED-x" 2>/dev/null || true); do kill "$pid" 2>/dev/null || true; done
	while [ -n "$(ip netns pids "$BED-x" 2>/dev/null || true)" ]; do sleep .02; done
	rm -f "$STATE/wire.ready"
	ip -n "$BED-x" link del br0 2>/dev/null || true
}

up() {
	down
	mkdir -p "$STATE"
	for space in a b x; do ip netns add "$BED-$space"; ip -n "$BED-$space" link set lo up; done
	for host in a b; do
		ip link add "x$host" netns "$BED-x" type veth peer name eth0 netns "$BED-$host"
		ip -n "$BED-x" link set "x$host" up
		ip -n "$BED-$host" link set eth0 up
		(on "$host" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6')
		# frames must be single and their checksums real before a userspace wire can carry them
		(on "$host" python3 "$HERE/wire.py" --no-offload eth0)
	done
	ip -n "$BED-a" addr add 10.77.0.1/24 dev eth0
	ip -n "$BED-b" addr add 10.77.0.2/24 dev eth0
	# Chromium offers only the interface of the default route to a page that may not use the camera
	ip -n "$BED-a" route add default via 10.77.0.2
	ip -n "$BED-b" route add default via 10.77.0.1
	bridge_up
}

shape() {
	wire_down
	[ $# -gt 0 ] || { bridge_up; return; }
	# exec'd directly: a function in the background would keep the caller's standard output open
	ip netns exec "$BED-x" setsid python3 "$HERE/wire.py" xa xb --ready "$STATE/wire.ready" "$@" \
		>"$STATE/wire.log" 2>&1 </dev/null &
	for _ in $(seq 100); do [ -s "$STATE/wire.ready" ] && return; sleep .03; done
	cat "$STATE/wire.log" >&2
	exit 1
}

down() {
	wire_down
	for space in a b x; do
		for pid in $(ip netns pids "$BED-$space" 2>/dev/null || true); do kill -9 "$pid" 2>/dev/null || true; done
		ip netns del "$BED-$space" 2>/dev/null || true
	done
	rm -rf "$STATE"
}

command=${1:-help}
[ $# -gt 0 ] && shift
case $command in
	up) up ;;
	shape) shape "$@" ;;
	exec) on "$@" ;;
	down) down ;;
	*) sed -n 2,13p "$0" ;;
esac
