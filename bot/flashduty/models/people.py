"""People, teams, channels and permissions of a Flashduty account."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import FailFast, Field

from bot.flashduty.wire import Count, InvalidIs, NullIs, Number, OptionalId, OptionalText, Text, Wire


class Person(Wire):
    """A person in Flashduty, including pending and deleted ones (schema PersonItem)."""

    id: int = Field(validation_alias="person_id")
    name: Text = Field(validation_alias="person_name")
    email: OptionalText = Field(repr=False)
    phone: OptionalText = Field(repr=False)
    """Masked, such as `+86185****0300`."""
    locale: OptionalText = Field(repr=False)
    time_zone: OptionalText = Field(repr=False)
    status: OptionalText
    is_address_verified: Annotated[bool | None, InvalidIs(None)] = Field(validation_alias="email_verified", repr=False)


class People(Wire):
    """The response of `/person/infos`."""

    items: Annotated[tuple[Person, ...], FailFast(), NullIs(tuple)]


class KeyOwner(Wire):
    """The owner of an APP Key: everything done with it is attributed to them (schema MemberInfoResponse)."""

    member_id: OptionalId
    member_name: Text
    email: OptionalText = Field(repr=False)
    locale: OptionalText = Field(repr=False)
    account_id: OptionalId
    account_name: Text
    role_ids: Annotated[tuple[int, ...], FailFast(), NullIs(tuple)] = Field(validation_alias="account_role_ids")

    @property
    def name(self) -> str:
        """The name, or the e-mail address."""
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
        """Whether it is disabled."""
        return self.status == "disabled"


class FlashdutyChannels(Wire):
    """The response of `/channel/infos`, whose channels have no teams (schema ChannelShort)."""

    items: Annotated[tuple[FlashdutyChannel, ...], FailFast(), NullIs(tuple)]


class FlashdutyTeam(Wire):
    """A team of Flashduty (schema TeamBriefItem)."""

    id: Number = Field(validation_alias="team_id")
    name: Text = Field(validation_alias="team_name")


class FlashdutyTeams(Wire):
    """The response of `/team/infos`."""

    items: Annotated[tuple[FlashdutyTeam, ...], FailFast(), NullIs(tuple)]


class KeyPermission(Wire):
    """A permission of a role (schema PermissionItem)."""

    name: Text = Field(validation_alias="permission_name")


class KeyPermissions(Wire):
    """The response of `/role/permission/list`."""

    items: Annotated[tuple[KeyPermission, ...], FailFast(), NullIs(tuple)]


class Member(Wire):
    """A member of the account; `persons` looks up the person (schema MemberItem)."""

    id: int = Field(validation_alias="member_id")
    name: Text = Field(validation_alias="member_name")
    email: OptionalText = Field(repr=False)
    status: OptionalText

    @property
    def is_active(self) -> bool:
        """Whether they accepted the invitation and were not removed."""
        return self.status in {None, "enabled"}


class Members(Wire):
    """A page of `/member/list`, which does not say whether there are more; `total` may be more than there are."""

    items: Annotated[tuple[Member, ...], FailFast(), NullIs(tuple)]
    total: Count


@dataclass(frozen=True)
class AllMembers:
    """Members of the account; `is_complete` when there are no others."""

    members: tuple[Member, ...] = ()
    is_complete: bool = True
