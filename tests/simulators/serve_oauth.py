#!/usr/bin/env python3
"""Serves an OAuth 2.0 server alone on 127.0.0.1, for tests of logins.

Takes the changes of oauth.py as JSON, prints its address when it is ready, ends on SIGTERM.
"""

import asyncio
import json
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from simulators.http_server import HttpServer, json_response  # noqa: E402
from simulators.oauth import OAuthServer  # noqa: E402


async def serve(changes):
    server = OAuthServer("/oauth2/token", ["authorization_code"], "public_client",
                         authorize_path="/oauth2/authorize")
    server.change(changes)
    notes = []

    def app(request, send):
        own = server.answer(request, notes.append)
        send(own or json_response({"notes": notes}, 200 if server.is_authorized(request, notes.append) else 401))

    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    http = HttpServer(app)
    print(f"http://127.0.0.1:{await http.start()}", flush=True)
    await stopped.wait()
    http.stop_listening()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
