import { language, pretendNow, zone } from "./workspace.js";

// docs.slack.dev/messaging/formatting-message-text lists these tokens.
const DAY = 86400000;
const HALF_YEAR = 182 * DAY;

/** Fills the tokens of a `<!date^…>` format for the reader's time zone. */
export function formatDate(seconds, format) {
  const at = new Date(seconds * 1000);
  return format.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(at) ?? whole);
}

const TOKENS = {
  date_num: (at) => dayKey(at),
  date: (at) => (isChinese() ? chinese(at) : `${part(at, { month: "long" })} ${ordinal(at)}${year(at)}`),
  date_short: (at) => (isChinese() ? chinese(at) : `${part(at, { month: "short" })} ${number(at)}${year(at)}`),
  date_long: (at) => (isChinese() ? `${chinese(at)} ${part(at, { weekday: "long" })}` : `${part(at, { weekday: "long" })}, ${TOKENS.date(at)}`),
  date_pretty: (at) => nearby(at) ?? TOKENS.date(at),
  date_short_pretty: (at) => nearby(at) ?? TOKENS.date_short(at),
  date_long_pretty: (at) => nearby(at) ?? TOKENS.date_long(at),
  time: (at) => part(at, { hour: "numeric", minute: "2-digit" }),
  time_secs: (at) => part(at, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago: (at) => ago(at),
};

function part(at, options) {
  return new Intl.DateTimeFormat(language(), { timeZone: zone(), ...options }).format(at);
}

const isChinese = () => language().startsWith("zh");
const chinese = (at) => part(at, { ...(year(at) && { year: "numeric" }), month: "long", day: "numeric" });

const number = (at) => Number(inEnglish(at, { day: "numeric" }));
const inEnglish = (at, options) => new Intl.DateTimeFormat("en-US", { timeZone: zone(), ...options }).format(at);

function ordinal(at) {
  const day = number(at);
  const teen = day >= 11 && day <= 13;
  return `${day}${teen ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th")}`;
}

function year(at) {
  const far = Math.abs(at - pretendNow()) > HALF_YEAR;
  return far ? `, ${inEnglish(at, { year: "numeric" })}` : "";
}

/** Gives the local date as 2026-11-24, to compare days by. */
export function dayKey(at) {
  const options = { timeZone: zone(), year: "numeric", month: "2-digit", day: "2-digit" };
  const parts = new Intl.DateTimeFormat("en-US", options).formatToParts(at);
  const held = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${held.year}-${held.month}-${held.day}`;
}

function nearby(at) {
  const days = (Date.parse(dayKey(at)) - Date.parse(dayKey(pretendNow()))) / DAY;
  return (isChinese() ? { "-1": "昨天", 0: "今天", 1: "明天" } : { "-1": "yesterday", 0: "today", 1: "tomorrow" })[days];
}

function ago(at) {
  const seconds = Math.round((at - pretendNow()) / 1000);
  const words = new Intl.RelativeTimeFormat(isChinese() ? "zh-CN" : "en", { numeric: "auto" });
  const steps = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];
  let amount = seconds;
  for (const [unit, size] of steps) {
    if (Math.abs(amount) < size) return words.format(Math.round(amount), unit);
    amount /= size;
  }
  return words.format(Math.round(amount), "year");
}

/** Heads a day in the message list. */
export function dayTitle(at) {
  const near = nearby(at);
  if (near) return near[0].toUpperCase() + near.slice(1);
  return TOKENS.date_long(at);
}

export const timeOfDay = (at) => TOKENS.time(at);
export const exactTime = (at) => `${TOKENS.date_long(at)}${isChinese() ? " " : " at "}${TOKENS.time_secs(at)}`;
