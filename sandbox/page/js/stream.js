import { openStream } from "./api.js";

const EVENTS = ["message", "update", "delete", "view", "request", "failure", "clock", "topic", "members", "group", "live"];
let source = null;

/** Listens for what one person may notice; `handlers` has a function per kind of event, and `lost` and `found`. */
export function listen(user, handlers) {
  source?.close();
  source = openStream(user);
  for (const name of EVENTS) {
    source.addEventListener(name, (event) => handlers[name]?.(JSON.parse(event.data || "{}")));
  }
  source.addEventListener("error", () => handlers.lost());
  source.addEventListener("open", () => handlers.found());
}
