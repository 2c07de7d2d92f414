import { byId, h, icon } from "./dom.js";

const KEY = "tried";
const TRIES = [
  { fill: "/flashduty incidents", title: "See what is open" },
  { fill: "/flashduty oncall", title: "Ask who is on call" },
  { fill: "@Flashduty digest", title: "Ask by mention" },
];

let tried = new Set(JSON.parse(localStorage.getItem(KEY) ?? "[]"));
let fill = null;

/** Offers three things to try, each of which fills the message box; gone when all are done or somebody hides them. */
export function showHints(fillBox) {
  fill = fillBox;
  draw();
}

/** Notes what was sent, so that a suggestion that was followed is ticked. */
export function noteTried(sent) {
  const words = sent.replace(/^<@\w+>/, "@Flashduty");
  remember(TRIES.filter((one) => words.startsWith(one.fill)).map((one) => one.fill));
}

function remember(done) {
  tried = new Set([...tried, ...done]);
  localStorage.setItem(KEY, JSON.stringify([...tried]));
  draw();
}

function draw() {
  const isOver = TRIES.every((one) => tried.has(one.fill));
  byId("hints").replaceChildren(...(isOver || !fill ? [] : [strip()]));
}

const strip = () =>
  h(
    "section",
    { class: `hints${tried.size ? " begun" : ""}`, "aria-label": "Three things to try" },
    h("span", { class: "hints-title", "aria-hidden": "true" }, "Try"),
    TRIES.map(card),
    h("button", { class: "tool", type: "button", "aria-label": "Hide these suggestions", on: { click: () => remember(TRIES.map((one) => one.fill)) } }, icon("cross")),
  );

const card = ({ fill: text, title }) =>
  h(
    "button",
    { class: "hint-card", type: "button", on: { click: () => fill(text) } },
    h("span", { class: "hint-title" }, title, tried.has(text) && icon("check", "done")),
    h("code", null, text),
  );
