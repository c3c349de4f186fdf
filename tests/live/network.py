# SPDX-License-Identifier: MIT
"""A network of a test's own: two network namespaces and a cable between them. Nothing leaves it."""
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SERVER, CLIENT = "10.99.0.1", "10.99.0.2"
WAIT = 20  # seconds: a build with sanitizers on a busy machine starts slowly


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def why_not():
    """Why there can be no network namespace here; None when there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "there is no ip (iproute2)"
    name = f"turnscope-{os.getpid()}"
    problem = None
    for command in (("netns", "add", name), ("netns", "exec", name, "true"),
                    ("-n", name, "link", "add", "cable", "type", "veth", "peer", "name", "other")):
        probe = subprocess.run(["ip", *command], capture_output=True, text=True, check=False)
        if probe.returncode != 0 and problem is None:
            problem = f"network namespaces are not allowed here: {probe.stderr.strip()}"
    subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)
    return problem


class Network:
    """Namespaces `server` and `client`; an interface "cable" in each. Use in a with statement."""

    def __enter__(self):
        unique = f"turnscope-{os.getpid()}-{time.monotonic_ns() % 1000000}"
        self.server, self.client = f"{unique}-server", f"{unique}-client"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="turnscope-live-"))
        self.folder.chmod(0o755)
        self.processes = []
        for name in (self.server, self.client):
            run("ip", "netns", "add", name)
        run("ip", "-n", self.server, "link", "add", "cable", "type", "veth", "peer", "name", "cable",
            "netns", self.client)
        for name, address in ((self.server, SERVER), (self.client, CLIENT)):
            run("ip", "-n", name, "address", "add", f"{address}/24", "dev", "cable")
            for interface in ("lo", "cable"):
                run("ip", "-n", name, "link", "set", interface, "up")
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
        for name in (self.server, self.client):
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)
        shutil.rmtree(self.folder)

    def start(self, namespace, *command, **options):
        process = subprocess.Popen(["ip", "netns", "exec", namespace, *command],
                                   stdin=subprocess.DEVNULL, text=True, **options)
        self.processes.append(process)
        return process

    def run(self, namespace, *command):
        return run("ip", "netns", "exec", namespace, *command, timeout=WAIT)

    def python(self, namespace, code):
        return self.run(namespace, sys.executable, "-c", code)

    def send(self, count, size=20, port=3478, pause=0.0, to=SERVER):
        """UDP datagrams from the client to the server, or within it, where nobody listens."""
        self.python(self.client if to == SERVER else self.server, f"""
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range({count}):
    s.sendto(b'x' * {size}, ('{to}', {port}))
    time.sleep({pause})
""")

    @staticmethod
    def settle():
        """What was sent has arrived, and what it caused has happened."""
        time.sleep(0.5)

    def start_turn_server(self, password):
        server = self.start(
            self.server, "turnserver", "-n", "--no-cli", "--no-tls", "--no-dtls", "--lt-cred-mech",
            "--listening-ip", SERVER, "--relay-ip", SERVER, "--user", f"turnuser:{password}",
            "--realm", "turn.test", "--userdb", str(self.folder / "users"), "--log-file", "stdout",
            "--pidfile", str(self.folder / "turnserver.pid"),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)
        deadline = time.monotonic() + WAIT
        while f"{SERVER}:3478" not in self.run(self.server, "ss", "-lnu"):
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("turnserver does not start")
            time.sleep(0.05)

    def start_turn_client(self, password):
        return self.start(self.client, "turnutils_uclient", "-u", "turnuser", "-w", password, "-n",
                          "1", "-c", "-y", SERVER, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL)


class Turnscope:
    """turnscope, listening in the server's namespace unless told otherwise."""

    def __init__(self, network, binary, *arguments, namespace=None, wrapper=(), live=True):
        self.process = network.start(namespace or network.server, *wrapper, binary, *arguments,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                     cwd=network.folder)
        if live:
            self.wait_for_line(self.process.stderr, "listening on")

    @staticmethod
    def wait_for_line(stream, text, seconds=WAIT):
        """Reads up to the first line with the text, and returns it. An octet at a time: what a
        stream has in its own buffer cannot be waited for."""
        deadline = time.monotonic() + seconds
        line = b""
        while text not in line.decode(errors="replace") or not line.endswith(b"\n"):
            line = b"" if line.endswith(b"\n") else line
            ready, _, _ = select.select([stream], [], [], max(0, deadline - time.monotonic()))
            octet = os.read(stream.fileno(), 1) if ready else b""
            if not octet:
                raise AssertionError(f"'{text}' does not come")
            line += octet
        return line.decode()

    def wait_for_finding(self, code):
        """The first ndjson line about it, and how many seconds after its packet it came."""
        line = self.wait_for_line(self.process.stdout, f'"{code}"')
        now = time.time()
        finding = json.loads(line)
        whole, fraction = finding["last"].rstrip("Z").split(".")
        last = float(run("date", "--date", whole + "Z", "+%s")) + float("0." + fraction)
        return finding, now - last

    def status(self):
        """/proc/PID/status as a dictionary."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)

    def tell(self, number):
        self.process.send_signal(number)

    def end(self, number=signal.SIGINT):
        """Ends it, unless number is 0, and returns what it still printed and its exit status."""
        if number:
            self.tell(number)
        out, error = self.process.communicate(timeout=WAIT)
        return out, error, self.process.returncode
