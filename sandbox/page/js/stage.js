import * as api from "./api.js";
import { setConsole } from "./console.js";
import { byId, h, icon } from "./dom.js";
import { closeStage } from "./drawer.js";
import { openMenu } from "./menu.js";
import { showNews } from "./news.js";
import { toast } from "./notice.js";
import { pretendNow } from "./workspace.js";

const SEVERITIES = [
  { label: "Critical", value: "Critical", mark: "🔴", note: "checkout is down" },
  { label: "Warning", value: "Warning", mark: "🔶", note: "something is getting slow" },
  { label: "Info", value: "Info", mark: "🔹", note: "good to know" },
  { label: "Grouped", value: "grouped", mark: "🧺", note: "one incident, twelve alerts" },
  { label: "Storm", value: "storm", mark: "🌩️", note: "sixty incidents at once" },
  { label: "Calm", value: "calm", mark: "🌤️", note: "what came with the storm recovers" },
];

const FAULTS = [
  { label: "Hang", value: "hang", note: "takes the request, never answers" },
  { label: "Reset", value: "reset", note: "drops the connection" },
  { label: "Slow, 2 s", value: "slow", note: "answers, two seconds late" },
  { label: "Too many requests", value: "429", note: "429 with Retry-After" },
  { label: "Access denied", value: "AccessDenied", note: "the key's owner lacks a permission" },
  { label: "Unauthorized", value: "Unauthorized", note: "the APP Key was deleted" },
  { label: "HTML 502", value: "html", note: "a proxy answers instead" },
  { label: "Remove the bot", value: "removed", note: "takes it out of #payments-oncall" },
];
const MEND = { label: "Repair", value: "mend", mark: "🔧", note: "everything works again" };

let state = { fault: null, zone: "UTC", live: false };
let showing = (work) => work();

/** Connects the strip at the top: what happens in the pretend world; `show(work)` shows what comes of it. */
export function setStage(show) {
  showing = show;
  const raise = byId("raise");
  const broken = byId("break");
  raise.addEventListener("click", () => openMenu(raise, SEVERITIES, ({ value }) => act(raise, () => api.raise(value)), { title: "How severe?" }));
  setConsole((button, work) => act(button, work));
  broken.addEventListener("click", () => openMenu(broken, faults(), ({ value }) => act(broken, () => (value === "mend" ? api.mend() : api.breakFlashduty(value))), { title: "What should go wrong?" }));
  const live = byId("live");
  live.addEventListener("click", () => act(live, () => api.letHappen(!state.live)));
  const [nine, handOver] = [byId("nine"), byId("hand-over")];
  nine.addEventListener("click", () => act(nine, api.letItBeNine));
  handOver.addEventListener("click", () => act(handOver, api.handOver));
  setInterval(showClock, 1000);
}

const faults = () => [
  ...(state.fault ? [MEND] : []),
  ...FAULTS.map((fault) => ({ ...fault, chosen: state.fault === fault.value })),
];

// The bot may need a while for what becomes due; a button that is disabled would lose the focus.
async function act(button, work) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  closeStage();
  try {
    await showing(async () => {
      const told = await work();
      if (told.sentence) toast(told.sentence);
      if (told.news) showNews(told.news);
      await readStage();
    });
  } catch (error) {
    toast(error.message, "bad");
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Reads again what is broken and what time it is where. */
export async function readStage() {
  state = await api.readStage();
  const broken = byId("break");
  broken.classList.toggle("on", Boolean(state.fault));
  byId("break-label").textContent = state.fault ? trouble(state.fault) : "Break Flashduty";
  showLive(state.live);
  showClock();
}

/** Shows whether incidents start and close by themselves. */
export function showLive(isOn) {
  state.live = isOn;
  const button = byId("live");
  button.setAttribute("aria-pressed", String(isOn));
  byId("live-label").textContent = isOn ? "Stop what happens" : "Let things happen";
  button.querySelector(".icon").replaceWith(icon(isOn ? "pause" : "play"));
}

const faultName = (value) => FAULTS.find((fault) => fault.value === value)?.label ?? value;
const trouble = (value) => (value === "removed" ? "The bot is removed" : `Flashduty: ${faultName(value)}`);

/** Shows the pretend time in the payments team's zone. */
export function showClock() {
  const options = { timeZone: state.zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const text = new Intl.DateTimeFormat("en-GB", options).format(pretendNow());
  const place = state.zone.split("/").at(-1).replaceAll("_", " ");
  byId("clock").replaceChildren(h("span", { class: "clock-time" }, text), h("span", { class: "clock-zone" }, place));
}
