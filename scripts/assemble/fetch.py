"""Packages from their registries: by the ordinary clients, never kept unless their sum is the expected one."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from progress import Progress


class Refused(Exception):
    """Something a person must act on; the text says what."""


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_sum(path, expected, found, what_to_do):
    raise Refused(
        "somme de contrôle refusée\n"
        f"    fichier  : {path}\n"
        f"    attendue : {expected}\n"
        f"    trouvée  : {found}\n"
        f"    que faire : {what_to_do}"
    )


def check_sum(path, expected, what_to_do):
    found = sha256(path)
    if found != expected:
        refuse_sum(path, expected, found, what_to_do)


def have(package, downloads):
    """Whether the package is already here, whole and right. A wrong one is refused, not silently replaced."""
    path = downloads / package["file"]
    if not path.exists():
        return False
    check_sum(path, package["sha256"], f"supprimez-le (rm '{path}') et relancez : il sera téléchargé à nouveau")
    return True


def fetch(package, downloads, pip):
    """Brings one package into `downloads`. It appears there under its name only whole and checked."""
    waiting = downloads / ".partial"
    waiting.mkdir(parents=True, exist_ok=True)
    # Registries' clients cannot go on from half a file: what an interrupted run left is thrown away.
    work = Path(tempfile.mkdtemp(dir=waiting))
    try:
        command = CLIENTS[package["client"]](package, work, pip)
        log = run_with_progress(command, work, package)
        arrived = work / "out" / package["file"]
        if not arrived.exists():
            raise Refused(explain_failure(package, downloads, log))
        check_sum(
            arrived,
            package["sha256"],
            "le paquet publié a changé ou le réseau l'altère : relancez ; si cela se répète, n'utilisez pas ce fichier",
        )
        os.replace(arrived, downloads / package["file"])
    finally:
        shutil.rmtree(work, ignore_errors=True)


def pip_command(package, work, pip):
    wanted = work / "wanted.txt"
    wanted.write_text(f"{package['name']}=={package['version']} --hash=sha256:{package['sha256']}\n")
    command = [*pip, "download", "--no-deps", "--only-binary=:all:", "--require-hashes", "--no-cache-dir"]
    command += ["--progress-bar=off", "--disable-pip-version-check", "-r", str(wanted), "-d", str(work / "out")]
    if target := package.get("target"):
        command += ["--implementation", "cp", "--python-version", target["python"]]
        command += ["--abi", target["abi"], "--platform", target["platform"]]
    return command


def npm_command(package, work, _pip):
    if not shutil.which("npm"):
        raise Refused(
            f"npm manque, il sert à télécharger {package['name']}.\n"
            "    que faire : sudo apt-get install --no-install-recommends npm, puis relancez"
        )
    (work / "out").mkdir()
    spec = f"{package['name']}@{package['version']}"
    return ["npm", "pack", spec, "--pack-destination", str(work / "out"), "--cache", str(work / "cache")]


CLIENTS = {"pip": pip_command, "npm": npm_command}


def run_with_progress(command, work, package):
    """Runs a client, showing how much has arrived; gives back what it said."""
    # The clients write to their temporary folder first: watching its size works for all of them.
    temporary = work / "tmp"
    temporary.mkdir()
    progress = Progress(f"{package['name']} {package['version']}", package["bytes"])
    environment = {**os.environ, "TMPDIR": str(temporary), "npm_config_update_notifier": "false"}
    child = subprocess.Popen(
        command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = []
    reader = threading.Thread(target=lambda: said.append(child.stdout.read()), daemon=True)
    reader.start()
    try:
        while child.poll() is None:
            reader.join(0.2)
            progress.to(min(folder_size(work), package["bytes"]))
    except BaseException:
        child.terminate()
        child.wait()
        progress.abandon()
        raise
    reader.join()
    if child.returncode == 0:
        progress.end()
    else:
        progress.abandon()
    return b"".join(said).decode(errors="replace")


def folder_size(folder):
    total = 0
    for parent, _folders, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size
            except FileNotFoundError:
                pass
    return total


def explain_failure(package, downloads, log):
    """What went wrong, from what the client said."""
    if found := re.search(r"Got\s+([0-9a-f]{64})", log):
        refuse_sum(
            package["file"],
            package["sha256"],
            found.group(1),
            "le paquet publié a changé ou le réseau l'altère : relancez ; si cela se répète, n'utilisez pas ce fichier",
        )
    last = "\n".join(f"      {line}" for line in log.strip().splitlines()[-6:])
    return (
        f"téléchargement impossible : {package['name']} {package['version']} ({package['client']})\n"
        f"{last}\n"
        "    que faire : vérifiez le réseau (et le mandataire : HTTPS_PROXY), puis relancez ; ce qui est déjà là est gardé.\n"
        f"    Sans réseau : copiez {package['file']} depuis une autre machine dans {downloads}"
    )


def clean_partial(downloads):
    shutil.rmtree(downloads / ".partial", ignore_errors=True)


def make_venv(folder, requirements, wanted):
    """The tools' own Python, rebuilt when its requirements change; with them only when `wanted`."""
    python = folder / "bin" / "python"
    stamp = folder / "requirements.sha256"
    if not (python.exists() and works(python)):
        shutil.rmtree(folder, ignore_errors=True)
        said = subprocess.run(
            [sys.executable, "-m", "venv", str(folder)], stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if said.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            raise Refused(
                f"Python ne peut pas créer son environnement :\n      {(said.stdout + said.stderr).strip()[-400:]}\n"
                "    que faire : sudo apt-get install python3-venv, puis relancez"
            )
    if wanted and not (stamp.exists() and stamp.read_text() == sha256(requirements)):
        progress = Progress("outils Python (numpy, onnx)", 0)
        said = subprocess.run(
            [*pip_of(folder), "install", "--require-hashes", "--only-binary=:all:", "--no-cache-dir", "--quiet"]
            + ["--disable-pip-version-check", "-r", str(requirements)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if said.returncode != 0:
            progress.abandon()
            raise Refused(
                f"installation des outils Python impossible :\n      {(said.stdout + said.stderr).strip()[-600:]}\n"
                "    que faire : vérifiez le réseau, et que Python est en version 3.11 à 3.13 sur x86-64, puis relancez"
            )
        stamp.write_text(sha256(requirements))
        progress.end()
    return python


def works(python):
    return subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True).returncode == 0


def pip_of(folder):
    return [str(folder / "bin" / "python"), "-m", "pip"]
