"""A portal by a recipe that was pasted into the account itself, as the search for series writes one."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scraping.domain.contract import PortalParams
from scraping.domain.recipes.loading import load_recipe
from scraping.domain.recipes.model import Recipe
from scraping.domain.recipes.nodes import BadRecipe
from scraping.domain.recipes.portal import RecipePortal
from twin_project.kit.params import BadParams, param

EXAMPLE = (Path(__file__).parent / "_example.yaml").read_text(encoding="utf-8")


class RecipeOfAccount(RecipePortal):
    """One account, one recipe; docs/how-to/add-a-portal.md is its grammar."""

    title = "My own recipe"
    summary = "Any portal, by a recipe of your own: found by the search, or written in ten minutes."

    @dataclass(frozen=True)
    class Params(PortalParams):
        """The address counts, not the one in the recipe."""

        base_url: str = param("http://127.0.0.1:8600/", "Address", "The portal's first page, with https://.")
        recipe: str = param(EXAMPLE, "Recipe", "YAML, as the page “Add a portal” says.", lines=28)

        def __post_init__(self) -> None:
            try:
                load_recipe(self.recipe)
            except BadRecipe as error:
                raise BadParams({"recipe": str(error)}) from error

    @cached_property
    def recipe(self) -> Recipe:
        """The text of the account, read."""
        assert isinstance(self.params, self.Params)
        return load_recipe(self.params.recipe)
