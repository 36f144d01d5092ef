"""What kind of file it is, by name and first line: which parser reads it, or why none does.

Prose and data without a syntax are inert. A file with a syntax that nothing here knows is neither:
whether it is sound is unknown, so an unknown ending counts as such a file.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from msgspec import Struct

PYTHON = "python"

_SUFFIXES: dict[str, str] = {
    suffix: language
    for language, suffixes in {
        PYTHON: ".py .pyi .pyw",
        "bash": ".sh .bash",
        "c": ".c",
        "cmake": ".cmake",
        "cpp": ".cc .cpp .cxx .c++ .hpp .hxx .hh .ipp .inl",
        "cuda": ".cu .cuh .h .hip",  # CUDA's grammar contains that of C++
        "cython": ".pyx .pxi",
        "cython definitions": ".pxd",
        "dockerfile": ".dockerfile",
        "go": ".go",
        "java": ".java",
        "javascript": ".js .mjs .cjs .jsx",
        "json": ".json .ipynb .geojson .webmanifest .har .avsc",
        "json lines": ".jsonl .ndjson",
        "jsonc": ".jsonc .code-workspace .sublime-project .sublime-settings .hujson",
        "rust": ".rs",
        "toml": ".toml",
        "tsx": ".tsx",
        "typescript": ".ts .mts .cts",
        "xml": ".xml .svg .xsd .xsl .xslt .csproj .vcxproj .props .plist .pom .xhtml",
        "yaml": ".yaml .yml",
    }.items()
    for suffix in suffixes.split()
}
"""File name ending to language."""

_NAMES: tuple[tuple[str, str], ...] = (
    ("cmakelists.txt", "cmake"),
    ("dockerfile", "dockerfile"),
    ("dockerfile.*", "dockerfile"),
    ("containerfile", "dockerfile"),
    ("poetry.lock", "toml"),
    ("uv.lock", "toml"),
    ("cargo.lock", "toml"),
    ("pdm.lock", "toml"),
    ("pipfile", "toml"),
    ("pipfile.lock", "json"),
    ("composer.lock", "json"),
    ("flake.lock", "json"),
    *((name, "yaml") for name in (".clang-format", ".clang-tidy", ".yamllint", "citation.cff")),
    *((name, "bash") for name in (".bashrc", ".bash_profile", ".bash_aliases", "pkgbuild")),
)
"""Patterns of lower-case file names, before the endings are looked at."""

_JSONC_NAMES = re.compile(
    r"(?:ts|js)config(?:[.-][\w.-]+)?\.json|devcontainer\.json|\.devcontainer\.json"
    r"|\.(?:eslintrc|babelrc|swcrc|jshintrc|jscsrc|hintrc|markdownlint|mocharc|oxlintrc|luarc"
    r"|stylelintrc|prettierrc|nycrc)(?:\.json)?"
    r"|(?:api-extractor|pyrightconfig|tslint|tsdoc|deno|turbo|biome|nx|angular|project|workspace"
    r"|typedoc|cspell|jsdoc|rush|wrangler|bun\.lock|lerna|language-configuration|renovate)"
    r"(?:\.json|\.lock)?"
)
"""JSON files whose readers accept comments and trailing commas."""
_JSONC_FOLDERS = frozenset({".vscode", ".devcontainer", ".zed"})

_INERT_SUFFIX = re.compile(
    r"\.(?:md|markdown|mdown|rst|txt|text|adoc|asciidoc|rtf|log|csv|tsv|out|diff|patch|orig|rej|srt|vtt"
    r"|png|jpe?g|gif|ico|icns|webp|bmp|tiff?|pdf|e?ps|woff2?|ttf|otf|eot|mp[34]|mov|wav|ogg|flac|avi"
    r"|webm|zip|t?gz|bz2|xz|zst|tar|7z|whl|jar|so|a|o|dll|dylib|exe|bin|dat|np[yz]|pth?|onnx"
    r"|safetensors|gguf|parquet|arrow|h5|hdf5|pkl|pickle|pyc|db|sqlite3?|pem|crt|key|pub|sha256|md5"
    r"|asc|sig|[13578])"
)
"""Endings of prose, pictures and data that no parser rejects."""

_SYNTAX_NAMES = re.compile(
    r"(?:gnu|bsd)?makefile(?:\..+)?|jenkinsfile|vagrantfile|gemfile|rakefile|podfile|brewfile"
    r"|procfile|justfile|snakefile|earthfile|tiltfile|build|workspace|module\.bazel|buck|sconstruct"
    r"|sconscript|meson\.build|go\.mod|go\.sum|kconfig|\.envrc|nginx\.conf|caddyfile|manifest\.in"
    r"|\.(?:env|zshrc|vimrc|gitconfig|gitmodules|npmrc|editorconfig|pylintrc|coveragerc|flake8|profile)"
    r"|(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.txt"
)
"""Lower-case names of files that have a syntax and no ending that says so."""

_SHEBANG = re.compile(rb"#!\s*(?:\S*/)?(?:env\s+(?:-S\s+)?)?([\w.+-]+)")


class Kind(Struct, frozen=True):
    """What a file is: in a language with a parser here, inert, or neither."""

    language: str | None = None
    is_inert: bool = False


INERT = Kind(is_inert=True)
UNREAD = Kind()


def language_of(path: str) -> str | None:
    """The language implied by a file's name; None for text and for kinds without a parser here."""
    name = PurePosixPath(path).name.lower()
    for pattern, named in _NAMES:
        if fnmatchcase(name, pattern):
            return named
    language = _SUFFIXES.get(PurePosixPath(name).suffix)
    if language == "json" or (language is None and name.startswith(".") and "rc" in name):
        is_commented = _JSONC_NAMES.fullmatch(name) or _JSONC_FOLDERS & set(path.split("/")[:-1])
        return "jsonc" if is_commented else language
    return language


def kind_of(path: str, data: bytes) -> Kind:
    """What a file is, by its name, its first line, and whether it is text at all."""
    if (language := language_of(path)) is not None:
        return Kind(language)
    name = PurePosixPath(path).name.lower()
    if _SYNTAX_NAMES.fullmatch(name) or (
        "requirements" in path.split("/")[:-1] and name.endswith(".txt")
    ):
        return UNREAD
    suffix = PurePosixPath(name).suffix
    if _INERT_SUFFIX.fullmatch(suffix) or b"\0" in data[:8192]:
        return INERT
    if suffix and re.fullmatch(r"\.[a-z][\w+-]*", suffix):
        return UNREAD
    return _kind_by_first_line(data)


def _kind_by_first_line(data: bytes) -> Kind:
    found = _SHEBANG.match(data)
    if found is None:
        return INERT
    interpreter = found[1].decode("ascii", "replace")
    if re.fullmatch(r"python(?:3(?:\.\d+)?)?|pypy3?", interpreter):
        return Kind(PYTHON)
    return Kind("bash") if interpreter in ("bash", "sh", "dash") else UNREAD
