"""People, teams, channels and permissions of a Flashduty account."""

from typing import Annotated

from pydantic import FailFast, Field

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

    items: Annotated[tuple[Person, ...], FailFast(), NullIs(tuple)]


class KeyOwner(Wire):
    """Whose APP Key it is: all that is done with it appears as done by them (schema MemberInfoResponse)."""

    member_id: OptionalId
    member_name: Text
    email: OptionalText = Field(repr=False)
    account_id: OptionalId
    account_name: Text
    role_ids: Annotated[tuple[int, ...], FailFast(), NullIs(tuple)] = Field(validation_alias="account_role_ids")

    @property
    def name(self) -> str:
        """Their name, or their e-mail address."""
        return self.member_name or self.email or "its owner"


class FlashdutyChannel(Wire):
    """A channel of Flashduty, and the teams that own and manage it (schema ChannelItem)."""

    id: Number = Field(validation_alias="channel_id")
    name: Text = Field(validation_alias="channel_name")
    team_id: OptionalId
    managing_team_ids: Annotated[tuple[int, ...], FailFast(), NullIs(tuple)]
    status: OptionalText

    @property
    def is_disabled(self) -> bool:
        """Whether it is switched off."""
        return self.status == "disabled"


class FlashdutyChannels(Wire):
    """The answer of `/channel/infos`, whose channels have no teams (schema ChannelShort)."""

    items: Annotated[tuple[FlashdutyChannel, ...], FailFast(), NullIs(tuple)]


class FlashdutyTeam(Wire):
    """A team of Flashduty (schema TeamBriefItem)."""

    id: Number = Field(validation_alias="team_id")
    name: Text = Field(validation_alias="team_name")


class FlashdutyTeams(Wire):
    """The answer of `/team/infos`."""

    items: Annotated[tuple[FlashdutyTeam, ...], FailFast(), NullIs(tuple)]


class KeyPermission(Wire):
    """Something that a role allows (schema PermissionItem)."""

    name: Text = Field(validation_alias="permission_name")


class KeyPermissions(Wire):
    """The answer of `/role/permission/list`."""

    items: Annotated[tuple[KeyPermission, ...], FailFast(), NullIs(tuple)]


class Member(Wire):
    """Somebody in the list of members; their person is looked up with `persons` (schema MemberItem)."""

    id: int = Field(validation_alias="member_id")
    name: Text = Field(validation_alias="member_name")
    email: OptionalText = Field(repr=False)
    status: OptionalText


class Members(Wire):
    """A page of `/member/list`."""

    items: Annotated[tuple[Member, ...], FailFast(), NullIs(tuple)]
