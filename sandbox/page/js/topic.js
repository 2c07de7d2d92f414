import { withGlyphs } from "./emoji.js";
import { decoded } from "./mrkdwn.js";
import { handleOf, nameOf, world } from "./workspace.js";

const SEQUENCE = /<([^<>|]*)(?:\|([^<>]*))?>/g;

/** Gives a topic as one line of text; Slack keeps it with entities, ids and the names of emoji. */
export const topicText = (topic) => decoded(withGlyphs(topic ?? "").replace(SEQUENCE, named));

function named(_, target, label) {
  if (target.startsWith("@")) return `@${nameOf(target.slice(1)) ?? label ?? target.slice(1)}`;
  if (target.startsWith("#")) return `#${world.channels.get(target.slice(1))?.name ?? label ?? "unknown channel"}`;
  if (target.startsWith("!subteam^")) return `@${handleOf(target.slice("!subteam^".length)) ?? label ?? "group"}`;
  if (target.startsWith("!date^")) return label ?? "";
  return target.startsWith("!") ? `@${target.slice(1)}` : label ?? target;
}
