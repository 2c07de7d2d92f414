// The shortcodes an on-call desk meets; every other one stays as it was typed, as Slack leaves unknown ones.
const GLYPHS = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌",
  warning: "⚠️", exclamation: "❗", grey_exclamation: "❕", question: "❓", grey_question: "❔", bangbang: "‼️",
  red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢",
  large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", large_orange_diamond: "🔶", large_blue_diamond: "🔷",
  small_orange_diamond: "🔸", small_blue_diamond: "🔹", white_large_square: "⬜", rotating_light: "🚨", fire: "🔥",
  zzz: "💤", pager: "📟", bell: "🔔", no_bell: "🔕", bust_in_silhouette: "👤", busts_in_silhouette: "👥", eyes: "👀",
  wave: "👋", tada: "🎉", sunny: "☀️", coffee: "☕", calendar: "📆", spiral_calendar_pad: "🗓️", clock9: "🕘",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", alarm_clock: "⏰", leftwards_arrow_with_hook: "↩️",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", link: "🔗", lock: "🔒", key: "🔑",
  memo: "📝", speech_balloon: "💬", mega: "📣", loudspeaker: "📢", mag: "🔍", gear: "⚙️", wrench: "🔧",
  information_source: "ℹ️", no_entry: "⛔", no_entry_sign: "🚫", robot_face: "🤖", sos: "🆘", ok: "🆗", boom: "💥",
  heart: "❤️", smile: "😄", slightly_smiling_face: "🙂", thinking_face: "🤔", sweat_smile: "😅", pray: "🙏",
  rocket: "🚀", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", cn: "🇨🇳", de: "🇩🇪",
};

export const CODE = /^:([\w+'-]+):/;

/** Gives the glyph of a shortcode without its colons, or nothing. */
export const glyph = (code) => (Object.hasOwn(GLYPHS, code) ? GLYPHS[code] : undefined);

/** Replaces the known shortcodes of a plain text. */
export const withGlyphs = (text) => text.replace(/:([\w+'-]+):/g, (whole, code) => glyph(code) ?? whole);
