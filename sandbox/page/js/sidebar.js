import { byId, h, icon } from "./dom.js";
import { face } from "./faces.js";
import { openMenu } from "./menu.js";
import { KINDS, botName, botUser, myChannels, myDirectMessage, world } from "./workspace.js";

/** Draws the conversations; `unread` holds the ids of those with something new. */
export function showConversations(unread, onOpen) {
  const direct = myDirectMessage();
  byId("channels").replaceChildren(...myChannels().map((channel) => entry(channel, icon("hash"), channel.name, unread, onOpen)));
  byId("directs").replaceChildren(...(direct ? [entry(direct, face(botUser(), "small"), botName(), unread, onOpen)] : []));
}

function entry(channel, sign, name, unread, onOpen) {
  const isHere = world.channel?.id === channel.id;
  const isUnread = unread.has(channel.id);
  return h(
    "li",
    null,
    h(
      "button",
      {
        class: `conversation${isHere ? " here" : ""}${isUnread ? " unread" : ""}`,
        type: "button",
        "aria-current": isHere ? "page" : null,
        "aria-label": `${channel.kind === "im" ? "Direct message with " : ""}${name}${isUnread ? ", unread" : ""}`,
        data: { channel: channel.id },
        on: { click: () => onOpen(channel) },
      },
      sign,
      h("span", { class: "conversation-name" }, name),
      isShared(channel) && h("span", { class: "shared", title: "Shared with another organisation" }, icon("shared")),
      isUnread && h("span", { class: "unread-dot", "aria-hidden": "true" }),
    ),
  );
}

const isShared = (channel) => channel.members?.some((id) => world.people.get(id)?.kind === "stranger" && channel.kind !== "im");

/** Draws who acts, and the way to act as somebody else. */
export function showActing(onChoose) {
  const me = world.me;
  const node = h(
    "button",
    { class: "acting", type: "button", id: "acting", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-label": `Acting as ${me.real_name}, ${KINDS[me.kind]}. Choose somebody else` },
    face(me.id),
    h("span", { class: "acting-text" }, h("span", { class: "acting-name" }, me.real_name), h("span", { class: `kind ${me.kind}` }, KINDS[me.kind])),
    icon("chevron"),
  );
  node.addEventListener("click", () => openMenu(node, [...world.people.values()].map(choice), ({ person }) => onChoose(person), { title: "Acting as" }));
  byId("acting-place").replaceChildren(node);
}

const choice = (person) => ({
  label: person.real_name,
  note: [KINDS[person.kind], person.title].filter(Boolean).join(" · "),
  mark: face(person.id, "small"),
  chosen: person.id === world.me.id,
  person,
});
