"""A speech service as docs/stt-http.md asks for it. Put your model into transcribe(); this one tells how much it heard."""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

FORGET_AFTER_S = 60
streams = {}  # stream -> its utterance's sound, when that began, and what was answered last


def transcribe(sound, language):
    """The text of one utterance so far: bytes of signed 16-bit little-endian, 16 kHz, mono."""
    return f"{len(sound) / 32000:.1f} seconds of {language}" if sound else ""


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        for name in [name for name, known in streams.items() if known["at"] < time.time() - FORGET_AFTER_S]:
            streams.pop(name, None)
        stream = streams.setdefault(query["stream"], {"sound": b"", "utterance": 0, "start": 0, "sequence": -1})
        stream["at"] = time.time()
        if int(query["sequence"]) > stream["sequence"]:  # or else it comes a second time
            stream["answer"] = self.hear(stream, body, query)
            stream["sequence"] = int(query["sequence"])
        self.send_response(200)
        self.send_header("Content-Length", str(len(stream["answer"])))
        self.end_headers()
        self.wfile.write(stream["answer"])

    def hear(self, stream, body, query):
        if not stream["sound"]:
            stream["start"] = int(float(query["startMs"]))
        stream["sound"] += body
        last = query["last"] == "true"
        text = transcribe(stream["sound"], query["language"])
        end = stream["start"] + len(stream["sound"]) // 32
        segment = dict(segmentId=str(stream["utterance"]), text=text, final=last, startMs=stream["start"], endMs=end)
        if last:
            stream.update(sound=b"", utterance=stream["utterance"] + 1)
        return json.dumps({"segments": [segment] if text else []}).encode()

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 9000), Service)
    print(f"listening on port {server.server_port}", flush=True)
    server.serve_forever()
