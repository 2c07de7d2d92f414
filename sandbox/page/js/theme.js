import { byId, h, icon } from "./dom.js";

const KEY = "look";
const system = matchMedia("(prefers-color-scheme: dark)");

/** Follows the system's look until somebody chooses one. */
export function setTheme() {
  const button = byId("theme");
  const show = () => {
    const look = localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.look = look;
    const name = look === "dark" ? "Light look" : "Dark look";
    button.replaceChildren(icon(look === "dark" ? "sun" : "moon"), h("span", { class: "phone-only" }, name));
    button.setAttribute("aria-label", name);
    button.title = name;
  };
  button.addEventListener("click", () => {
    localStorage.setItem(KEY, document.documentElement.dataset.look === "dark" ? "light" : "dark");
    show();
  });
  system.addEventListener("change", show);
  show();
}
