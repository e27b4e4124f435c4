"""YAML with its lines: every mistake in a recipe is named by its key and its line, all of them at once."""

import difflib
from collections.abc import Iterator

import yaml


class BadRecipe(ValueError):
    """The recipe cannot be followed; `problems` are sentences that begin with the key."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class Section:
    """One place in a recipe. Takers note a problem and give a harmless value, so that the next one is found too."""

    def __init__(self, node: yaml.Node | None, path: str, problems: list[str], line: int = 1) -> None:
        self.node = node
        self.path = path
        self.problems = problems
        self.line = node.start_mark.line + 1 if node is not None else line
        self._asked: set[str] = set()

    @classmethod
    def of_text(cls, text: str) -> "Section":
        """The whole recipe; raises BadRecipe where it is no YAML."""
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f"line {mark.line + 1}: " if mark else ""
            raise BadRecipe([f"{where}this is no YAML: {getattr(error, 'problem', None) or error}."]) from error
        if not isinstance(node, yaml.MappingNode):
            raise BadRecipe(["line 1: a recipe consists of keys such as `title:` and `login:`."])
        return cls(node, "", [])

    def problem(self, sentence: str) -> None:
        """Note what is wrong here."""
        self.problems.append(f"{self.path or 'the recipe'}: {sentence} (line {self.line})")

    @property
    def is_there(self) -> bool:
        """Whether anything was written."""
        return self.node is not None and self.node.tag != "tag:yaml.org,2002:null"

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        """Whether it has items."""
        return isinstance(self.node, yaml.SequenceNode)

    def names(self) -> list[str]:
        """Its keys as written."""
        return [key.value for key, _ in self.node.value] if isinstance(self.node, yaml.MappingNode) else []

    def at(self, key: str) -> "Section":
        """What stands under a key, perhaps nothing."""
        self._asked.add(key)
        path = f"{self.path}.{key}" if self.path else key
        if self.is_there and not self.is_mapping:
            return Section(None, path, self.problems, self.line)
        found = next((value for name, value in self.node.value if name.value == key), None) if self.node else None
        return Section(found, path, self.problems, self.line)

    def items(self) -> Iterator["Section"]:
        """Each item of a list; a single value is a list of one."""
        if isinstance(self.node, yaml.SequenceNode):
            for at, item in enumerate(self.node.value):
                yield Section(item, f"{self.path}[{at}]", self.problems)
        elif self.is_there:
            yield self

    def text(self, default: str = "", *, needed: bool = False) -> str:
        """A text as it was written, whatever YAML makes of it."""
        if not self.is_there:
            if needed:
                self.problem("is missing.")
            return default
        if not isinstance(self.node, yaml.ScalarNode):
            self.problem("must be a text, not a list or a group of keys.")
            return default
        return str(self.node.value)

    def texts(self) -> tuple[str, ...]:
        """A list of texts, or one."""
        return tuple(item.text() for item in self.items())

    def number(self, default: int, *, least: int = 1) -> int:
        """A whole number."""
        text = self.text(str(default))
        if not text.strip().isdigit() or int(text) < least:
            self.problem(f"must be a whole number from {least}, not {text!r}.")
            return default
        return int(text)

    def yes(self, default: bool = False) -> bool:
        """yes or no."""
        text = self.text("yes" if default else "no").lower()
        if text not in {"yes", "no", "true", "false"}:
            self.problem(f"must be yes or no, not {text!r}.")
        return text in {"yes", "true"}

    def choice(self, *known: str, default: str) -> str:
        """One of the known words."""
        text = self.text(default)
        if text not in known:
            self.problem(f"must be {' or '.join(known)}, not {text!r}.")
            return default
        return text

    def only_known(self, *more: str) -> None:
        """Complain of keys that nobody asked for."""
        if self.is_there and not self.is_mapping:
            self.problem("must be a group of keys.")
            return
        known = self._asked | set(more)
        for key in self.names():
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                hint = f" Did you mean `{near[0]}`?" if near else f" Known are: {', '.join(sorted(known))}."
                self.at(key).problem(f"is no key here.{hint}")
