"""What the papers say is what the code does."""

import re
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).parent.parent


def variables_read_by_settings() -> set[str]:
    source = (ROOT / "engagement/settings.py").read_text()
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))


def test_env_example_names_every_variable_and_no_other():
    named = set(re.findall(r"^#?\s?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert named == variables_read_by_settings()


def test_readme_links_lead_somewhere():
    for paper in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", paper.read_text()):
            assert (paper.parent / target).exists(), f"{paper.name} links to {target}"


def test_readme_commands_exist():
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", readme)) <= targets
    for command in re.findall(r"manage\.py ([a-z_]+)", readme):
        own = list(ROOT.glob(f"*/management/commands/{command}.py"))
        assert own or command in get_commands()


def test_architecture_names_files_that_are_there():
    """A name alone stands beside one that was named before it in the same row."""
    for row in (ROOT / "docs/architecture.md").read_text().splitlines():
        beside = [ROOT]
        for name in re.findall(r"`(\w[\w/*]*(?:\.py|/))`", row):
            found = [path for place in beside for path in place.glob(name.rstrip("/"))]
            assert found, f"There is no {name}: {row}"
            beside += [path if path.is_dir() else path.parent for path in found]
