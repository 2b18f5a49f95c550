"""The keys that each language of Travis brings, by its build config reference."""

from __future__ import annotations

from functools import cache

from mlci.vendors.travis.syntax.shapes import TEXT, TEXTS, Free, Many, Shape, keys, listed, table

DART_TASK = table("test dartanalyzer dartfmt? install_dartium? xvfb?", prefix="test", name="dart_task")
TABLES: dict[str, tuple[str, Shape]] = {
    "android": ("android", table("components* licenses*", name="android")),
    "dart_task": ("dart", Many(DART_TASK)),
    "gimme_config": ("go", table("url force_reinstall?", name="gimme_config")),
    "virtualenv": ("python", table("system_site_packages?", name="virtualenv")),
    "repos": ("r", Free(TEXT, only_map=True)),
    "smalltalk_edge": ("smalltalk", table("source branch", name="smalltalk_edge")),
}


@cache
def specifications() -> list[tuple[str, str]]:
    return listed("languages.txt")


@cache
def expanding() -> frozenset[str]:
    """Return the keys that make one job of each of their values."""
    words = (word for _, spec in specifications() for word in spec.split())
    return frozenset(word.lstrip("+").split("|")[0] for word in words if word.startswith("+"))


@cache
def root_keys() -> tuple[dict[str, Shape], dict[str, str]]:
    """Return the languages' keys, and their aliases, as they stand at the top of the file."""
    found: dict[str, Shape] = {name: shape for name, (_, shape) in TABLES.items()}
    aliases = {"virtual_env": "virtualenv"}
    for _, spec in specifications():
        own, others = keys(spec.replace("+", ""))
        found.update({name: TEXTS if name in expanding() else shape for name, shape in own.items()})
        aliases.update(others)
    return found, aliases


@cache
def single_keys() -> tuple[dict[str, Shape], dict[str, str]]:
    """Return the languages' keys as they stand in one job: one value instead of a list."""
    found, aliases = root_keys()
    return {name: TEXT if name in expanding() else shape for name, shape in found.items()}, aliases


@cache
def owners() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {name: {language} for name, (language, _) in TABLES.items()}
    for language, spec in specifications():
        for name in keys(spec.replace("+", ""))[0]:
            found.setdefault(name, set()).add(language)
    return {name: frozenset(languages) for name, languages in found.items()}
