"""One attack from a process of its own, so that it slows down nobody but its target: `attacked` starts it and waits."""

import asyncio
import json
import sys
from dataclasses import asdict

from tests.proofs.chaos.http_attacks import ATTACKS, Outcome, Scale


async def attacked(name: str, host: str, port: int, scale: Scale) -> Outcome:
    """Run an attack and give what came of it; raises RuntimeError when it ends without a word."""
    words = (name, host, str(port), json.dumps(asdict(scale)))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.proofs.chaos.attacker", *words, stdout=asyncio.subprocess.PIPE
    )
    try:
        told, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"the attack {name!r} ended with {process.returncode}")
    outcome = json.loads(told)
    statuses = {int(status): count for status, count in outcome["statuses"]}
    return Outcome(outcome["sent"], outcome["closed"], statuses)


def main() -> None:
    """Attack, and print the outcome as JSON."""
    name, host, port, scale = sys.argv[1:]
    outcome = asyncio.run(ATTACKS[name](host, int(port), Scale(**json.loads(scale))))
    told = {"sent": outcome.sent, "closed": outcome.closed, "statuses": list(outcome.statuses.items())}
    print(json.dumps(told))  # noqa: T201 - read by `attacked`


if __name__ == "__main__":
    main()
