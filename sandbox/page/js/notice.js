import { byId, h } from "./dom.js";

/** Shows a short sentence about the stage itself, such as "Flashduty hangs"; it leaves by itself. */
export function toast(sentence, tone = "calm") {
  const node = h("div", { class: `toast ${tone}` }, sentence);
  byId("toasts").append(node);
  node.addEventListener("animationend", (event) => event.animationName === "toast-out" && node.remove());
}
