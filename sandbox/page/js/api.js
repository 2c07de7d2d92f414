/** Raised when the sandbox refuses; `message` is a sentence for the person. */
export class Refused extends Error {}

async function ask(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => {
    throw new Refused("The sandbox does not answer. Is `make demo` still running?");
  });
  const told = await answer.json().catch(() => ({ ok: false }));
  if (!told.ok) throw new Refused(told.sentence || told.error || `The sandbox answered ${answer.status}.`);
  return told;
}

const query = (values) => new URLSearchParams(values).toString();

export const readWorkspace = () => ask("GET", "/sandbox/workspace");
export const readMessages = (channel, user) => ask("GET", `/sandbox/messages?${query({ channel, user })}`);
export const readViews = (user) => ask("GET", `/sandbox/views?${query({ user })}`);
export const readRequests = () => ask("GET", "/sandbox/requests");
export const readStage = () => ask("GET", "/demo/state");

export const type = (typed) => ask("POST", "/sandbox/type", typed);
export const press = (pressed) => ask("POST", "/sandbox/press", pressed);
export const submit = (user, viewId, values) => ask("POST", "/sandbox/submit", { user, view_id: viewId, values });
export const close = (user, viewId) => ask("POST", "/sandbox/close", { user, view_id: viewId });

export const openHome = (user, tab) => ask("POST", "/sandbox/home", { user, tab });
export const chooseShortcut = (chosen) => ask("POST", "/sandbox/shortcut", chosen);

/** Asks what an external select offers; null where it failed to load. */
export async function suggest(typed) {
  const { delivery, answer } = await ask("POST", "/sandbox/suggest", typed).catch(() => ({}));
  if (!delivery?.acked || delivery.shown_error) return null;
  return answer?.options ?? (answer?.option_groups ?? []).flatMap((group) => group.options);
}

export const raise = (severity) => ask("POST", "/demo/raise", { severity });
export const readIncidents = () => ask("GET", "/demo/incidents");
export const change = (changed) => ask("POST", "/demo/console", changed);
export const deleteMessage = (deleted) => ask("POST", "/sandbox/delete", deleted);
export const letHappen = (on) => ask("POST", "/demo/live", { on });
export const breakFlashduty = (fault) => ask("POST", "/demo/break", { fault });
export const mend = () => ask("POST", "/demo/mend", {});
export const letItBeNine = () => ask("POST", "/demo/nine", {});
export const handOver = () => ask("POST", "/demo/hand-over", {});

/** Opens the stream of what one person may notice. */
export const openStream = (user) => new EventSource(`/sandbox/stream?${query({ user })}`);
