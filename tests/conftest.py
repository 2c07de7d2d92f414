import sys
from pathlib import Path

# Test folders are no packages; what several of them share lies in these.
for folder in ("bot", "bot/messages", "journeys"):
    sys.path.insert(0, str(Path(__file__).parent / folder))
