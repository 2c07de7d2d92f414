import { freshId, h, icon } from "./dom.js";
import { phone } from "./phone.js";

let shut = null;

/** Closes whatever menu is open. */
export function closeMenu() {
  shut?.();
}

/**
 * Opens a list of choices beside a control and focuses it.
 * An item is {label, value, note?, mark?, chosen?, danger?, url?}; `onPick` gets the item.
 * With `many`, picks toggle and the menu stays until it is left; `onPick` then gets the items that are chosen.
 */
export function openMenu(anchor, items, onPick, { title = null, many = false } = {}) {
  const wasOpenHere = anchor.getAttribute("aria-expanded") === "true";
  closeMenu();
  if (wasOpenHere) return;
  const id = freshId("menu");
  const options = items.map((item) => optionNode(item));
  const list = h("div", { class: "menu", id, role: "listbox", tabindex: "-1", "aria-label": title, "aria-multiselectable": many }, title && h("div", { class: "menu-title", "aria-hidden": "true" }, title), options);
  let current = Math.max(0, items.findIndex((item) => item.chosen));

  const move = (index) => {
    options[current]?.classList.remove("current");
    current = (index + options.length) % options.length;
    options[current].classList.add("current");
    list.setAttribute("aria-activedescendant", options[current].id);
    options[current].scrollIntoView({ block: "nearest" });
  };
  const leave = (refocus) => {
    shut = null;
    list.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("resize", closeMenu);
    if (refocus) anchor.focus();
  };
  const outside = (event) => {
    if (!list.contains(event.target) && !anchor.contains(event.target)) leave(false);
  };
  const pick = (index) => {
    if (!many) {
      leave(true);
      onPick(items[index]);
      return;
    }
    items[index].chosen = !items[index].chosen;
    options[index].setAttribute("aria-selected", String(items[index].chosen));
    onPick(items.filter((item) => item.chosen));
  };

  options.forEach((node, index) => {
    node.addEventListener("click", () => pick(index));
    node.addEventListener("pointermove", () => current !== index && move(index));
  });
  list.addEventListener("keydown", (event) => onKey(event, { items, move, pick, leave, at: () => current }));
  document.addEventListener("pointerdown", outside, true);
  window.addEventListener("resize", closeMenu);
  (anchor.closest("dialog") ?? document.body).append(list);
  place(list, anchor);
  anchor.setAttribute("aria-expanded", "true");
  shut = () => leave(false);
  move(current);
  list.focus({ preventScroll: true });
}

function optionNode(item) {
  return h(
    "div",
    { class: `option${item.danger ? " danger" : ""}`, id: freshId("option"), role: "option", "aria-selected": String(Boolean(item.chosen)), data: { value: item.value ?? "" } },
    item.mark && h("span", { class: "option-mark", "aria-hidden": "true" }, item.mark),
    h("span", { class: "option-text" }, h("span", { class: "option-label" }, item.label), item.note && h("span", { class: "option-note" }, item.note)),
    icon("check"),
  );
}

function onKey(event, menu) {
  const keys = {
    ArrowDown: () => menu.move(menu.at() + 1),
    ArrowUp: () => menu.move(menu.at() - 1),
    Home: () => menu.move(0),
    End: () => menu.move(-1),
    Enter: () => menu.pick(menu.at()),
    " ": () => menu.pick(menu.at()),
    Escape: () => menu.leave(true),
    Tab: () => menu.leave(true),
  };
  if (keys[event.key]) {
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  } else if (event.key.length === 1) {
    const first = event.key.toLowerCase();
    const order = menu.items.map((_, step) => (menu.at() + 1 + step) % menu.items.length);
    const hit = order.find((index) => menu.items[index].label.toLowerCase().startsWith(first));
    if (hit !== undefined) menu.move(hit);
  }
}

function place(list, anchor) {
  if (phone.matches) {
    list.classList.add("sheet");
    return;
  }
  const box = anchor.getBoundingClientRect();
  const below = window.innerHeight - box.bottom - 12;
  const opensUp = below < Math.min(list.offsetHeight, 220) && box.top > below;
  list.style.minWidth = `${Math.max(box.width, 180)}px`;
  list.style.maxHeight = `${Math.max(120, (opensUp ? box.top : below) - 8)}px`;
  list.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - list.offsetWidth - 8))}px`;
  if (opensUp) list.style.bottom = `${window.innerHeight - box.top + 4}px`;
  else list.style.top = `${box.bottom + 4}px`;
}
