"""Plug-ins found by their file: one file, one class, one key (the file's name)."""

import importlib
import inspect
import pkgutil
import traceback
from functools import cached_property
from types import ModuleType
from typing import ClassVar, Generic, TypeVar


class Plugin:
    """Base of every plug-in contract; `key` is the name of the file that defines the class."""

    key: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.key = cls.__module__.rpartition(".")[2]


P = TypeVar("P", bound=Plugin)


class UnknownPlugin(LookupError):
    """No plug-in of that key; the message lists those there are."""


class BrokenPlugin(RuntimeError):
    """The file is there but cannot serve; the message says why."""


class Registry(Generic[P]):
    """The plug-ins of one folder.

    `keys()` reads file names only; a plug-in's module is imported the first time it is asked for, so a
    heavy or broken one costs the others nothing.
    """

    def __init__(self, package: str, base: type[P]) -> None:
        self.package = package
        self.base = base
        self._loaded: dict[str, type[P]] = {}

    @cached_property
    def _folder(self) -> ModuleType:
        return importlib.import_module(self.package)

    def keys(self) -> list[str]:
        """Every key of the folder, sorted, broken ones included."""
        found = pkgutil.iter_modules(self._folder.__path__)
        return sorted(module.name for module in found if not module.name.startswith("_"))

    def get(self, key: str) -> type[P]:
        """Return the class of `key`; raises UnknownPlugin or BrokenPlugin."""
        if key not in self._loaded:
            self._loaded[key] = self._load(key)
        return self._loaded[key]

    def all(self) -> dict[str, type[P]]:
        """Every plug-in that loads, by key."""
        broken = self.broken()
        return {key: self.get(key) for key in self.keys() if key not in broken}

    def broken(self) -> dict[str, str]:
        """Key to reason, for every file that does not give a usable plug-in."""
        reasons = {}
        for key in self.keys():
            try:
                self.get(key)
            except BrokenPlugin as error:
                reasons[key] = str(error)
        return reasons

    def choices(self) -> list[tuple[str, str]]:
        """(key, title) pairs for a form. A model field takes a module-level function: migrations can name that."""
        return [(key, plugin.title) for key, plugin in self.all().items()]

    def _load(self, key: str) -> type[P]:
        if key not in self.keys():
            raise UnknownPlugin(f"There is no {key!r} in {self.package}; there are: {', '.join(self.keys())}.")
        try:
            module = importlib.import_module(f"{self.package}.{key}")
        except Exception as error:  # a stranger's file may raise anything; the site must still start
            where = traceback.extract_tb(error.__traceback__)[-1]
            raise BrokenPlugin(f"{type(error).__name__}: {error} (line {where.lineno} of {where.filename})") from error
        own = [
            member
            for _, member in inspect.getmembers(module, inspect.isclass)
            if issubclass(member, self.base) and member.__module__ == module.__name__
        ]
        if len(own) != 1:
            raise BrokenPlugin(f"the file must define exactly one {self.base.__name__}, it defines {len(own)}")
        plugin = own[0]
        if inspect.isabstract(plugin):
            missing = ", ".join(sorted(getattr(plugin, "__abstractmethods__", ())))
            raise BrokenPlugin(f"{plugin.__name__} does not define {missing}")
        for name in ("title", "summary"):
            if not isinstance(getattr(plugin, name, None), str):
                raise BrokenPlugin(f"{plugin.__name__} has no {name}")
        return plugin
