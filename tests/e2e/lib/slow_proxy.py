"""A slow line: slow_proxy.py LISTEN_PORT TO_PORT BITS_PER_SECOND [DELAY_MS]

Passes TCP connections on 127.0.0.1 on, each direction of all of them together at so many
bits a second and so many milliseconds late. Little is kept on the way, as in a modem: who
sends faster has to wait. Prints a line for each connection that begins, and on SIGTERM
how much went each way, and ends.
"""
import asyncio
import signal
import socket
import sys

CHUNK = 512  # 64 ms at 64 kbit/s.
BUFFER = 8 * 1024

listen_port, to_port, bits = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
delay = int(sys.argv[4]) / 1000 if len(sys.argv) > 4 else 0.05


class Line:
    """One direction: what is sent over it takes its time, one piece after the other."""

    def __init__(self):
        self.free_at = 0.0
        self.bytes = 0

    async def pass_on(self, reader, writer):
        loop = asyncio.get_running_loop()
        queue = asyncio.Queue(maxsize=4)

        async def deliver():
            while True:
                at, piece = await queue.get()
                if piece is None:
                    break
                await asyncio.sleep(max(0, at - loop.time()))
                writer.write(piece)
                await writer.drain()

        delivering = asyncio.ensure_future(deliver())
        try:
            while piece := await reader.read(CHUNK):
                begin = max(self.free_at, loop.time())
                self.free_at = begin + len(piece) * 8 / bits
                self.bytes += len(piece)
                await asyncio.sleep(self.free_at - loop.time())
                await queue.put((self.free_at + delay, piece))
            await queue.put((0, None))
            await delivering
        except OSError:
            pass
        finally:
            delivering.cancel()
            writer.close()


up, down = Line(), Line()


async def connection(reader, writer):
    print("connection", flush=True)
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        far_reader, far_writer = await asyncio.open_connection(
            "127.0.0.1", to_port, limit=BUFFER)
    except OSError:
        writer.close()
        return
    await asyncio.gather(up.pass_on(reader, far_writer), down.pass_on(far_reader, writer))


async def main():
    end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    # Small buffers in the kernel, too: they would be a fast line of their own.
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    listener.bind(("127.0.0.1", listen_port))
    await asyncio.start_server(connection, sock=listener, limit=BUFFER)
    print("listening", flush=True)
    await end.wait()
    print(f"bytes up {up.bytes} down {down.bytes}", flush=True)


asyncio.run(main())
