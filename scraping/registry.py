"""The portals: every file of `scraping/portals/` is one, a plug-in (.py) or a recipe (.yaml)."""

from dataclasses import dataclass
from pathlib import Path

from scraping.domain.contract import Portal, PortalParams
from scraping.domain.recipes.loading import load_recipe
from scraping.domain.recipes.model import Recipe
from scraping.domain.recipes.nodes import BadRecipe
from scraping.domain.recipes.portal import RecipePortal
from twin_project.kit.params import param
from twin_project.kit.registry import BrokenPlugin, Registry


class PortalRegistry(Registry[Portal]):
    """Plug-ins and recipes side by side; where both have a name, the plug-in counts."""

    def keys(self) -> list[str]:
        """Every key of the folder, sorted, broken ones included."""
        return sorted({*super().keys(), *self._recipes()})

    def _recipes(self) -> dict[str, Path]:
        folders = [Path(folder) for folder in self._folder.__path__]
        found = {path.stem: path for folder in folders for path in folder.glob("*.yaml")}
        return {key: path for key, path in found.items() if not key.startswith("_")}

    def _load(self, key: str) -> type[Portal]:
        plugins, path = super().keys(), self._recipes().get(key)
        return super()._load(key) if path is None or key in plugins else portal_of_file(path)


def portal_of_file(path: Path) -> type[Portal]:
    """The class of a recipe's file, its key the file's name; raises BrokenPlugin."""
    try:
        recipe = load_recipe(path.read_text(encoding="utf-8"))
    except (BadRecipe, OSError, UnicodeDecodeError) as error:
        raise BrokenPlugin(f"{path.name}: {error}") from error
    return _class_of(path.stem, recipe)


def _class_of(key: str, told: Recipe) -> type[Portal]:
    class RecipeOfFile(RecipePortal):
        """A file of YAML."""

        title = told.title
        summary = told.summary or "By a recipe."
        recipe = told

        @dataclass(frozen=True)
        class Params(PortalParams):
            """The recipe's own address, unless the account has another."""

            base_url: str = param(told.base_url, "Address", "The portal's first page, with https://.")

    RecipeOfFile.key = key
    return RecipeOfFile


portals: Registry[Portal] = PortalRegistry("scraping.portals", Portal)  # type: ignore[type-abstract]  # the base itself


def choices() -> list[tuple[str, str]]:
    """(key, title) pairs for a model field: a function, so that a new file needs no migration."""
    return portals.choices()
