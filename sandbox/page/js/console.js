import * as api from "./api.js";
import { byId } from "./dom.js";
import { openMenu } from "./menu.js";
import { toast } from "./notice.js";
import { world } from "./workspace.js";

const MARKS = { Critical: "🔴", Warning: "🔶", Info: "🔹" };

// What a person, or the alerts, do in Flashduty itself; `when` is the state in which the console offers it.
const CHANGES = [
  { label: "Acknowledge", value: "acknowledge", mark: "👀", when: "open" },
  { label: "Unacknowledge", value: "unacknowledge", mark: "↩️", when: "Processing" },
  { label: "Comment", value: "comment", mark: "💬", when: "open" },
  { label: "Close", value: "close", mark: "✅", when: "open" },
  { label: "Reopen", value: "reopen", mark: "🔁", when: "Closed" },
  { label: "Snooze for 30 minutes", value: "snooze", mark: "💤", when: "Processing" },
  { label: "End the snooze", value: "wake", mark: "⏰", when: "Processing" },
  { label: "Make it critical", value: "Critical", mark: "🔴", when: "open" },
  { label: "Make it info", value: "Info", mark: "🔹", when: "open" },
  { label: "Escalate", value: "escalate", mark: "⏫", when: "open" },
  { label: "Give it to Carol", value: "reassign", mark: "👉", when: "open" },
  { label: "Call Dana as well", value: "add", mark: "➕", when: "open" },
  { label: "Let a call fail", value: "page", mark: "📵", when: "open" },
  { label: "Let five alerts join", value: "alerts", mark: "🧺", when: "open" },
  { label: "Merge the newest other one", value: "merge", mark: "🔀", when: "open" },
  { label: "Let it recover", value: "recover", mark: "🌱", when: "open" },
];

/** Connects the console of Flashduty: first which incident, then what is done to it; `act(button, work)` does it. */
export function setConsole(act) {
  const button = byId("console");
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-expanded") === "true") {
      openMenu(button, [], () => {});
      return;
    }
    try {
      const { incidents } = await api.readIncidents();
      openMenu(button, incidents.map(asItem), ({ incident }) => choose(button, incident, act), { title: "Which incident, in Flashduty?" });
    } catch (error) {
      toast(error.message, "bad");
    }
  });
}

function choose(button, incident, act) {
  const state = incident.progress;
  const offered = CHANGES.filter(({ when }) => when === state || (when === "open" && state !== "Closed"));
  const change = ({ value }) => act(button, () => api.change({ user: world.me.id, incident: incident.incident_id, change: value }));
  openMenu(button, offered, change, { title: `#${incident.num} in Flashduty, as ${world.me.real_name}` });
}

const asItem = (incident) => ({
  label: `#${incident.num} ${incident.title}`,
  note: incident.progress.toLowerCase(),
  mark: MARKS[incident.incident_severity] ?? "▫️",
  value: incident.num,
  incident,
});
