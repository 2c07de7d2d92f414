import { renderBlocks } from "./blocks.js";
import { dayKey, dayTitle, exactTime, timeOfDay } from "./dates.js";
import { h, icon } from "./dom.js";
import { face } from "./faces.js";
import { renderFiles } from "./files.js";
import { openMenu } from "./menu.js";
import { renderMrkdwn } from "./mrkdwn.js";
import { phone } from "./phone.js";
import { topicText } from "./topic.js";
import { botName, messageShortcuts, nameOf, world } from "./workspace.js";

const SAME_BREATH_SECONDS = 300;

/** Keeps a list of messages on the screen; unchanged ones keep their nodes, and with them the focus. */
export class MessageList {
  /**
   * `press(message, block, element, chosen)` sends a press, `suggest(message, block, element, text)` asks for options,
   * `choose(message, shortcut)` chooses from a message's menu, `remove(message)` deletes it; `openThread(message)` is
   * absent inside a thread.
   */
  constructor(container, { press, suggest, choose, remove, openThread }) {
    this.container = container;
    this.press = press;
    this.suggest = suggest;
    this.choose = choose;
    this.remove = remove;
    this.openThread = openThread;
    this.drawn = new Map();
  }

  /** Draws the messages, in order; `replies` holds those of each thread by the time stamp of its root. */
  show(messages, replies = new Map()) {
    const focused = this.focusedControl();
    const kept = new Map();
    const nodes = [];
    messages.forEach((message, index) => {
      const previous = messages[index - 1];
      if (!previous || day(previous) !== day(message)) nodes.push(this.dayLine(message));
      const node = this.node(message, follows(previous, message), replies.get(message.ts) ?? []);
      kept.set(node.dataset.key, node);
      nodes.push(node);
    });
    this.drawn = kept;
    arrange(this.container, nodes);
    this.refocus(focused);
  }

  /** Forgets every node, for another person's eyes. */
  clear() {
    this.drawn = new Map();
    this.container.replaceChildren();
  }

  node(message, isFollowing, replies) {
    const key = JSON.stringify([message, isFollowing, replies.map((reply) => reply.ts)]);
    const known = [...this.drawn.values()].find((node) => node.dataset.ts === message.ts && node.key === key);
    if (known) return known;
    const node = this.draw(message, isFollowing, replies);
    node.key = key;
    node.dataset.key = `${message.ts}${message.ephemeral ? "e" : ""}`;
    return node;
  }

  dayLine(message) {
    return h("div", { class: "day", role: "separator", data: { key: `day-${day(message)}` } }, h("span", null, dayTitle(moment(message))));
  }

  draw(message, isFollowing, replies) {
    const who = author(message);
    const at = moment(message);
    if (message.subtype === "channel_topic") return topicChange(message, who, at);
    const isGone = message.subtype === "tombstone";
    return h(
      "article",
      { class: `message${isFollowing ? " following" : ""}${message.ephemeral ? " private" : ""}${isGone ? " gone" : ""}`, data: { ts: message.ts }, "aria-label": `${who}, ${timeOfDay(at)}${message.ephemeral ? ", only visible to you" : ""}` },
      isFollowing ? h("time", { class: "gutter-time", datetime: at.toISOString() }, timeOfDay(at).replace(/\s?[AP]M$/i, "")) : face(message.user),
      h(
        "div",
        { class: "message-main" },
        message.ephemeral && h("div", { class: "only-you" }, icon("eye"), "Only visible to you"),
        !isFollowing && byline(message, who, at),
        this.body(message),
        message.files?.length > 0 && renderFiles(message.files),
        replies.length > 0 && this.threadLink(message, replies),
      ),
      !message.ephemeral && !message.local && this.toolbar(message),
    );
  }

  body(message) {
    const press = (block, element, chosen) => this.press(message, block, element, chosen);
    const suggest = (block, element, text) => this.suggest(message, block, element, text);
    const site = { press, suggest };
    return [message.blocks?.length ? renderBlocks(message.blocks, site) : written(message), ...attachments(message, site)];
  }

  threadLink(message, replies) {
    const authors = [...new Set(replies.map((reply) => reply.user))].slice(0, 4);
    const count = `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`;
    return h(
      "button",
      { class: "thread-link", type: "button", on: { click: () => this.openThread?.(message) } },
      h("span", { class: "faces" }, authors.map((id) => face(id, "small"))),
      h("strong", null, count),
      h("span", { class: "quiet" }, `Last at ${timeOfDay(moment(replies.at(-1)))}`),
    );
  }

  toolbar(message) {
    const shortcuts = message.subtype === "tombstone" ? [] : messageShortcuts();
    const mayDelete = message.subtype !== "tombstone" && (message.is_bot || message.user === world.me.id);
    if (!this.openThread && !shortcuts.length && !mayDelete) return null;
    return h(
      "div",
      { class: "toolbar" },
      this.openThread && h("button", { class: "tool", type: "button", title: "Reply in thread", "aria-label": "Reply in thread", on: { click: () => this.openThread(message) } }, icon("thread")),
      (shortcuts.length > 0 || mayDelete) && this.menu(message, shortcuts, mayDelete),
    );
  }

  menu(message, shortcuts, mayDelete) {
    const node = h("button", { class: "tool", type: "button", title: "More actions", "aria-label": "More actions", "aria-haspopup": "listbox", "aria-expanded": "false" }, icon("more"));
    const items = shortcuts.map((shortcut) => ({ label: shortcut.name, note: botName(), shortcut }));
    if (mayDelete) items.push({ label: "Delete message", danger: true, value: "delete" });
    node.addEventListener("click", () => openMenu(node, items, ({ shortcut }) => (shortcut ? this.choose(message, shortcut) : this.remove(message))));
    return node;
  }

  focusedControl() {
    const active = document.activeElement;
    if (!this.container.contains(active)) return null;
    return { ts: active.closest("article")?.dataset.ts, action: active.dataset.action };
  }

  // A redrawn message has other buttons: the focus goes to the same one, or else to the first that is left.
  refocus(focused) {
    if (!focused?.ts || this.container.contains(document.activeElement)) return;
    const node = this.container.querySelector(`article[data-ts="${CSS.escape(focused.ts)}"]`);
    const same = focused.action && node?.querySelector(`[data-action="${CSS.escape(focused.action)}"]`);
    (same || node?.querySelector("button"))?.focus({ preventScroll: true });
  }
}

const written = (message) =>
  message.text ? h("div", { class: "text" }, renderMrkdwn(message.text), message.edited && h("span", { class: "edited" }, "(edited)")) : null;

// docs.slack.dev/reference/messaging/attachments: below the blocks, with a bar in its colour.
const COLOURS = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

const attachments = (message, site) =>
  (message.attachments ?? [])
    .filter((attachment) => attachment.blocks?.length)
    .map((attachment) => h("div", { class: "attachment", vars: { bar: COLOURS[attachment.color] ?? attachment.color ?? "var(--edge-strong)" } }, renderBlocks(attachment.blocks, site)));

export const moment = (message) => new Date(Number(message.ts) * 1000);
const day = (message) => dayKey(moment(message));

const author = (message) => (message.is_bot ? (message.name ?? "Flashduty") : (nameOf(message.user) ?? message.name));

// A line of Slack's own: nobody answers it, and it is not part of anybody's talk.
function topicChange(message, who, at) {
  const text = topicText(message.topic);
  return h(
    "article",
    { class: "message system", data: { ts: message.ts }, "aria-label": `${who}, ${timeOfDay(at)}` },
    face(message.user, "small"),
    h("div", { class: "message-main" }, h("span", { class: "who" }, who), ` set the channel topic: ${text} `, h("time", { datetime: at.toISOString(), title: exactTime(at) }, timeOfDay(at))),
  );
}

function byline(message, who, at) {
  return h(
    "div",
    { class: "byline" },
    h("span", { class: "who" }, who),
    message.is_bot && h("span", { class: "badge" }, "APP"),
    h("time", { class: "quiet", datetime: at.toISOString(), title: exactTime(at) }, timeOfDay(at)),
  );
}

function follows(previous, message) {
  if (phone.matches || !previous || previous.user !== message.user || previous.subtype === "channel_topic") return false;
  if (previous.ephemeral || message.ephemeral || day(previous) !== day(message)) return false;
  return Number(message.ts) - Number(previous.ts) < SAME_BREATH_SECONDS;
}

/** Brings the children of a container into an order, touching only those that change. */
function arrange(container, nodes) {
  const wanted = new Set(nodes);
  [...container.children].filter((child) => !wanted.has(child)).forEach((child) => child.remove());
  nodes.forEach((node, index) => {
    if (container.children[index] !== node) container.insertBefore(node, container.children[index] ?? null);
  });
}
