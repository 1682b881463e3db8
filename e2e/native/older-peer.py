#!/usr/bin/env python3
"""
A program of the second older system, as its protocol is told (one JSON request a connection, one read an answer): it
tells the tracker that it is there, announces its films and hands them out. For tests; ends by signal.

    older-peer.py TRACKER_PORT NAME FILE...
"""
import hashlib
import json
import os
import signal
import socket
import sys
import threading

READ = 4096
PIECE = 8192


def ask(port, request):
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(json.dumps(request).encode())
        return json.loads(line.recv(READ).decode())


def video_id(path):
    with open(path, "rb") as film:
        return hashlib.md5(film.read(2**20)).hexdigest()[:16]


def serve(line, films):
    with line:
        request = json.loads(line.recv(READ).decode())
        path = films.get(request.get("video_id"))
        if request["type"] == "LIST_VIDEOS":
            videos = [{"id": key, "name": os.path.basename(each), "description": "", "size": os.path.getsize(each)}
                      for key, each in films.items()]
            line.sendall(json.dumps({"status": "success", "videos": videos}).encode())
        elif request["type"] != "DOWNLOAD_VIDEO" or path is None:
            line.sendall(json.dumps({"status": "not_found"}).encode())
        else:
            answer = {"status": "success", "size": os.path.getsize(path), "name": os.path.basename(path)}
            line.sendall(json.dumps(answer).encode())
            if line.recv(READ) == b"ACK":
                with open(path, "rb") as film:
                    while piece := film.read(PIECE):
                        line.sendall(piece)
                print("sent", os.path.basename(path), flush=True)


def main():
    tracker, name, *paths = sys.argv[1:]
    tracker, films = int(tracker), {video_id(path): path for path in paths}
    server = socket.create_server(("127.0.0.1", 0))
    me = {"peer_id": name}

    def leave(*_):
        ask(tracker, {"type": "UNREGISTER", **me})
        os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    ask(tracker, {"type": "REGISTER", **me, "host": "127.0.0.1", "port": server.getsockname()[1]})
    for key in films:
        answer = ask(tracker, {"type": "ANNOUNCE_VIDEO", **me, "video_id": key})
        print("announced", answer["status"], flush=True)
    while True:
        line, _ = server.accept()
        threading.Thread(target=serve, args=(line, films), daemon=True).start()


main()
