import { byId } from "./dom.js";

const KEY = "wire";
const ROOMY_PX = 1180;
// As in layout.css: room for one panel beside the conversation, and for none, so that a panel covers it.
const tight = matchMedia("(max-width: 1380px)");
const narrow = matchMedia("(max-width: 1000px)");

let wantsWire = false;
let hasThread = false;
let leaveThread = () => {};

const remembered = () => (localStorage.getItem(KEY) ?? (innerWidth >= ROOMY_PX ? "open" : "shut")) === "open";
const showsWire = () => wantsWire && !(hasThread && tight.matches);

/** Connects the panel of requests; `closeThread()` makes way for it where there is room for one panel only. */
export function setPanels(closeThread) {
  leaveThread = closeThread;
  wantsWire = !narrow.matches && remembered();
  byId("wire-toggle").addEventListener("click", () => choose(!showsWire()));
  byId("wire-close").addEventListener("click", closeWire);
  byId("wire").addEventListener("keydown", (event) => event.key === "Escape" && closeWire());
  narrow.addEventListener("change", () => {
    wantsWire = !narrow.matches && remembered();
    show();
  });
  tight.addEventListener("change", show);
  show();
}

/** Notes that a thread was opened or closed. */
export function noteThread(isOpen) {
  hasThread = isOpen;
  if (isOpen && narrow.matches) wantsWire = false;
  document.body.classList.toggle("with-thread", isOpen);
  show();
}

/** Closes the panel of requests where it covers the conversation. */
export function uncover() {
  if (narrow.matches) wantsWire = false;
  show();
}

function choose(isOpen) {
  wantsWire = isOpen;
  // What covers the conversation is never what somebody wants to begin with.
  if (!narrow.matches) localStorage.setItem(KEY, isOpen ? "open" : "shut");
  if (isOpen && hasThread && tight.matches) leaveThread();
  show();
}

function closeWire() {
  choose(false);
  byId("wire-toggle").focus();
}

function show() {
  document.body.classList.toggle("with-wire", showsWire());
  byId("wire-toggle").setAttribute("aria-expanded", String(showsWire()));
}
