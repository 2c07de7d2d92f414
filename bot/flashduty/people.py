"""People and channels of a Flashduty account."""

from typing import Annotated

from pydantic import Field

from bot.flashduty.wire import NullIs, Number, OptionalId, OptionalText, Otherwise, Text, Wire


class Person(Wire):
    """Somebody in Flashduty, the pending and deleted ones too (schema PersonItem)."""

    id: int = Field(validation_alias="person_id")
    name: Text = Field(validation_alias="person_name")
    email: OptionalText = Field(repr=False)
    locale: OptionalText = Field(repr=False)
    time_zone: OptionalText = Field(repr=False)
    status: OptionalText
    is_address_verified: Annotated[bool | None, Otherwise(None)] = Field(validation_alias="email_verified", repr=False)


class People(Wire):
    """The answer of `/person/infos`."""

    items: Annotated[tuple[Person, ...], NullIs(tuple)]


class KeyOwner(Wire):
    """Whose APP Key it is: all that is done with it appears as done by them (schema MemberInfoResponse)."""

    member_id: OptionalId
    member_name: Text
    email: OptionalText = Field(repr=False)
    account_id: OptionalId
    account_name: Text

    @property
    def name(self) -> str:
        """Their name, or their e-mail address."""
        return self.member_name or self.email or "its owner"


class FlashdutyChannel(Wire):
    """A channel of Flashduty, and the teams that own and manage it (schema ChannelItem)."""

    id: Number = Field(validation_alias="channel_id")
    name: Text = Field(validation_alias="channel_name")
    team_id: OptionalId
    managing_team_ids: Annotated[tuple[int, ...], NullIs(tuple)]


class Member(Wire):
    """Somebody in the list of members; their person is looked up with `persons` (schema MemberItem)."""

    id: int = Field(validation_alias="member_id")
    name: Text = Field(validation_alias="member_name")
    email: OptionalText = Field(repr=False)
    status: OptionalText


class Members(Wire):
    """A page of `/member/list`."""

    items: Annotated[tuple[Member, ...], NullIs(tuple)]
