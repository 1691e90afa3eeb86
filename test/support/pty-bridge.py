"""Runs a program on a terminal of its own (a pty): pty-bridge.py COLUMNS ROWS PROGRAM [ARGUMENT...]

What comes on standard input is typed; what the program writes goes to standard output. File descriptor 3 takes one JSON
object per line: {"resize": [columns, rows]} or {"hangUp": true}, and is told {"pid": n} once. Ends as the program does;
the end of standard input closes the terminal.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios

CONTROL = 3
CHUNK_BYTES = 65536


def set_size(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def start(columns, rows, command):
    pid, terminal = pty.fork()
    if pid == 0:
        set_size(0, columns, rows)
        os.close(CONTROL)
        os.execvp(command[0], command)
    os.set_blocking(terminal, False)
    return pid, terminal


def read(descriptor):
    try:
        return os.read(descriptor, CHUNK_BYTES)
    except OSError:  # EIO: the program has closed its end.
        return b""


def write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data) :]


class Bridge:
    def __init__(self, terminal):
        self.terminal = terminal
        self.typed = b""
        self.orders = b""

    def run(self):
        """Carries bytes both ways until either end closes."""
        while True:
            wants = [self.terminal] if self.typed else []
            ready, writable, _ = select.select([0, CONTROL, self.terminal], wants, [])
            if writable and not self.type():
                return
            if self.terminal in ready and not self.show():
                return
            if CONTROL in ready and not self.obey():
                return
            if 0 in ready and not self.take():
                return

    def show(self):
        data = read(self.terminal)
        write_all(1, data)
        return data != b""

    def type(self):
        try:
            self.typed = self.typed[os.write(self.terminal, self.typed) :]
        except OSError:
            return False
        return True

    def take(self):
        data = read(0)
        self.typed += data
        return data != b""

    def obey(self):
        data = read(CONTROL)
        *lines, self.orders = (self.orders + data).split(b"\n")
        for line in lines:
            order = json.loads(line)
            if "hangUp" in order:
                return False
            set_size(self.terminal, *order["resize"])
        return data != b""


def main():
    columns, rows, *command = sys.argv[1:]
    pid, terminal = start(int(columns), int(rows), command)
    write_all(CONTROL, json.dumps({"pid": pid}).encode() + b"\n")
    Bridge(terminal).run()
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    sys.exit(code if code >= 0 else 128 - code)


main()
