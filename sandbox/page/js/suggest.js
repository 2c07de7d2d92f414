import { freshId, h, icon } from "./dom.js";

const PAUSE_MS = 200;
const FEWEST_TYPED = 3;

/**
 * Draws an external select: what is typed into it is sent to the app, which says what it offers.
 * One that takes several shows what was chosen as chips above the box; a press on one removes it.
 *   site.suggest(element, text)  resolves to options, or to null where they failed to load
 *   onPick(options)              gets all that is chosen
 */
export function externalSelect(element, site, onPick) {
  const id = freshId("suggestions");
  const many = element.type.startsWith("multi_");
  const box = h("input", {
    class: "field",
    type: "text",
    role: "combobox",
    autocomplete: "off",
    placeholder: element.placeholder?.text ?? "Type to search",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": id,
    "aria-labelledby": site.labelId,
    "aria-label": site.labelId ? null : element.placeholder?.text,
    data: { action: element.action_id },
  });
  const list = h("div", { class: "suggestions", id, role: "listbox", "aria-label": element.placeholder?.text ?? "Options", hidden: true });
  const chips = h("div", { class: "chips", hidden: true });
  const state = { options: [], current: -1, asked: 0, chosen: initialOptions(element) };
  const restore = () => (box.value = many ? "" : (state.chosen[0]?.text.text ?? ""));
  const redraw = () => {
    restore();
    if (!many) return;
    chips.hidden = state.chosen.length === 0;
    chips.replaceChildren(...state.chosen.map((option) => chip(option, () => choose(without(state.chosen, option)))));
  };
  const choose = (chosen) => {
    state.chosen = chosen;
    redraw();
    onPick(chosen);
  };

  const show = (...nodes) => {
    list.replaceChildren(...nodes);
    list.hidden = nodes.length === 0;
    box.setAttribute("aria-expanded", String(nodes.length > 0));
    box.removeAttribute("aria-activedescendant");
  };
  const leave = () => {
    state.asked += 1;
    state.options = [];
    show();
    restore();
  };
  const pick = (option) => {
    leave();
    const most = element.max_selected_items ?? Infinity;
    choose(many ? [...without(state.chosen, option), option].slice(0, most) : [option]);
  };
  const move = (step) => {
    if (!state.options.length) return;
    const nodes = [...list.querySelectorAll(".option")];
    nodes[state.current]?.classList.remove("current");
    state.current = (state.current + step + nodes.length) % nodes.length;
    nodes[state.current].classList.add("current");
    nodes[state.current].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", nodes[state.current].id);
  };
  const offer = (options) => {
    state.options = options ?? [];
    state.current = -1;
    if (options === null) show(line("⚠ Options failed to load.", "bad"));
    else if (!options.length) show(line("No results"));
    else show(...options.map((option) => optionNode(option, pick)));
    move(1);
  };
  const ask = async (text) => {
    if (text.length < (element.min_query_length ?? FEWEST_TYPED)) return show();
    const turn = (state.asked += 1);
    show(line("Loading…"));
    const options = await site.suggest(element, text);
    // A person who has typed on, or left, waits for another answer.
    return turn === state.asked && offer(options);
  };

  let pause = 0;
  const askSoon = (text, ms) => {
    clearTimeout(pause);
    pause = setTimeout(() => ask(text), ms);
  };
  box.addEventListener("focus", () => {
    box.select();
    askSoon("", 0);
  });
  box.addEventListener("input", () => askSoon(box.value, PAUSE_MS));
  box.addEventListener("blur", () => {
    clearTimeout(pause);
    leave();
  });
  box.addEventListener("keydown", (event) => onKey(event, { state, list, move, pick, leave }));
  redraw();
  return h("div", { class: "suggest" }, chips, box, list);
}

/** Returns what an external select has chosen at first. */
export function initialOptions(element) {
  return element.initial_options ?? [element.initial_option].filter(Boolean);
}

const without = (options, gone) => options.filter((option) => option.value !== gone.value);

function chip(option, onRemove) {
  const label = option.text.text;
  return h("button", { class: "chip", type: "button", "aria-label": `Remove ${label}`, on: { click: onRemove } }, h("span", { class: "chip-label" }, label), icon("cross"));
}

function optionNode(option, pick) {
  return h(
    "div",
    // The box must not lose the focus, and with it the list, before the click.
    { class: "option", id: freshId("option"), role: "option", "aria-selected": "false", on: { pointerdown: (event) => event.preventDefault(), click: () => pick(option) } },
    h("span", { class: "option-text" }, h("span", { class: "option-label" }, option.text.text), option.description && h("span", { class: "option-note" }, option.description.text)),
  );
}

const line = (text, tone = "") => h("div", { class: `suggest-line ${tone}`, role: "status" }, text);

function onKey(event, { state, list, move, pick, leave }) {
  const acts = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: () => state.options.length && pick(state.options[state.current]), Escape: leave };
  if (!acts[event.key] || list.hidden) return;
  event.preventDefault();
  event.stopPropagation();
  acts[event.key]();
}
