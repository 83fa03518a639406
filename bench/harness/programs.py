"""The programs the benchmarks need, and their versions."""
import os
import pathlib
import shutil
import subprocess
import sys

# Program to Debian package.
NEEDED = {"wrk": "wrk", "nginx": "nginx-light"}


def require(database):
    """Ends with advice if a program is missing; as root on Debian it is installed."""
    missing = [package for program, package in NEEDED.items() if not find(program)]
    if database != "sqlite" and not postgres_folder():
        missing.append("postgresql")
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"installing what is missing: {' '.join(install)}", file=sys.stderr)
        subprocess.run(["apt-get", "update", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    else:
        sys.exit(f"missing: {', '.join(missing)}\nhint: sudo {' '.join(install)}")


def find(program):
    """Debian keeps nginx where only root looks."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")


def postgres_folder():
    """Where initdb and pg_ctl are: on the PATH, or Debian's folder of the newest version."""
    on_path = shutil.which("initdb")
    if on_path:
        return pathlib.Path(on_path).resolve().parent
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def versions(binary):
    versions = {
        "bowline": first_line([binary, "--version"]),
        "nginx": first_line([find("nginx"), "-v"]).replace("nginx version: ", ""),
        "wrk": " ".join(first_line([find("wrk"), "-v"]).split()[:2]),
    }
    folder = postgres_folder()
    if folder:
        versions["postgres"] = first_line([folder / "postgres", "--version"])
    return versions


def first_line(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.partition("\n")[0].strip()
