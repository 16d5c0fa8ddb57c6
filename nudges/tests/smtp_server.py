"""A mail server on this machine that answers each step as it is told, or not at all."""

import socketserver
import time
from collections import defaultdict

HANG, CLOSE, DRIP = object(), object(), object()


class MailServer(socketserver.ThreadingTCPServer):
    """`at[step]` is the answer there: a text, HANG, CLOSE or DRIP. `at["letter"]` follows a letter's last line."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        self.letters = []  # the whole text of each, as it came
        self.recipients = []
        self.said = []  # every command of every connection
        self.connections = 0
        self.at = defaultdict(lambda: "250 OK", {"greeting": "220 mail", "data": "354 go on", "quit": "221 bye"})
        super().__init__(("127.0.0.1", 0), Conversation)

    def handle_error(self, request, client_address):
        pass  # a client that hung up


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.connections += 1
        if not self.answer("greeting"):
            return
        while line := self.rfile.readline():
            command = line.split(b" ")[0].split(b":")[0].strip().decode().lower()
            self.server.said.append(command)
            if command == "rcpt":
                self.server.recipients.append(line.decode().strip())
            if not self.answer(command) or command == "quit":
                return
            if command == "data" and str(self.server.at["data"]).startswith("354"):
                letter = b""
                while not letter.endswith(b"\r\n.\r\n"):
                    letter += self.rfile.readline()
                self.server.letters.append(letter.decode())
                if not self.answer("letter"):
                    return

    def answer(self, step):
        said = self.server.at[step]
        if said is HANG:
            time.sleep(1.5)
        elif said is DRIP:
            for _ in range(30):
                self.wfile.write(b"2")
                time.sleep(0.05)
        elif said is not CLOSE:
            self.wfile.write(f"{said}\r\n".encode())
            return not said.startswith("421")
        return False
