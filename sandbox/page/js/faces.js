import { h, icon } from "./dom.js";
import { botUser, nameOf, world } from "./workspace.js";

const HUES = [196, 14, 264, 330, 90, 226, 160, 40];

/** Draws a person's square: initials on a colour that stays theirs; the bot and the workspace have a sign of their own. */
export function face(id, size = "") {
  if (id === botUser()) return h("span", { class: `face bot ${size}`, "aria-hidden": "true" }, icon("pager"));
  if (id === "USLACKBOT") return h("span", { class: `face system ${size}`, "aria-hidden": "true" }, icon("anchor"));
  const name = nameOf(id) ?? "?";
  const hue = HUES[Math.max(0, [...world.people.keys()].indexOf(id)) % HUES.length];
  return h("span", { class: `face ${size}`, vars: { hue }, "aria-hidden": "true" }, initials(name));
}

function initials(name) {
  const words = name.split(/\s+/);
  return words.length > 1 ? words[0][0] + words.at(-1)[0] : [...name].slice(0, 2).join("");
}
