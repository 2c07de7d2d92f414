import * as api from "./api.js";
import { renderBlocks } from "./blocks.js";
import { byId, h } from "./dom.js";
import { world } from "./workspace.js";

const TABS = [
  { name: "home", label: "Home" },
  { name: "messages", label: "Messages" },
];

/** The Home tab of the app, in the conversation with it (docs.slack.dev/surfaces/app-home). */
export class Home {
  /** `attempt(work)` does something with the app and says what went wrong; `onTab()` is told of every change of tab. */
  constructor({ attempt, onTab }) {
    this.attempt = attempt;
    this.onTab = onTab;
    this.last = new Map();
    this.key = null;
  }

  get isHere() {
    return world.channel?.kind === "im" && Boolean(world.bot?.has_home);
  }

  get isOpen() {
    return this.isHere && this.last.get(world.me.id) === "home";
  }

  /** Shows the tabs where there are any, and the one this person looked at last. */
  async enter() {
    this.drawTabs();
    if (this.isHere) await this.open();
  }

  // Slack tells the app which tab was opened, and it publishes the view then.
  async open() {
    await this.attempt(() => api.openHome(world.me.id, this.isOpen ? "home" : "messages"));
  }

  drawTabs() {
    byId("tabs").replaceChildren(...(this.isHere ? TABS.map((tab) => this.tab(tab)) : []));
    byId("home-frame").hidden = !this.isOpen;
    byId("messages-frame").hidden = this.isOpen;
    document.body.classList.toggle("at-home", this.isOpen);
  }

  tab({ name, label }) {
    const isHere = (name === "home") === this.isOpen;
    const props = { class: "tab", type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(isHere), tabindex: isHere ? null : "-1" };
    const node = h("button", { ...props, "aria-controls": name === "home" ? "home-pane" : "messages-pane" }, label);
    node.addEventListener("click", () => this.choose(name));
    node.addEventListener("keydown", (event) => ["ArrowLeft", "ArrowRight"].includes(event.key) && this.choose(name === "home" ? "messages" : "home"));
    return node;
  }

  async choose(name) {
    this.last.set(world.me.id, name);
    this.drawTabs();
    byId(`tab-${name}`).focus();
    this.onTab();
    await this.open();
  }

  /** Draws the view the app has published for the acting person. */
  show(view) {
    const key = JSON.stringify([world.me.id, view]);
    if (key === this.key) return;
    this.key = key;
    const focused = byId("home").contains(document.activeElement) ? document.activeElement.dataset.action : null;
    const press = (block, element, chosen) =>
      this.attempt(() => api.press({ user: world.me.id, view_id: view.id, block_id: block.block_id, action_id: element.action_id, ...chosen }));
    const suggest = (block, element, text) => api.suggest({ user: world.me.id, view_id: view.id, action_id: element.action_id, text });
    byId("home").replaceChildren(view ? renderBlocks(view.blocks, { press, suggest }) : h("p", { class: "quiet" }, "Nothing is here yet."));
    if (focused) (byId("home").querySelector(`[data-action="${CSS.escape(focused)}"]`) ?? byId("home-pane")).focus({ preventScroll: true });
  }
}
