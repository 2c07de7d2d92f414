"""All scenes, in the order in which the transcript is read."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from handlers.dispatch.time_limits import TimeLimits
from tests.journeys.harbor import NOW, harbor_at
from tests.journeys.transcript import scenes_of_looking, scenes_of_pressing, scenes_of_trouble
from tests.journeys.transcript.recorder import Recorder

# A busy machine must not decide whether a notice of progress is seen: it is, where a scene makes it.
UNHURRIED = TimeLimits(notice=60.0)


@dataclass(frozen=True)
class Scene:
    """What people do, and the bot they do it with."""

    play: Callable[[Recorder], Awaitable[None]]
    settings: Mapping[str, object] = field(default_factory=dict)
    now: datetime = NOW

    def over_http(self):
        """Give the same scene through the other transport."""
        return replace(self, settings={**self.settings, "socket_mode": False})

    async def record(self):
        """Play it; give its transcript and how many requests it took."""
        async with harbor_at(self.now, **{"time_limits": UNHURRIED, **self.settings}) as place:
            recorder = Recorder(place)
            await recorder.starts()
            await self.play(recorder)
            return "\n".join(recorder.lines) + "\n", recorder.requests


SCENES = {
    scene.play.__name__: scene
    for scene in (
        Scene(scenes_of_looking.commands),
        Scene(scenes_of_looking.everywhere_one_can_ask),
        Scene(scenes_of_looking.who_may, {"prepare": scenes_of_looking.with_outsiders}),
        Scene(scenes_of_pressing.every_button_of_what_is_asked_for),
        Scene(scenes_of_pressing.acknowledging),
        Scene(scenes_of_pressing.a_morning, scenes_of_pressing.MORNING),
        Scene(scenes_of_pressing.groups_and_topic, scenes_of_pressing.GROUPS),
        Scene(scenes_of_pressing.a_group_that_is_left_alone, scenes_of_pressing.DECLINED, NOW - timedelta(hours=1)),
        Scene(scenes_of_trouble.flashduty_refuses),
        Scene(scenes_of_trouble.flashduty_is_broken),
        Scene(scenes_of_trouble.flashduty_is_slow, {"time_limits": scenes_of_trouble.HURRIED}),
        Scene(scenes_of_trouble.flashduty_never_answers, {"time_limits": scenes_of_trouble.IMPATIENT}),
        Scene(scenes_of_trouble.slack_refuses, scenes_of_trouble.OBSERVED),
        Scene(scenes_of_trouble.slack_loses_answers),
        Scene(scenes_of_trouble.what_is_tried_again),
    )
}
