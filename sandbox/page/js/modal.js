import { renderBlocks } from "./blocks.js";
import { h, icon } from "./dom.js";

/** Shows the views an app has opened for the acting person, the newest on top. */
export class Modals {
  /** `submit(view, values)` resolves to errors by block id, or nothing; `close(view)` leaves; `press` sends a press; `suggest` asks for options. */
  constructor({ submit, close, press, suggest }) {
    this.sendSubmit = submit;
    this.sendClose = close;
    this.sendPress = press;
    this.askOptions = suggest;
    this.dialog = null;
    this.values = new Map();
  }

  /** Takes the stack of open views. */
  show(views) {
    const view = views.at(-1);
    if (!view) return this.remove();
    const key = JSON.stringify(view);
    if (this.key === key) return undefined;
    if (this.view?.id !== view.id) this.values = new Map();
    this.key = key;
    this.view = view;
    return this.draw(view);
  }

  remove() {
    if (!this.dialog) return;
    this.dialog.remove();
    this.dialog = this.view = this.key = null;
    this.refocus();
  }

  // To where the form was opened from, though what it did may have drawn that anew.
  refocus() {
    const { node, ts, action } = this.opener;
    const message = ts && document.querySelector(`article[data-ts="${CSS.escape(ts)}"]`);
    const again = action && (message ?? document).querySelector(`[data-action="${CSS.escape(action)}"]`);
    const target = [node, again, message?.querySelector("button"), document.getElementById("messages-pane")].find((one) => one?.isConnected);
    target?.focus({ preventScroll: true });
  }

  draw(view) {
    const previous = this.dialog;
    const active = document.activeElement;
    if (!previous) this.opener = { node: active === document.body ? null : active, ts: active?.closest("article")?.dataset.ts, action: active?.dataset.action };
    const form = h("form", { class: "dialog-form", novalidate: true }, this.head(view), h("div", { class: "dialog-body" }, this.blocks(view)), this.foot(view));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(view);
    });
    this.dialog = h("dialog", { class: "dialog view", "aria-label": view.title.text }, form);
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.sendClose(view);
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
    previous?.remove();
  }

  head(view) {
    return h(
      "header",
      { class: "dialog-head" },
      h("h2", null, view.title.text),
      h("button", { class: "tool", type: "button", "aria-label": "Close", on: { click: () => this.sendClose(view) } }, icon("cross")),
    );
  }

  foot(view) {
    return h(
      "footer",
      { class: "dialog-foot" },
      h("button", { class: "button", type: "button", on: { click: () => this.sendClose(view) } }, view.close?.text ?? "Cancel"),
      view.submit && h("button", { class: "button primary", type: "submit" }, view.submit.text),
    );
  }

  blocks(view) {
    return renderBlocks(view.blocks.map((block) => this.carriedOver(block)), {
      press: (block, element, chosen) => this.sendPress(view, block, element, chosen),
      suggest: (block, element, text) => this.askOptions(view, block, element, text),
      hold: (block, element, value) => this.values.set(`${block.block_id}\n${element.action_id}`, [block, element, value]),
    });
  }

  // Slack keeps what was typed when a view is updated and an input keeps its block_id and action_id.
  carriedOver(block) {
    const held = block.element && this.values.get(`${block.block_id}\n${block.element.action_id}`);
    if (!held) return block;
    if (held[2].selected_option) return { ...block, element: { ...block.element, initial_option: held[2].selected_option } };
    return held[2].value === undefined ? block : { ...block, element: { ...block.element, initial_value: held[2].value ?? "" } };
  }

  async submit(view) {
    const ids = new Set(view.blocks.map((block) => block.block_id));
    const held = [...this.values.values()].filter(([block]) => ids.has(block.block_id));
    const missing = held.filter(([block, , value]) => block.type === "input" && !block.optional && isEmpty(value));
    this.showErrors(Object.fromEntries(missing.map(([block]) => [block.block_id, "Please complete this required field."])));
    if (missing.length) return;
    const values = {};
    for (const [block, element, value] of held) (values[block.block_id] ??= {})[element.action_id] = value;
    const errors = await this.sendSubmit(view, values);
    if (errors) this.showErrors(errors);
  }

  showErrors(errors) {
    for (const node of this.dialog?.querySelectorAll(".block.input") ?? []) {
      const sentence = errors[node.dataset.block] ?? "";
      node.classList.toggle("wrong", Boolean(sentence));
      node.querySelector(".field-error").textContent = sentence;
    }
    this.dialog?.querySelector(".block.input.wrong :is(input, textarea, button)")?.focus();
  }
}

function isEmpty(value) {
  const { type, ...held } = value;
  const [one] = Object.values(held);
  return one === null || one === undefined || one === "" || (type.startsWith("multi_") && one.length === 0);
}
