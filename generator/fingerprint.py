"""What a piece of the project's code depends on, found by reading source and importing none of it.

A fingerprint is a digest over the syntax trees of a module and of every project module it imports, directly or not,
inside functions too. Comments, docstrings, layout and an experiment's own declaration are not part of a tree, so
editing them changes nothing; everything else does.
"""

import ast
import contextlib
import functools
import importlib.metadata
import re
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from generator import files
from generator.errors import UserError

#: The module-level name that holds an experiment's declaration. Its texts are shown, never computed with, and what
#: does count of it (parameters, needs, split) enters a task's key by value.
DECLARATION = "experiment"
#: The function that declares a parameter: what is said of it by name (unit, label, range) is not computed with either.
PARAMETER = "param"


class ModuleDigest(msgspec.Struct, frozen=True):
    stamp: tuple[int, int]
    code: str  # without the declaration
    source: str  # with it


class Memory(msgspec.Struct):
    """What was read last time, so that the next look reads only what changed."""

    python: str = ""
    modules: dict[str, ModuleDigest] = {}
    tree: str = ""  # state of all source files, under which `imports` holds
    imports: dict[str, tuple[str, ...]] = {}  # module -> what it imports; of other packages the top-level name
    environment: str = ""  # state of the installed distributions, under which `distributions` holds
    distributions: dict[str, dict[str, str]] = {}


@dataclass(frozen=True)
class CodeState:
    """The code behind something: digests by module, versions by third-party distribution."""

    modules: dict[str, str]
    versions: dict[str, str]

    @property
    def fingerprint(self) -> str:
        return files.digest_bytes(*(f"{name} {digest}".encode() for name, digest in sorted(self.modules.items())))


class CodeIndex:
    """The project's source as it stands when this is made."""

    def __init__(self, root: Path, cache: Path | None, package: str = "generator") -> None:
        """``cache``: where to remember what was read; ``None`` reads everything anew."""
        self.root = root
        self.package = package
        self._memory_path = cache / "code.json" if cache else None
        self._memory = self._recall()
        paths = sorted((root / package).rglob("*.py"))
        tree = " ".join(f"{path.relative_to(root)} {files.stamp(path)}" for path in paths)
        tree = files.digest_bytes(tree.encode())
        if self._memory.tree != tree:
            self._memory.imports = scan_imports(root, package)
            self._memory.tree = tree

    def closure(self, *modules: str) -> tuple[str, ...]:
        """Names of the project modules that importing ``modules`` executes, sorted."""
        reached: set[str] = set()
        waiting = list(modules)
        while waiting:
            module = waiting.pop()
            if module not in reached and self._is_ours(module):
                reached.add(module)
                waiting += self._memory.imports[module]
                # Importing a.b executes a first.
                waiting.append(module.rpartition(".")[0])
        return tuple(sorted(reached))

    def state(self, *modules: str) -> CodeState:
        """Digest of each module reached and version of each distribution reached."""
        reached = self.closure(*modules)
        return CodeState({name: self.digest(name).code for name in reached}, self.versions(*modules))

    def fingerprint(self, *modules: str) -> str:
        """One digest over all modules reached."""
        return self.state(*modules).fingerprint

    def digest(self, module: str) -> ModuleDigest:
        """The digests of one module's own source, remembered by the file's size and mtime."""
        path = self.path(module)
        stamp = files.stamp(path)
        known = self._memory.modules.get(module)
        if stamp is None:
            raise FileNotFoundError(path)
        if known is None or known.stamp != stamp:
            source = path.read_text(encoding="utf-8")
            known = ModuleDigest(
                stamp, code=syntax_digest(source, drop=DECLARATION), source=syntax_digest(source, drop=None)
            )
            self._memory.modules[module] = known
        return known

    def path(self, module: str) -> Path:
        """The file of a project module."""
        stem = self.root.joinpath(*module.split("."))
        return stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")

    def versions(self, *modules: str) -> dict[str, str]:
        """Version of every third-party distribution that ``modules`` reach, and of those that these require."""
        imported = {name for module in self.closure(*modules) for name in self._memory.imports[module]}
        roots = sorted(name for name in imported if not self._is_ours(name) and name not in sys.stdlib_module_names)
        found: dict[str, str] = {}
        for root in roots:
            if root not in self._memory.distributions:
                self._memory.distributions[root] = requirement_closure(root)
            found |= self._memory.distributions[root]
        return dict(sorted(found.items()))

    def save(self) -> None:
        """Remember what was read, so that the next look reads only what changed."""
        if self._memory_path:
            files.write_if_changed(self._memory_path, msgspec.json.encode(self._memory, order="sorted"))

    def _is_ours(self, module: str) -> bool:
        return module == self.package or module.startswith(f"{self.package}.")

    def _recall(self) -> Memory:
        environment = environment_state()
        python = sys.version
        memory = Memory()
        if self._memory_path and self._memory_path.exists():
            with contextlib.suppress(msgspec.DecodeError):  # a damaged memory is no memory
                memory = msgspec.json.decode(self._memory_path.read_bytes(), type=Memory)
        if memory.python != python:
            memory = Memory(python=python)
        if memory.environment != environment:
            memory.environment = environment
            memory.distributions = {}
        return memory


def scan_imports(root: Path, package: str) -> dict[str, tuple[str, ...]]:
    """What every module of the package imports, anywhere in it; of other packages the top-level name."""
    # Not at the top: it is needed only after an edit.
    import grimp
    from grimp.exceptions import SourceSyntaxError

    try:
        # A type-checking import is never executed, so what it names cannot change a result.
        graph = grimp.build_graph(
            package, include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None
        )
    except SourceSyntaxError as error:
        where = f"{Path(error.filename).relative_to(root)}:{error.lineno}"
        raise UserError(f"not valid Python: {(error.text or '').strip()}", where=where, remedy="mend it") from None
    return {
        module: tuple(sorted(graph.find_modules_directly_imported_by(module)))
        for module in sorted(graph.modules)
        if module.partition(".")[0] == package
    }


def syntax_digest(source: str, *, drop: str | None) -> str:
    """SHA-256 of a module's syntax tree without positions, comments and docstrings.

    ``drop`` names a module-level variable whose assignment is left out as well, and with it what parameters are
    declared to be besides their defaults.
    """
    tree = ast.parse(source)
    if drop is not None:
        tree.body = [node for node in tree.body if not _assigns(node, drop)]
    for node in ast.walk(tree):
        if drop is not None and isinstance(node, ast.Call) and getattr(node.func, "id", "") == PARAMETER:
            node.keywords = []
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    return files.digest_bytes(ast.dump(tree, annotate_fields=False).encode())


def _assigns(node: ast.stmt, name: str) -> bool:
    targets: Iterable[ast.expr] = ()
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = (node.target,)
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def environment_state() -> str:
    """A short text that changes whenever a distribution is installed, removed or replaced."""
    places = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    return " ".join(f"{place} {Path(place).stat().st_mtime_ns}" for place in places)


@functools.cache
def _distributions_by_import() -> dict[str, list[str]]:
    return dict(importlib.metadata.packages_distributions())


def requirement_closure(import_name: str) -> dict[str, str]:
    """The distribution that provides a top-level import, and all it requires here (extras aside), with versions."""
    from packaging.requirements import Requirement

    waiting = list(_distributions_by_import().get(import_name, ()))
    found: dict[str, str] = {}
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # an optional requirement that is not installed cannot be reached
        found[name] = distribution.version
        for line in distribution.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return found
