/** Builds an element. Children that are strings become text nodes: nothing here ever parses markup. */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) assign(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function assign(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "on") Object.entries(value).forEach(([event, listener]) => node.addEventListener(event, listener));
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "vars") Object.entries(value).forEach(([key, held]) => node.style.setProperty(`--${key}`, held));
  else node.setAttribute(name, value === true ? "" : value);
}

/** Draws one of the symbols that stand at the top of index.html. */
export function icon(name, label) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("class", "icon");
  if (label) svg.setAttribute("aria-label", label);
  else svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Finds the one element with this id. */
export const byId = (id) => document.getElementById(id);

/** Collapses calls that come in the same frame into one. */
export function oncePerFrame(work) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      work();
    });
  };
}

let lastId = 0;

/** Makes an element id nothing else has. */
export function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
