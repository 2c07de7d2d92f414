import { byId, h } from "./dom.js";
import { nameOf, world } from "./workspace.js";

/** Draws the user groups and who is in them; only what changed is drawn anew, and then shown to have changed. */
export function showGroups() {
  const list = byId("groups");
  const known = new Map([...list.children].map((node) => [node.dataset.group, node]));
  for (const group of world.groups.values()) {
    const names = group.users.map((id) => nameOf(id) ?? id).join(", ") || "nobody";
    const node = known.get(group.id) ?? list.appendChild(entry(group));
    const members = node.querySelector(".group-members");
    if (members.textContent === names) continue;
    if (members.textContent) glow(node);
    members.textContent = names;
  }
}

const entry = (group) =>
  h(
    "li",
    { class: "group", title: group.name, data: { group: group.id }, "aria-live": "polite", "aria-atomic": "true" },
    h("span", { class: "group-handle" }, `@${group.handle}`),
    h("span", { class: "group-members" }),
  );

function glow(node) {
  node.classList.remove("changed");
  // Reading a measure lets the animation begin anew.
  node.getBoundingClientRect();
  node.classList.add("changed");
}
