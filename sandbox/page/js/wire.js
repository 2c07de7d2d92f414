import { byId, h } from "./dom.js";

const PAUSE_MS = 1500;
const BREATH_MS = 25;
const SHORT_NOTE = 24;
const LEAST_SCALE_MS = 120;
const MOST_BURSTS = 40;
const DEADLINE_MS = 3000;

const WAYS = {
  "slack→bot": { words: "Slack to bot", tone: "in" },
  "bot→slack": { words: "bot to Slack", tone: "out" },
  "bot→flashduty": { words: "bot to Flashduty", tone: "duty" },
  "flashduty→bot": { words: "Flashduty to bot", tone: "hook" },
};

/**
 * The panel of requests. Those that follow each other closely make a burst, and a burst shares one time axis:
 * a bar begins where its request began, so that one sees what waited for what.
 */
export class Wire {
  constructor() {
    this.list = byId("wire-list");
    this.bursts = [];
    this.known = new Set();
    byId("wire-clear").addEventListener("click", () => this.clear());
  }

  add(request) {
    if (this.known.has(request.id)) return;
    this.known.add(request.id);
    const row = { ...request, start: startOf(request), ms: request.ms ?? 0 };
    const burst = this.burstOf(row) ?? this.begin(row);
    burst.rows.push(row);
    burst.rows.sort((one, other) => one.start - other.start);
    burst.start = Math.min(burst.start, row.start);
    burst.end = Math.max(burst.end, row.start + row.ms);
    this.draw(burst);
    byId("wire-empty").hidden = true;
  }

  // What somebody does begins a burst of its own; everything else belongs to the latest burst it may have come from.
  burstOf(row) {
    const pause = row.direction === "slack→bot" ? BREATH_MS : PAUSE_MS;
    return this.bursts.findLast((burst) => row.start >= burst.start - BREATH_MS && row.start - burst.end < pause);
  }

  begin(row) {
    const node = h("li", { class: "burst" });
    const burst = { node, rows: [], start: row.start, end: row.start };
    this.bursts.push(burst);
    this.list.prepend(node);
    if (this.bursts.length > MOST_BURSTS) this.bursts.shift().node.remove();
    return burst;
  }

  draw(burst) {
    const span = Math.max(LEAST_SCALE_MS, burst.end - burst.start);
    burst.node.replaceChildren(
      h("div", { class: "burst-head" }, h("time", null, clock(burst.start)), h("span", null, `${burst.rows.length} ${burst.rows.length === 1 ? "request" : "requests"}`), h("span", { class: "axis" }, `${amount(span)}`)),
      h("ol", null, burst.rows.map((row) => rowNode(row, burst.start, span))),
    );
  }

  clear() {
    this.bursts = [];
    this.list.replaceChildren();
    byId("wire-empty").hidden = false;
  }
}

// `at` is when a request began: an ISO date or seconds since 1970.
function startOf(request) {
  return typeof request.at === "number" ? request.at * 1000 : Date.parse(request.at);
}

function rowNode(row, start, span) {
  const way = WAYS[row.direction] ?? { words: row.direction, tone: "out" };
  const isBad = isTrouble(row.status);
  const isShort = Boolean(row.note) && row.note.length <= SHORT_NOTE;
  const vars = { from: `${((row.start - start) / span) * 100}%`, size: `${(row.ms / span) * 100}%` };
  return h(
    "li",
    { class: `request ${way.tone}${isBad ? " bad" : ""}${row.ms >= DEADLINE_MS ? " late" : ""}` },
    h("span", { class: "what", title: `${way.words}: ${row.what}` }, h("span", { class: "unseen" }, `${way.words}: `), row.what, isShort && h("span", { class: "quiet" }, ` ${row.note}`)),
    h("span", { class: "status" }, row.status === null || row.status === undefined ? "…" : String(row.status)),
    h("span", { class: "track", "aria-hidden": "true" }, h("span", { class: "bar", vars })),
    h("span", { class: "ms" }, amount(row.ms)),
    row.note && !isShort && h("span", { class: "note" }, row.note),
  );
}

function isTrouble(status) {
  if (typeof status === "number") return status >= 400 || status === 0;
  return Boolean(status) && !/^(ok|acked|2\d\d\b)/i.test(String(status));
}

function amount(ms) {
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms < 10000 ? 2 : 1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { hour12: false });
