import { exactTime, formatDate } from "./dates.js";
import { h } from "./dom.js";
import { glyph } from "./emoji.js";
import { anchor, broadcast, channelLink, person } from "./mrkdwn.js";

// docs.slack.dev/reference/block-kit/blocks/rich-text-block: text here needs no escaping and takes no markup.

/** Renders the elements of a rich_text block. */
export const renderRichText = (block) => h("div", { class: "rich" }, block.elements.map(part));

const PARTS = {
  rich_text_section: (element) => h("div", { class: "line" }, pieces(element)),
  rich_text_preformatted: (element) => h("pre", { class: "fence" }, h("code", null, pieces(element))),
  rich_text_quote: (element) => h("blockquote", null, pieces(element)),
  rich_text_list: (element) => {
    const props = { class: element.border ? "bordered" : null, vars: { depth: element.indent ?? 0 } };
    if (element.style === "ordered") props.start = (element.offset ?? 0) + 1;
    return h(element.style === "ordered" ? "ol" : "ul", props, element.elements.map((item) => h("li", null, pieces(item))));
  },
};

const part = (element) => PARTS[element.type]?.(element) ?? undrawn(element);
const undrawn = ({ type }) => h("span", { class: "undrawn" }, `${type} is not drawn here`);
const pieces = (element) => element.elements.map((piece) => dressed(piece, PIECES[piece.type]?.(piece) ?? undrawn(piece)));

const PIECES = {
  text: (piece) => piece.text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line])),
  link: (piece) => anchor(piece.url, [piece.text || piece.url]),
  emoji: (piece) => h("span", { class: "emoji", role: "img", "aria-label": piece.name }, glyph(piece.name) ?? `:${piece.name}:`),
  user: (piece) => person(piece.user_id),
  channel: (piece) => channelLink(piece.channel_id),
  usergroup: (piece) => broadcast(`subteam^${piece.usergroup_id}`),
  broadcast: (piece) => broadcast(piece.range),
  date: (piece) => {
    const at = new Date(piece.timestamp * 1000);
    return h("time", { datetime: at.toISOString(), title: exactTime(at) }, formatDate(piece.timestamp, piece.format));
  },
  color: (piece) => h("code", { class: "span" }, piece.value),
};

const DRESSES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];

function dressed(piece, nodes) {
  return DRESSES.filter(([style]) => piece.style?.[style]).reduce(
    (held, [style, tag]) => h(tag, { class: style === "code" ? "span" : null }, held),
    nodes,
  );
}
