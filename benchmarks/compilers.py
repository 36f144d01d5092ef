"""Which texts a language's own compiler refuses to read: what the grammars are measured against.

Only what a compiler says of the text's syntax counts, never of types, names or imports. A compiler
that is not on this machine has no answer. TypeScript's is looked for in `PATCHJURY_TYPESCRIPT`, a
folder with the package `typescript`; Go's in `PATCHJURY_GO` or on the path.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

TYPESCRIPT, GO = "PATCHJURY_TYPESCRIPT", "PATCHJURY_GO"

_JAVA = """
import com.sun.source.util.JavacTask;
import java.io.File;
import java.util.List;
import javax.tools.*;
public class Reads {
  public static void main(String[] names) throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    for (File file : new File(names[0]).listFiles()) {
      DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
      StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null);
      JavacTask task = (JavacTask) compiler.getTask(
          null, files, found, List.of("-proc:none"), null, files.getJavaFileObjects(file));
      task.parse();
      boolean refused = found.getDiagnostics().stream()
          .anyMatch(each -> each.getKind() == Diagnostic.Kind.ERROR);
      if (refused) System.out.println(file.getName());
      files.close();
    }
  }
}
"""

_NODE = """
const ts = require(process.argv[2]);
const fs = require('fs'), path = require('path');
const folder = process.argv[3];
for (const name of fs.readdirSync(folder)) {
  const file = path.join(folder, name);
  const program = ts.createProgram([file], {noLib: true, noResolve: true, types: [],
    target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext});
  const found = [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics()];
  if (found.some(each => each.code >= 1000 && each.code < 2000
      && each.code !== 1375 && each.code !== 1378 && each.file)) console.log(name);
}
"""
"""TypeScript numbers what is wrong with a text's grammar from 1000 to 1999; two of these say that
`await` needs a module, which the text does not tell."""

_SYNTAX = {
    "c": re.compile(r"error: (?:expected|stray|missing|unterminated|invalid preproc|#|.*digit)"),
    "cpp": re.compile(r"error: (?:expected|stray|missing|unterminated|invalid preproc|#|.*digit)"),
    "go": re.compile(r"syntax error|invalid character|not terminated|cannot parse"),
    "rust": re.compile(r"^error", re.MULTILINE),
}


def refused(language: str, folder: Path, names: Sequence[str]) -> set[str] | None:
    """Names of the files in a folder that the language's compiler refuses; None without one."""
    reader = _READERS.get(language)
    return reader(folder, names) if reader is not None else None


def _one_by_one(language: str, command: Sequence[str]) -> Callable[..., set[str] | None]:
    def read(folder: Path, names: Sequence[str]) -> set[str] | None:
        if shutil.which(command[0]) is None:
            return None
        environment = {**os.environ, "RUSTC_BOOTSTRAP": "1", "LC_ALL": "C"}
        found = set()
        for name in names:
            said = subprocess.run(
                [*command, name], cwd=folder, env=environment, capture_output=True, check=False
            )
            if _SYNTAX[language].search(said.stderr.decode() + said.stdout.decode()):
                found.add(name)
        return found

    return read


def _java(folder: Path, names: Sequence[str]) -> set[str] | None:
    if shutil.which("java") is None:
        return None
    program = folder.parent / "Reads.java"
    program.write_text(_JAVA)
    return _lines("java", str(program), str(folder))


def _typescript(folder: Path, names: Sequence[str]) -> set[str] | None:
    place = os.environ.get(TYPESCRIPT)
    if place is None or shutil.which("node") is None:
        return None
    program = folder.parent / "reads.cjs"
    program.write_text(_NODE)
    return _lines("node", str(program), place, str(folder))


def _lines(*command: str) -> set[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


_READERS: dict[str, Callable[[Path, Sequence[str]], set[str] | None]] = {
    "c": _one_by_one("c", ["gcc", "-fsyntax-only", "-w"]),
    "cpp": _one_by_one("cpp", ["g++", "-fsyntax-only", "-w", "-std=c++20"]),
    "go": _one_by_one("go", [os.environ.get(GO, "go"), "tool", "compile", "-o", "../written"]),
    "java": _java,
    "rust": _one_by_one("rust", ["rustc", "--edition", "2021", "-Zparse-crate-root-only"]),
    "typescript": _typescript,
}
