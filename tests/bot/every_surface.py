"""Every message the bot can send, in its telling states: the `surfaces.py` of each feature, drawn beside its `golden`.

All checks of shape start from here.
"""

from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
FEATURES = {
    path.parent.name: import_module(f"tests.bot.{path.parent.name}.surfaces") for path in HERE.glob("*/surfaces.py")
}
GOLDEN = {
    name: HERE / feature / "golden" / f"{name}.json" for feature, module in FEATURES.items() for name in module.SURFACES
}
SURFACES = {name: message for module in FEATURES.values() for name, message in module.SURFACES.items()}
