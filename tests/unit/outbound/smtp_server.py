"""A real SMTP server (aiosmtpd) that behaves as a test asks for.

smtp_server.py FOLDER MODE: prints its port; writes each mail it was given to FOLDER/1.eml, …, and
its envelope to FOLDER/1.envelope. Ends with its standard input.
"""

import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder, mode = sys.argv[1], sys.argv[2]


class Handler:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if mode == "refuse-recipient" or (mode == "refuse-second" and envelope.rcpt_tos):
            return "550 no such user"
        if mode == "greylist":
            return "451 come again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        Handler.count += 1
        with open(os.path.join(folder, f"{Handler.count}.eml"), "wb") as out:
            out.write(envelope.original_content)
        with open(os.path.join(folder, f"{Handler.count}.envelope"), "w") as out:
            out.write(" ".join([envelope.mail_from, *envelope.rcpt_tos]))
        if mode == "refuse-text":
            return "554 this looks like spam"
        if mode == "busy-text":
            return "452 no room now"
        if mode == "hang":
            await asyncio.sleep(3600)
        if mode == "hang-up":
            server.transport.abort()
            await asyncio.sleep(3600)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"user", b"secret")
    return AuthResult(success=known, handled=known or None)


def options():
    if mode not in ("starttls", "login", "tls"):
        return {}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    if mode == "tls":
        return {"ssl": context}
    starttls = {"tls_context": context, "require_starttls": True}
    if mode == "login":
        starttls |= {"authenticator": authenticate, "auth_required": True}
    return starttls


async def main():
    given = options()
    context = given.pop("ssl", None)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Handler(), hostname="localhost", **given), "127.0.0.1", 0, ssl=context
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
