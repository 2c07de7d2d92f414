"""`/flashduty language`: which language the bot speaks to the person."""

from dataclasses import replace

from bot.messages import Message
from bot.messages.language import language_of
from bot.people.language_messages import LanguageChoice, language_choice
from handlers.dispatch.context import Request


async def draw_language(request: Request, view: LanguageChoice) -> Message:
    """Make the choice, if there is one, and show the language in it."""
    languages = request.services.languages
    if not view.choice:
        chosen = await languages.choice_of(request.person.id)
        return language_choice(request.to_person, request.team.name, chosen, not_known=view.not_known)
    chosen = language_of(view.choice)
    await languages.choose(request.person.id, chosen)
    to = replace(request.to_person, language=await languages.of_person(request.person))
    return language_choice(to, request.team.name, chosen)
