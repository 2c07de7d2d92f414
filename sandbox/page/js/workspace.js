/** What the page knows: the workspace, who acts, and where they are. */
export const world = {
  team: null,
  bot: null,
  people: new Map(),
  channels: new Map(),
  groups: new Map(),
  commands: [],
  shortcuts: [],
  me: null,
  channel: null,
  thread: null,
  drift: 0,
};

export const KINDS = {
  responder: "Responder",
  member: "Member",
  guest: "Guest",
  stranger: "Other organisation",
};

/** Takes over what the sandbox says about the workspace. */
export function settle(told) {
  world.team = told.team;
  world.bot = told.bot;
  world.people = new Map(told.people.map((person) => [person.id, person]));
  world.channels = new Map(told.channels.map((channel) => [channel.id, channel]));
  world.groups = new Map(told.groups.map((group) => [group.id, group]));
  world.commands = told.commands;
  world.shortcuts = told.shortcuts;
  setClock(told.now);
}

/** Sets the pretend time; `now` is an ISO date or seconds since 1970. */
export function setClock(now) {
  const at = typeof now === "number" ? now * 1000 : Date.parse(now);
  if (Number.isFinite(at)) world.drift = at - Date.now();
}

export const pretendNow = () => new Date(Date.now() + world.drift);

/** Gives the time zone times are shown in: the acting person's, or the browser's. */
export const zone = () => world.me?.tz || Intl.DateTimeFormat().resolvedOptions().timeZone;

export const botUser = () => world.bot?.user_id || world.bot?.id;
export const botName = () => world.bot?.real_name || world.bot?.display_name || world.bot?.name || "Flashduty";

/** Names a person or the bot; null for an id nobody has. */
export function nameOf(id) {
  if (id === botUser()) return botName();
  const person = world.people.get(id);
  return person ? person.real_name || person.name : null;
}

/** Gives what a user group is called by; undefined for an id nobody has. */
export const handleOf = (id) => world.groups.get(id)?.handle;

export const isMember = (channel, person) => !channel.members || channel.members.includes(person.id);

/** Gives the language dates are written in: the acting person's; the browser's where that is the same language. */
export function language() {
  const locale = world.me?.locale ?? navigator.language;
  return navigator.language.slice(0, 2) === locale.slice(0, 2) ? navigator.language : locale;
}

/** Lists what the app offers beside the message box. */
export const globalShortcuts = () => world.shortcuts.filter((shortcut) => shortcut.kind === "global");

/** Lists what stands in the menu of a message. */
export const messageShortcuts = () => world.shortcuts.filter((shortcut) => shortcut.kind === "message");

/** Lists the channels the acting person is in, in the order the workspace gives. */
export const myChannels = () =>
  [...world.channels.values()].filter((channel) => channel.kind !== "im" && isMember(channel, world.me));

/** Finds the acting person's conversation with the bot. */
export const myDirectMessage = () =>
  [...world.channels.values()].find((channel) => channel.kind === "im" && isMember(channel, world.me));

/** Says what a conversation is called, as in its message box. */
export const titleOf = (channel) => (channel.kind === "im" ? botName() : `#${channel.name}`);
