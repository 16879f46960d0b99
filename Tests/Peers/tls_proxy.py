"""Take TLS connections and pass what is in them to a plain server: tls_proxy.py CERTIFICATE KEY CLIENT-AUTHORITY|- PORT

Prints its own port. Without "-" only clients with a certificate of the authority are let in. Ends with its input.
"""

import asyncio
import ssl
import sys

certificate, key, authority, port = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
if authority != "-":
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_REQUIRED


async def pump(source, target):
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()


async def serve(reader, writer):
    inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", int(port))
    await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
