import { CompletionList, stored, suggestions } from "./completion.js";
import { h, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { botName } from "./workspace.js";

/** A message box: grows with its text, completes commands and names, sends on Enter. */
export class Composer {
  /**
   * `send(text)` gets what Slack would store; `slash` says whether commands are offered (threads have none), and
   * `shortcuts()` which shortcuts, of which `choose(shortcut)` gets one.
   */
  constructor(container, { send, slash, shortcuts = () => [], choose }) {
    this.slash = slash;
    this.shortcuts = shortcuts;
    this.choose = choose;
    this.send = send;
    this.box = h("textarea", { class: "box", rows: "1", spellcheck: "false", autocomplete: "off", "aria-multiline": "true" });
    this.completion = new CompletionList(this.box, (item) => this.take(item));
    this.button = h("button", { class: "send", type: "submit", "aria-label": "Send", disabled: true }, icon("send"));
    const form = (this.form = h("form", { class: "composer" }, this.completion.list, this.box, h("div", { class: "composer-foot" }, this.keys(), this.button)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.box.addEventListener("input", () => this.changed());
    this.box.addEventListener("click", () => this.suggest());
    this.box.addEventListener("blur", () => this.completion.show([]));
    container.replaceChildren(form);
  }

  keys() {
    const press = (insert) => () => this.insert(insert);
    const key = (sign, label, insert) => h("button", { class: "tool", type: "button", title: label, "aria-label": label, data: { tool: sign }, on: { click: press(insert) } }, sign);
    return h("div", { class: "composer-tools" }, this.slash && this.shortcutsKey(), this.slash && key("/", "Run a command", "/"), key("@", "Mention somebody", "@"), h("span", { class: "quiet" }, h("kbd", null, "Enter"), " sends"));
  }

  shortcutsKey() {
    const node = h("button", { class: "tool", type: "button", title: "Shortcuts", "aria-label": "Shortcuts", "aria-haspopup": "listbox", "aria-expanded": "false", data: { tool: "+" } }, icon("shortcuts"));
    node.addEventListener("click", () => openMenu(node, this.shortcuts().map((shortcut) => ({ label: shortcut.name, note: botName(), shortcut })), ({ shortcut }) => this.choose(shortcut), { title: "Shortcuts" }));
    return node;
  }

  /** Names the box as Slack does, for example "Message #payments-oncall". */
  call(label) {
    this.form.classList.toggle("without-shortcuts", this.shortcuts().length === 0);
    this.box.placeholder = label;
    this.box.setAttribute("aria-label", label);
  }

  /** Fills the box and waits for Enter. */
  fill(text) {
    this.box.value = text;
    this.box.focus();
    this.box.setSelectionRange(text.length, text.length);
    this.changed();
    this.completion.show([]);
  }

  insert(text) {
    const isCommand = text === "/";
    const value = this.box.value;
    if (isCommand) this.box.value = value.startsWith("/") ? value : `/${value}`;
    else this.box.value = `${value}${value && !value.endsWith(" ") ? " " : ""}${text}`;
    const caret = isCommand ? 1 : this.box.value.length;
    this.box.focus();
    this.box.setSelectionRange(caret, caret);
    this.changed();
  }

  take(item) {
    const caret = this.box.selectionStart;
    const { from } = suggestions(this.box.value, caret, this);
    this.box.setRangeText(item.insert, from, caret, "end");
    this.changed();
  }

  changed() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 200)}px`;
    this.button.disabled = this.box.value.trim() === "";
    this.suggest();
  }

  suggest() {
    const { items, isWhole } = suggestions(this.box.value, this.box.selectionStart, this);
    this.completion.show(items, isWhole);
  }

  onKey(event) {
    if (event.isComposing || this.completion.takes(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  submit() {
    const text = this.box.value.trim();
    if (!text) return;
    this.box.value = "";
    this.changed();
    this.send(text.startsWith("/") ? text : stored(text));
  }
}
