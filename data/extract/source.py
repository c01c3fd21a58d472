"""One release of nginx: its files, from a tag of a git checkout or from a directory."""

import functools
import io
import re
import subprocess
import tarfile
from pathlib import Path

TAG = re.compile(r"release-(\d+\.\d+\.\d+)$")


class Source:
    """The files of a release below `src` and `auto`, by path."""

    def __init__(self, version, date, files):
        self.version = version
        self.date = date
        self._files = files
        configure = [text for path, text in files.items() if path.startswith("auto/")]
        self._configure = "\n".join(configure)

    @classmethod
    def of_directory(cls, path, version, date=None):
        """A release unpacked. Its own version must be the one that is said."""
        root = Path(path)
        files = {}
        for folder in ("src", "auto"):
            for file in sorted((root / folder).rglob("*")):
                if file.is_file():
                    name = file.relative_to(root).as_posix()
                    files[name] = file.read_bytes().decode("latin-1")
        source = cls(version, date, files)
        header = files.get("src/core/nginx.h", "")
        said = re.search(r'#define\s+NGINX_VERSION\s+"([\d.]+)"', header)
        if not said or said.group(1) != version:
            raise SystemExit(f"{path} is {said.group(1) if said else 'no nginx'}, not {version}")
        return source

    @classmethod
    def of_tag(cls, repository, version):
        """A release by its tag `release-VERSION`."""
        tag = f"release-{version}"
        packed = git(repository, "archive", "--format=tar", tag, "src", "auto")
        files = {}
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            for member in archive:
                if member.isfile():
                    files[member.name] = archive.extractfile(member).read().decode("latin-1")
        date = git(repository, "log", "-1", "--format=%cd", "--date=format:%Y-%m-%d", tag)
        return cls(version, date.decode().strip(), files)

    @functools.cache
    def paths(self):
        """The C files that some part of `auto` names, and every header."""
        named = set(re.findall(r"\bsrc/[\w./]+\.c\b", self._configure))
        return [path for path in self._files if path.endswith(".h") or path in named]

    @functools.cache
    def text(self, path):
        """A file without its comments."""
        return without_comments(self._files[path])

    def configure(self):
        """All of `auto`."""
        return self._configure


def tags(repository):
    """The versions that a checkout has tags of, in numeric order."""
    names = git(repository, "tag", "--list", "release-*").decode().split()
    versions = [match.group(1) for match in map(TAG.match, names) if match]
    return sorted(versions, key=lambda version: tuple(map(int, version.split("."))))


def git(repository, *arguments):
    done = subprocess.run(["git", "-C", repository, *arguments], capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.decode().strip())
    return done.stdout


def without_comments(text):
    """Comments made blank; strings and line numbers stay."""
    piece = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', re.S)

    def blank(match):
        text = match.group()
        return re.sub(r"[^\n]", " ", text) if text.startswith("/") else text

    return piece.sub(blank, text)
