import { freshId, h } from "./dom.js";
import { face } from "./faces.js";
import { botName, botUser, nameOf, world } from "./workspace.js";

/**
 * Says what could be written at the caret: {from, items: [{insert, label, note, hint?, face?}], isWhole}.
 * `isWhole` means that the text makes sense as it stands, so that Enter sends it rather than taking the first item.
 */
export function suggestions(text, caret, { slash }) {
  const written = text.slice(0, caret);
  const mention = /(^|\s)@([^\s@]*)$/u.exec(written);
  if (mention) return { from: caret - mention[2].length - 1, items: people(mention[2]), isWhole: false };
  if (!slash || !written.startsWith("/")) return NOTHING;
  const [command] = written.split(" ", 1);
  const known = world.commands.find((one) => one.command === command);
  if (!written.includes(" ")) return { from: 0, items: commands(written), isWhole: Boolean(known) };
  const rest = written.slice(command.length + 1);
  if (!known || rest.includes(" ")) return NOTHING;
  return { from: command.length + 1, items: words(known, rest), isWhole: rest === "" };
}

const NOTHING = { from: 0, items: [], isWhole: true };

const commands = (written) =>
  world.commands
    .filter((one) => one.command.startsWith(written))
    .map((one) => ({ insert: `${one.command} `, label: one.command, hint: one.usage_hint, note: one.description }));

const words = (known, rest) =>
  (known.words ?? [])
    .map((word) => (typeof word === "string" ? { word, description: "" } : word))
    .filter(({ word }) => word.startsWith(rest.toLowerCase()) && word !== rest)
    .map(({ word, description, hint }) => ({ insert: hint ? `${word} ` : word, label: `${known.command} ${word}`, hint, note: description }));

function people(written) {
  const start = written.toLowerCase();
  return [botUser(), ...world.people.keys()]
    .filter((id) => id !== world.me.id && nameOf(id).toLowerCase().split(/\s/).some((word) => word.startsWith(start)))
    .map((id) => ({ insert: `@${nameOf(id)} `, label: nameOf(id), note: id === botUser() ? "App" : world.people.get(id).title, face: id }));
}

/** Turns typed text into what Slack stores: the three entities, and names of people as mentions. */
export function stored(text) {
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const names = [[botName(), botUser()], ...[...world.people.keys()].map((id) => [nameOf(id), id])];
  return names
    .sort(([one], [other]) => other.length - one.length)
    .reduce((held, [name, id]) => held.replaceAll(`@${name}`, `<@${id}>`), escaped);
}

/** The list above a message box. */
export class CompletionList {
  constructor(box, onPick) {
    this.box = box;
    this.onPick = onPick;
    this.items = [];
    this.current = 0;
    this.list = h("div", { class: "completion", role: "listbox", id: freshId("completion"), "aria-label": "Suggestions", hidden: true });
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", this.list.id);
    box.setAttribute("aria-expanded", "false");
  }

  get isOpen() {
    return !this.list.hidden;
  }

  show(items, isWhole = false) {
    this.items = items;
    this.current = isWhole ? -1 : 0;
    this.list.hidden = items.length === 0;
    this.box.setAttribute("aria-expanded", String(this.isOpen));
    this.list.replaceChildren(...items.map((item, index) => this.option(item, index)), keys());
    this.mark();
  }

  option(item, index) {
    const node = h(
      "div",
      { class: "option", role: "option", id: `${this.list.id}-${index}` },
      item.face && face(item.face, "small"),
      h("span", { class: "option-text" }, h("span", { class: "option-label" }, item.label, item.hint && h("span", { class: "option-hint" }, ` ${item.hint}`)), item.note && h("span", { class: "option-note" }, item.note)),
    );
    node.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.onPick(item);
    });
    node.addEventListener("pointermove", () => this.current !== index && this.move(index));
    return node;
  }

  move(index) {
    this.current = (index + this.items.length) % this.items.length;
    this.mark();
  }

  mark() {
    const options = [...this.list.querySelectorAll('[role="option"]')];
    options.forEach((node, index) => node.setAttribute("aria-selected", String(index === this.current)));
    const chosen = options[this.current];
    if (this.isOpen && chosen) this.box.setAttribute("aria-activedescendant", chosen.id);
    else this.box.removeAttribute("aria-activedescendant");
    if (this.isOpen) chosen?.scrollIntoView({ block: "nearest" });
  }

  /** Takes a key; true when it was meant for the list. */
  takes(event) {
    if (!this.isOpen) return false;
    const keys = {
      ArrowDown: () => this.move(this.current + 1),
      ArrowUp: () => this.move(Math.max(this.current, 0) - 1),
      Tab: () => this.onPick(this.items[Math.max(this.current, 0)]),
      Enter: () => this.onPick(this.items[this.current]),
      Escape: () => this.show([]),
    };
    const isSending = event.key === "Enter" && this.current === -1;
    if (!keys[event.key] || event.shiftKey || isSending) return false;
    event.preventDefault();
    keys[event.key]();
    return true;
  }
}

const keys = () =>
  h("div", { class: "keys", "aria-hidden": "true" }, h("kbd", null, "↑"), h("kbd", null, "↓"), " select ", h("kbd", null, "Tab"), " insert ", h("kbd", null, "Esc"), " close");
