import { byId } from "./dom.js";
import { phone } from "./phone.js";

const DRAWER = { key: "with-drawer", toggle: "drawer-toggle", panel: "sidebar", inert: ["stage", "channel", "thread", "wire"] };
const STAGE = { key: "with-stage", toggle: "stage-toggle", panel: "stage-controls", inert: [] };

const isOpen = ({ key }) => document.body.classList.contains(key);

/** Connects what a phone has no room for: the drawer of conversations, and the panel of what can be made to happen. */
export function setDrawers() {
  for (const drawer of [DRAWER, STAGE]) {
    byId(drawer.toggle).addEventListener("click", () => set(drawer, !isOpen(drawer)));
    byId(drawer.panel).addEventListener("keydown", (event) => event.key === "Escape" && isOpen(drawer) && leave(drawer));
  }
  // Those that open a menu stay until something is chosen from it.
  byId("stage-controls").addEventListener("click", (event) => event.target.closest("button:not([aria-haspopup])") && set(STAGE, false));
  byId("drawer-shade").addEventListener("click", () => leave(DRAWER));
  document.addEventListener("pointerdown", (event) => !event.target.closest?.("#stage, .menu, dialog") && set(STAGE, false));
  phone.addEventListener("change", () => closeDrawers());
}

/** Closes both; true where the drawer was open and the focus in it. */
export function closeDrawers() {
  const hadFocus = isOpen(DRAWER) && byId("sidebar").contains(document.activeElement);
  set(DRAWER, false);
  set(STAGE, false);
  return hadFocus;
}

/** Closes the panel of what can be made to happen, once something was. */
export const closeStage = () => set(STAGE, false);

function leave(drawer) {
  set(drawer, false);
  byId(drawer.toggle).focus();
}

function set(drawer, opens) {
  if (isOpen(drawer) === opens) return;
  if (opens) closeDrawers();
  document.body.classList.toggle(drawer.key, opens);
  byId(drawer.toggle).setAttribute("aria-expanded", String(opens));
  // What lies under the drawer is neither reached by Tab nor read out.
  for (const id of drawer.inert) byId(id).inert = opens;
  if (opens) (byId(drawer.panel).querySelector('[aria-current="page"]') ?? byId(drawer.panel).querySelector("button")).focus();
}
