"""Every message the bot can send, in its telling states: the `surfaces.py` of each feature, drawn beside its `golden`.

All checks of shape start from here.
"""

from importlib import import_module
from pathlib import Path

from tests.bot.samples import ENGLISH_READERS

HERE = Path(__file__).parent
FEATURES = {
    path.parent.name: import_module(f"tests.bot.{path.parent.name}.surfaces") for path in HERE.glob("*/surfaces.py")
}


def drawn(readers):
    """Every surface for these readers, under its name."""
    return {name: message for module in FEATURES.values() for name, message in module.surfaces(readers).items()}


SURFACES_OF = {feature: module.surfaces(ENGLISH_READERS) for feature, module in FEATURES.items()}
SURFACES = {name: message for surfaces in SURFACES_OF.values() for name, message in surfaces.items()}
GOLDEN = {
    name: HERE / feature / "golden" / f"{name}.json" for feature, surfaces in SURFACES_OF.items() for name in surfaces
}
