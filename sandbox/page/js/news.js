import { byId, h, icon } from "./dom.js";

let follow = () => {};

/** Connects the line above the message box; `go(news)` does what it proposes. */
export function setNews(go) {
  follow = go;
}

/** Says what has happened in Flashduty and shows nothing in Slack by itself, and offers to look; null takes it away. */
export function showNews(news) {
  byId("news").replaceChildren(...(news ? [line(news)] : []));
}

const line = (news) =>
  h(
    "div",
    { class: "news" },
    h("span", { class: "news-text" }, news.sentence, h("span", { class: "quiet" }, " Type ", h("code", { class: "span" }, news.command), " to see it.")),
    h("button", { class: "button primary", type: "button", "aria-label": `Type ${news.command}`, on: { click: () => leave(() => follow(news)) } }, h("span", null, "Show it")),
    h("button", { class: "tool", type: "button", "aria-label": "Hide this line", on: { click: () => leave() } }, icon("cross")),
  );

function leave(next) {
  showNews(null);
  next?.();
}
