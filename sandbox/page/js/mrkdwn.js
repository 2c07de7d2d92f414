import { formatDate, exactTime } from "./dates.js";
import { h } from "./dom.js";
import { CODE, glyph, withGlyphs } from "./emoji.js";
import { nameOf, world } from "./workspace.js";

// docs.slack.dev/messaging/formatting-message-text
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const STYLES = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;
const BARE_ADDRESS = /^https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]}'"”’]/;
const QUOTE = /^(?:>|&gt;) ?/;
const QUOTE_REST = /^(?:>>>|&gt;&gt;&gt;) ?/;
const BULLET = /^(\s*)([•◦▪]) (.*)$/;

/** Renders Slack markup as DOM nodes; `verbatim` leaves bare addresses alone. */
export function renderMrkdwn(text, { verbatim = false } = {}) {
  const nodes = [];
  text.split(/```/).forEach((piece, index, all) => {
    const isFenced = index % 2 === 1 && index < all.length - 1;
    if (isFenced) nodes.push(h("pre", { class: "fence" }, h("code", null, decoded(piece.replace(/^\n|\n$/g, "")))));
    else nodes.push(...paragraphs((index % 2 === 1 ? "```" : "") + trimmedBeside(piece, index, all), verbatim));
  });
  return nodes;
}

function trimmedBeside(piece, index, all) {
  const afterFence = index > 0 ? piece.replace(/^\n/, "") : piece;
  return index < all.length - 1 ? afterFence.replace(/\n$/, "") : afterFence;
}

function paragraphs(text, verbatim) {
  if (text === "") return [];
  const nodes = [];
  let quoted = [];
  const endQuote = () => {
    if (quoted.length) nodes.push(h("blockquote", null, joined(quoted.map((line) => inline(line, verbatim)))));
    quoted = [];
  };
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (QUOTE_REST.test(line)) {
      quoted = [...quoted, line.replace(QUOTE_REST, ""), ...lines.slice(index + 1)];
      break;
    }
    if (QUOTE.test(line)) {
      quoted.push(line.replace(QUOTE, ""));
      continue;
    }
    endQuote();
    nodes.push(lineNode(line, verbatim));
  }
  endQuote();
  return nodes;
}

function lineNode(line, verbatim) {
  const bullet = BULLET.exec(line);
  if (bullet) {
    const depth = Math.floor(bullet[1].length / 2);
    return h("div", { class: "line bullet", vars: { depth } }, h("span", { class: "dot" }, bullet[2]), h("div", { class: "bullet-text" }, inline(bullet[3], verbatim)));
  }
  return h("div", { class: line.trim() ? "line" : "line blank" }, inline(line, verbatim));
}

const joined = (groups) => groups.flatMap((group, index) => (index ? [h("br"), ...group] : group));

/** Turns the three entities back into characters. */
export const decoded = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

function inline(text, verbatim) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(plain);
    plain = "";
  };
  for (let at = 0; at < text.length; ) {
    const found = special(text, at, verbatim);
    if (found?.node !== undefined) {
      flush();
      nodes.push(found.node);
    } else plain += found ? found.text : text[at];
    at += found ? found.length : 1;
  }
  flush();
  return nodes;
}

/** Recognises what begins at a position: {node|text, length}, or nothing for an ordinary character. */
function special(text, at, verbatim) {
  switch (text[at]) {
    case "<":
      return angle(text, at);
    case "&": {
      const entity = Object.keys(ENTITIES).find((known) => text.startsWith(known, at));
      return entity && { text: ENTITIES[entity], length: entity.length };
    }
    case "`":
      return codeSpan(text, at);
    case "*":
    case "_":
    case "~":
      return styled(text, at, verbatim);
    case ":":
      return emoji(text, at);
    case "h":
      return verbatim ? undefined : bareAddress(text, at);
    default:
      return undefined;
  }
}

function codeSpan(text, at) {
  const end = text.indexOf("`", at + 1);
  if (end <= at + 1) return undefined;
  return { node: h("code", { class: "span" }, decoded(text.slice(at + 1, end))), length: end + 1 - at };
}

function styled(text, at, verbatim) {
  const mark = text[at];
  if (at > 0 && WORD.test(before(text, at))) return undefined;
  if (!text[at + 1] || /\s/.test(text[at + 1]) || text[at + 1] === mark) return undefined;
  const end = closing(text, at, mark);
  if (end === -1) return undefined;
  return { node: h(STYLES[mark], null, inline(text.slice(at + 1, end), verbatim)), length: end + 1 - at };
}

function closing(text, at, mark) {
  for (let end = at + 2; end < text.length; end += 1) {
    if (text[end - 1] === "<" || text[end] === "<") end = Math.max(end, text.indexOf(">", end));
    else if (text[end] === mark && !/\s/.test(text[end - 1]) && !WORD.test(after(text, end))) return end;
  }
  return -1;
}

// Characters beyond the basic plane take two positions.
const before = (text, at) => [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? "";
const after = (text, at) => [...text.slice(at + 1, at + 3)][0] ?? "";

function emoji(text, at) {
  const found = CODE.exec(text.slice(at, at + 60));
  const drawn = found && glyph(found[1]);
  return drawn && { node: h("span", { class: "emoji", role: "img", "aria-label": found[1] }, drawn), length: found[0].length };
}

function bareAddress(text, at) {
  if (at > 0 && WORD.test(text[at - 1])) return undefined;
  const found = BARE_ADDRESS.exec(text.slice(at));
  return found && { node: anchor(decoded(found[0]), [decoded(found[0])]), length: found[0].length };
}

function angle(text, at) {
  const end = text.indexOf(">", at);
  if (end === -1) return undefined;
  const [target, ...rest] = text.slice(at + 1, end).split("|");
  const label = rest.length ? rest.join("|") : null;
  return { node: token(target, label), length: end + 1 - at };
}

function token(target, label) {
  if (target.startsWith("!date^")) return dateNode(target, label);
  if (target.startsWith("@")) return person(target.slice(1), label);
  if (target.startsWith("#")) return channelLink(target.slice(1), label);
  if (target.startsWith("!")) return broadcast(target.slice(1), label);
  return anchor(decoded(target), label === null ? [decoded(target)] : inline(label, true));
}

function dateNode(target, fallback) {
  const [, seconds, format, address] = target.split("^");
  const at = new Date(Number(seconds) * 1000);
  if (!format || Number.isNaN(at.getTime())) return decoded(fallback ?? "");
  const shown = h("time", { datetime: at.toISOString(), title: exactTime(at) }, formatDate(Number(seconds), decoded(format)));
  return address ? anchor(decoded(address), [shown]) : shown;
}

/** Draws the mention of a person. */
export function person(id, label = null) {
  const isMe = world.me?.id === id;
  const name = nameOf(id) ?? (label ? decoded(label) : id);
  return h("span", { class: isMe ? "mention me" : "mention" }, `@${name}`);
}

/** Draws the mention of a channel. */
export function channelLink(id, label = null) {
  const known = world.channels.get(id);
  const name = known?.name ?? (label ? decoded(label) : "unknown channel");
  return h("span", { class: "mention" }, `#${name}`);
}

/** Draws a mention that calls many people at once. */
export function broadcast(what, label = null) {
  if (what.startsWith("subteam^")) return userGroup(what.slice("subteam^".length), label);
  const name = what.split("^")[0];
  const isKnown = ["here", "channel", "everyone"].includes(name);
  return isKnown ? h("span", { class: "mention loud" }, `@${name}`) : decoded(label ?? `<${what}>`);
}

function userGroup(id, label) {
  const known = world.groups.get(id);
  const isMine = known?.users.includes(world.me?.id);
  return h("span", { class: isMine ? "mention me" : "mention" }, known ? `@${known.handle}` : label ? decoded(label) : "@group");
}

/** Links to a web or mail address; anything else leaves the label alone. */
export function anchor(address, label) {
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return h("span", null, label);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** Renders a plain_text object: no markup, shortcodes unless switched off. */
export function renderPlain(object) {
  const text = object.emoji === false ? object.text : withGlyphs(object.text);
  return joined(text.split("\n").map((line) => [line]));
}

/** Renders any text object. */
export function renderText(object) {
  return object.type === "mrkdwn" ? renderMrkdwn(object.text, object) : renderPlain(object);
}
