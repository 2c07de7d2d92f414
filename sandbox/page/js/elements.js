import { confirmed } from "./confirm.js";
import { freshId, h, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { renderPlain, renderText } from "./mrkdwn.js";
import { toast } from "./notice.js";
import { externalSelect, initialOptions } from "./suggest.js";
import { pictureOf } from "./files.js";
import { botUser, nameOf, world } from "./workspace.js";

/**
 * Draws one block element. `site` says where it stands:
 *   press(element, chosen)  what a press or choice sends, a promise; absent where nothing may be sent
 *   hold(element, value)    remembers a value of a form
 *   suggest(element, text)  asks the app what an external select offers
 *   labelId                 the id of the label of an input block
 */
export function renderElement(element, site) {
  const draw = ELEMENTS[element.type];
  return draw ? draw(element, site) : h("span", { class: "undrawn" }, `${element.type} is not drawn here`);
}

const ELEMENTS = {
  button,
  overflow,
  image: (element) => h("img", { class: "thumbnail", src: pictureOf(element), alt: element.alt_text }),
  static_select: choice,
  external_select: searched,
  multi_external_select: searched,
  multi_static_select: choice,
  users_select: choice,
  multi_users_select: choice,
  conversations_select: choice,
  multi_conversations_select: choice,
  channels_select: choice,
  multi_channels_select: choice,
  checkboxes: (element, site) => ticks(element, site, "checkbox"),
  radio_buttons: (element, site) => ticks(element, site, "radio"),
  plain_text_input: textInput,
  email_text_input: (element, site) => typedInput(element, site, "email"),
  url_text_input: (element, site) => typedInput(element, site, "url"),
  number_input: (element, site) => typedInput(element, site, "number"),
  datepicker: (element, site) => picker(element, site, "date", "selected_date", element.initial_date),
  timepicker: (element, site) => picker(element, site, "time", "selected_time", element.initial_time),
  datetimepicker,
};

/** Sends a press once, and shows on the control that it is under way. */
async function send(node, element, site, chosen) {
  if (!site.press || node.getAttribute("aria-busy") === "true") return;
  if (!(await confirmed(element.confirm))) return;
  node.setAttribute("aria-busy", "true");
  await site.press(element, chosen);
  node.removeAttribute("aria-busy");
}

function button(element, site) {
  const props = {
    class: `button ${element.style ?? ""}`,
    "aria-label": element.accessibility_label,
    data: { action: element.action_id },
  };
  const label = h("span", null, renderPlain(element.text));
  if (element.url) {
    const link = h("a", { ...props, href: /^https?:/i.test(element.url) ? element.url : null, target: "_blank", rel: "noopener noreferrer" }, label);
    link.addEventListener("click", () => send(link, element, site, {}));
    return link;
  }
  const node = h("button", { ...props, type: "button" }, label);
  node.addEventListener("click", () => send(node, element, site, { value: element.value }));
  return node;
}

function overflow(element, site) {
  const node = h(
    "button",
    { class: "button square", type: "button", "aria-label": "More actions", "aria-haspopup": "listbox", "aria-expanded": "false", data: { action: element.action_id } },
    icon("more"),
  );
  node.addEventListener("click", () =>
    openMenu(node, optionItems(element.options), ({ option }) => {
      // As with links: it leads to the real console, which knows nothing of pretend incidents.
      if (option.url) toast(`This would open ${option.url}`);
      send(node, element, site, { selected: option });
    }),
  );
  return node;
}

const optionItems = (options) =>
  options.map((option) => ({ label: option.text.text, note: option.description?.text, value: option.value, option }));

/** Lists what a select offers: {label, value, note, held}, `held` being what Slack would send. */
function offers(element) {
  if (element.type.endsWith("static_select")) {
    const groups = element.option_groups ?? [{ options: element.options ?? [] }];
    return groups.flatMap((group) =>
      group.options.map((option) => ({ label: option.text.text, note: option.description?.text ?? group.label?.text, value: option.value, held: option })),
    );
  }
  if (element.type.endsWith("users_select")) {
    return [...world.people.keys(), botUser()].map((id) => ({ label: nameOf(id), value: id, held: id }));
  }
  return [...world.channels.values()].filter((channel) => channel.kind !== "im").map((channel) => ({ label: `#${channel.name}`, value: channel.id, held: channel.id }));
}

const SELECTED = {
  static_select: ["selected_option", "initial_option"],
  users_select: ["selected_user", "initial_user"],
  channels_select: ["selected_channel", "initial_channel"],
  conversations_select: ["selected_conversation", "initial_conversation"],
};

function choice(element, site) {
  const many = element.type.startsWith("multi_");
  const [one, first] = SELECTED[element.type.replace("multi_", "")];
  const [field, initial] = many ? [`${one}s`, element[`${first}s`] ?? []] : [one, element[first] ?? null];
  const started = (many ? initial : [initial]).map((held) => held?.value ?? held);
  const items = offers(element).map((item) => ({ ...item, chosen: started.includes(item.value) }));
  const shown = h("span", { class: "select-text" });
  const node = h(
    "button",
    { class: "select", type: "button", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-labelledby": site.labelId, "aria-label": site.labelId ? null : element.placeholder?.text, data: { action: element.action_id } },
    shown,
    icon("chevron"),
  );
  const remember = (chosen) => {
    shown.textContent = chosen.map((item) => item.label).join(", ") || element.placeholder?.text || "Choose an option";
    shown.classList.toggle("placeholder", chosen.length === 0);
    const held = chosen.map((item) => item.held);
    site.hold?.(element, { type: element.type, [field]: many ? held : (held[0] ?? null) });
  };
  remember(items.filter((item) => item.chosen));
  node.addEventListener("click", () =>
    openMenu(
      node,
      items,
      (picked) => {
        if (!many) items.forEach((item) => (item.chosen = item === picked));
        const chosen = many ? picked : [picked];
        remember(chosen);
        send(node, element, site, { selected: many ? chosen.map((item) => item.held) : picked.held });
      },
      { many, title: element.placeholder?.text },
    ),
  );
  return node;
}

function searched(element, site) {
  const many = element.type.startsWith("multi_");
  const hold = (chosen) =>
    site.hold?.(element, { type: element.type, ...(many ? { selected_options: chosen } : { selected_option: chosen[0] ?? null }) });
  hold(initialOptions(element));
  const node = externalSelect(element, site, (chosen) => {
    hold(chosen);
    send(node, element, site, { selected: many ? chosen : chosen[0] });
  });
  return node;
}

function ticks(element, site, kind) {
  const name = freshId(kind);
  const initial = kind === "radio" ? [element.initial_option] : (element.initial_options ?? []);
  const values = initial.filter(Boolean).map((option) => option.value);
  const inputs = element.options.map((option) => h("input", { type: kind, name, checked: values.includes(option.value) }));
  const read = () => element.options.filter((_, index) => inputs[index].checked);
  const value = () =>
    kind === "radio"
      ? { type: element.type, selected_option: read()[0] ?? null }
      : { type: element.type, selected_options: read() };
  const group = h(
    "div",
    { class: "ticks", role: kind === "radio" ? "radiogroup" : "group", "aria-labelledby": site.labelId, data: { action: element.action_id } },
    element.options.map((option, index) =>
      h("label", { class: "tick" }, inputs[index], h("span", null, renderText(option.text), option.description && h("small", null, renderText(option.description)))),
    ),
  );
  site.hold?.(element, value());
  group.addEventListener("change", () => {
    site.hold?.(element, value());
    send(group, element, site, { selected: kind === "radio" ? read()[0] : read() });
  });
  return group;
}

function textInput(element, site) {
  const props = {
    class: "field",
    "aria-labelledby": site.labelId,
    placeholder: element.placeholder?.text,
    minlength: element.min_length,
    maxlength: element.max_length,
    autofocus: element.focus_on_load,
    data: { action: element.action_id },
  };
  const node = element.multiline ? h("textarea", { ...props, rows: 4 }) : h("input", { ...props, type: "text" });
  return holding(node, element, site);
}

function typedInput(element, site, type) {
  const node = h("input", {
    class: "field",
    type,
    step: element.is_decimal_allowed ? "any" : null,
    min: element.min_value,
    max: element.max_value,
    placeholder: element.placeholder?.text,
    "aria-labelledby": site.labelId,
    data: { action: element.action_id },
  });
  return holding(node, element, site);
}

function holding(node, element, site) {
  node.value = element.initial_value ?? "";
  const hold = () => site.hold?.(element, { type: element.type, value: node.value || null });
  node.addEventListener("input", hold);
  hold();
  return node;
}

function picker(element, site, type, field, initial) {
  const node = h("input", { class: "field short", type, value: initial, "aria-labelledby": site.labelId, "aria-label": site.labelId ? null : (element.placeholder?.text ?? type), data: { action: element.action_id } });
  const hold = () => site.hold?.(element, { type: element.type, [field]: node.value || null });
  node.addEventListener("change", () => {
    hold();
    send(node, element, site, { selected: node.value });
  });
  hold();
  return node;
}

function datetimepicker(element, site) {
  const local = (seconds) => new Date(seconds * 1000 - new Date(seconds * 1000).getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  const node = h("input", { class: "field short", type: "datetime-local", value: element.initial_date_time && local(element.initial_date_time), "aria-labelledby": site.labelId, data: { action: element.action_id } });
  const seconds = () => (node.value ? Math.floor(new Date(node.value).getTime() / 1000) : null);
  const hold = () => site.hold?.(element, { type: element.type, selected_date_time: seconds() });
  node.addEventListener("change", () => {
    hold();
    send(node, element, site, { selected: seconds() });
  });
  hold();
  return node;
}
