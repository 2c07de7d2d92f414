"""Run a module as `python -m` does, without what only a development environment has.

httpx loads pygments where it is installed, which the image has not: 1.5 MB that no operator ever pays.
"""

import runpy
import sys
from typing import Any

modules: dict[str, Any] = sys.modules
modules["pygments"] = None

if __name__ == "__main__":
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
