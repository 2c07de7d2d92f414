import { byId, h, icon } from "./dom.js";
import { world } from "./workspace.js";

let follow = () => {};
let visit = () => {};

/** Connects the line above the message box; `go(news)` does what it proposes, `open(channel)` goes to the cards. */
export function setNews(go, open) {
  follow = go;
  visit = open;
}

/** Says what has happened in Flashduty, where its card is, and offers to look; null takes it away. */
export function showNews(news) {
  byId("news").replaceChildren(...(news ? [line(news)] : []));
}

const line = (news) =>
  h(
    "div",
    { class: "news" },
    h("span", { class: "news-text" }, news.sentence, h("span", { class: "quiet" }, " Type ", h("code", { class: "span" }, news.command), " to see it."), card(news.cards)),
    h("button", { class: "button primary", type: "button", "aria-label": `Type ${news.command}`, on: { click: () => leave(() => follow(news)) } }, h("span", null, "Show it")),
    h("button", { class: "tool", type: "button", "aria-label": "Hide this line", on: { click: () => leave() } }, icon("cross")),
  );

// Its channel is among the conversations of whoever looks, and not open already.
function card(id) {
  const channel = world.channels.get(id);
  if (!channel?.members.includes(world.me.id) || channel === world.channel) return null;
  return [" ", h("button", { class: "news-link", type: "button", on: { click: () => leave(() => visit(channel)) } }, `Its card is in #${channel.name}`)];
}

function leave(next) {
  showNews(null);
  next?.();
}
