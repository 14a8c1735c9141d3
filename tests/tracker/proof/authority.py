"""A time-stamping authority on loopback: `openssl ts` behind a small HTTP server."""

import asyncio
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Test authority
[ca]
basicConstraints = critical, CA:true
[tsa]
extendedKeyUsage = critical, timeStamping
[stamping]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """Stamps what it is sent; its certificate is the root to check by."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        (folder / "ts.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        new = "req -config ts.cnf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        self.openssl(f"{new} -x509 -extensions ca -days 36500 -keyout ca.key -out ca.pem")
        self.openssl(f"{new} -subj /CN=Stamps -keyout tsa.key -out tsa.csr")
        self.openssl(
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 36500 "
            "-extfile ts.cnf -extensions tsa -out tsa.pem"
        )

    def openssl(self, words: str) -> str:
        """Run openssl in the authority's folder; what it printed."""
        return subprocess.run(
            ["openssl", *words.split()],
            cwd=self.folder, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    async def stamp(self, request: web.Request) -> web.Response:
        """Answer a query; at /other with the answer to another one."""
        assert request.headers["Content-Type"] == "application/timestamp-query"
        if request.path == "/broken":
            return web.Response(body=b"nothing of the kind")
        if request.path == "/away":
            return web.Response(status=503)
        if request.path == "/endless":
            return web.Response(body=bytes(200_000))
        query = b"no query at all" if request.path == "/refusing" else await request.read()
        if request.path == "/other":
            self.openssl("ts -query -data serial -sha256 -cert -out query.tsq")
        else:
            (self.folder / "query.tsq").write_bytes(query)
        words = "ts -reply -config ts.cnf -section stamping -queryfile query.tsq -out reply.tsr"
        await asyncio.to_thread(self.openssl, words)
        return web.Response(
            body=(self.folder / "reply.tsr").read_bytes(),
            content_type="application/timestamp-reply",
        )


@asynccontextmanager
async def authority(folder: Path) -> AsyncGenerator[Authority]:
    """An authority that answers until the end of the block."""
    made = Authority(folder)
    app = web.Application()
    app.router.add_post("/{how:.*}", made.stamp)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}"
    try:
        yield made
    finally:
        await runner.cleanup()
