import { freshId, h } from "./dom.js";
import { renderElement } from "./elements.js";
import { enlarge, pictureOf } from "./files.js";
import { renderPlain, renderText } from "./mrkdwn.js";
import { renderRichText } from "./richtext.js";

/**
 * Draws Block Kit blocks (docs.slack.dev/reference/block-kit).
 * `site.press(block, element, chosen)` sends a press; `site.hold(block, element, value)` remembers a form's value;
 * `site.suggest(block, element, text)` asks what an external select offers.
 */
export const renderBlocks = (blocks, site) => h("div", { class: "blocks" }, blocks.map((block) => renderBlock(block, site)));

function renderBlock(block, site) {
  const draw = BLOCKS[block.type];
  const node = draw ? draw(block, within(block, site)) : h("p", { class: "undrawn" }, `A “${block.type}” block is not drawn here.`);
  node.dataset.block = block.block_id ?? "";
  return node;
}

const within = (block, site) => ({
  press: site.press && ((element, chosen) => site.press(block, element, chosen)),
  hold: site.hold && ((element, value) => site.hold(block, element, value)),
  suggest: (element, text) => site.suggest(block, element, text),
});

const BLOCKS = {
  header: (block) => h("h3", { class: "block header" }, renderPlain(block.text)),
  divider: () => h("hr", { class: "block divider" }),
  section,
  context: (block) => h("div", { class: "block context" }, block.elements.map(contextItem)),
  actions: (block, site) => h("div", { class: "block actions", role: "group" }, block.elements.map((element) => renderElement(element, site))),
  image,
  rich_text: (block) => h("div", { class: "block" }, renderRichText(block)),
  table,
  input,
  markdown: (block) => h("div", { class: "block" }, renderPlain({ text: block.text })),
};

const BESIDE = ["overflow", "image"];

function section(block, site) {
  return h(
    "div",
    { class: "block section" },
    h(
      "div",
      { class: "section-text" },
      block.text && h("div", { class: "text" }, renderText(block.text)),
      block.fields && h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "text" }, renderText(field)))),
    ),
    block.accessory && h("div", { class: `accessory${BESIDE.includes(block.accessory.type) ? " beside" : ""}` }, renderElement(block.accessory, site)),
  );
}

const contextItem = (element) =>
  element.type === "image"
    ? h("img", { src: pictureOf(element), alt: element.alt_text })
    : h("div", { class: "text" }, renderText(element));

function image(block) {
  return h(
    "figure",
    { class: "block image" },
    block.title && h("figcaption", null, renderPlain(block.title)),
    h("button", { class: "enlarge", type: "button", title: "Show it large", on: { click: () => enlarge(pictureOf(block), block.alt_text) } }, h("img", { src: pictureOf(block), alt: block.alt_text }), h("span", { class: "unseen" }, "Show it large")),
  );
}

function table(block) {
  const settings = block.column_settings ?? [];
  const cell = (tag) => (held, column) =>
    h(
      tag,
      { class: settings[column]?.is_wrapped ? "wrapped" : null, data: { align: settings[column]?.align ?? "left" }, scope: tag === "th" ? "col" : null },
      held.type === "rich_text" ? renderRichText(held) : String(held.text ?? held.value ?? ""),
    );
  const [head, ...rows] = block.rows;
  return h(
    "div",
    { class: "block table", tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", null, h("thead", null, h("tr", null, head.map(cell("th")))), h("tbody", null, rows.map((row) => h("tr", null, row.map(cell("td")))))),
  );
}

function input(block, site) {
  const labelId = freshId("label");
  const sends = block.dispatch_action ? site.press : undefined;
  return h(
    "div",
    { class: "block input" },
    h("div", { class: "label", id: labelId }, renderPlain(block.label), block.optional && h("span", { class: "optional" }, " (optional)")),
    renderElement(block.element, { ...site, press: sends, labelId }),
    block.hint && h("div", { class: "hint" }, renderPlain(block.hint)),
    h("div", { class: "field-error", role: "alert" }),
  );
}
