import { pretendNow, world } from "./workspace.js";

// What Slack itself says to one person; the sandbox's server never sees it, and it is gone with the page.
const said = [];

/**
 * Says something to the acting person, as Slack does when an app cannot; it stands after the message `after`.
 * The page's idea of the pretend time is a little behind the server's.
 */
export function tell(channel, text, { thread = null, after = "0" } = {}) {
  said.push({
    ts: Math.max(pretendNow().getTime() / 1000, Number(after) + 0.000001).toFixed(6),
    channel,
    thread_ts: thread,
    user: "USLACKBOT",
    name: "Slackbot",
    to: world.me.id,
    text,
    ephemeral: true,
    local: true,
  });
}

/** Lists what the acting person was told in a conversation. */
export const toldIn = (channel) => said.filter((message) => message.channel === channel && message.to === world.me.id);

/** Refuses a command in a thread, in Slack's words. */
export const notInThreads = (command) => `${command} is not supported in threads. Sorry!`;

/** Refuses a command nobody has registered, in Slack's words. */
export const notACommand = (command) =>
  `\`${command}\` is not a valid command. In Slack, all messages that start with the “/” command are interpreted as commands.\n\n` +
  "If you are trying to send a message and not run a command, try preceding the “/” with an empty space.";
