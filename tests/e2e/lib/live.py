"""Run a command on a terminal of its own, as a person does.

    live.py LOG SECONDS TEXT [TEXT2 FILE]  -- COMMAND...

Waits until TEXT is on the screen, then (with TEXT2) makes FILE and waits until TEXT2 is
there too, then presses Ctrl-C. Prints the command's exit code and the milliseconds from
Ctrl-C to its end. What the screen showed goes to LOG."""
import os
import pty
import select
import signal
import sys
import time

log, seconds = sys.argv[1], float(sys.argv[2])
at = sys.argv.index("--")
texts, command = sys.argv[3:at], sys.argv[at + 1:]

pid, screen = pty.fork()
if pid == 0:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ["TERM"] = "xterm"
    os.execvp(command[0], command)

seen = b""
end = time.monotonic() + seconds


def read(until):
    """Read the screen until the text is there; False at its end or out of time."""
    global seen
    start = len(seen)
    while until is None or until.encode() not in seen[start:]:
        left = end - time.monotonic()
        if left <= 0 or not select.select([screen], [], [], left)[0]:
            return False
        try:
            piece = os.read(screen, 65536)
        except OSError:
            return False
        if not piece:
            return False
        seen += piece
        with open(log, "ab") as f:
            f.write(piece)
    return True


shown = read(texts[0])
if shown and len(texts) == 3:
    open(texts[2], "w").close()
    shown = read(texts[1])
began = time.monotonic()
os.write(screen, b"\x03")
end = time.monotonic() + 15
read(None)
status = 0
while time.monotonic() < end:
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        break
    time.sleep(0.02)
else:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    print("did not end", 0)
    sys.exit(1)
code = os.waitstatus_to_exitcode(status)
print(code if shown else f"not shown ({code})", int((time.monotonic() - began) * 1000))
