import { h } from "./dom.js";

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const addressOf = (file) => `/sandbox/files/${encodeURIComponent(file.id)}`;

/** Gives the address of the picture of an image block or element: on the web, or a file that was uploaded to Slack. */
export const pictureOf = ({ image_url: address, slack_file: file }) => address ?? addressOf({ id: file.id ?? /\/(F[A-Z0-9]+)\//.exec(file.url)?.[1] ?? "" });

/** Draws the files of a message: pictures as such, with what they show for those who cannot see them. */
export const renderFiles = (files) => h("div", { class: "files" }, files.map((file) => (PICTURES.includes(file.mimetype) ? picture(file) : other(file))));

function picture(file) {
  const alt = file.alt_txt || file.title || file.name;
  const image = h("img", { src: addressOf(file), alt });
  return h(
    "figure",
    { class: "file-picture" },
    h("figcaption", null, file.title || file.name),
    h("button", { class: "enlarge", type: "button", title: "Show it large", on: { click: () => enlarge(addressOf(file), alt, file.title || file.name) } }, image, h("span", { class: "unseen" }, "Show it large")),
  );
}

const other = (file) => h("div", { class: "file-other" }, h("strong", null, file.title || file.name), h("span", { class: "quiet" }, `${Math.max(1, Math.round(file.size / 1024))} kB`));

/** Shows a picture as large as the window allows. */
export function enlarge(address, alt, title = alt) {
  const shut = h("button", { class: "button", type: "button", autofocus: true, on: { click: () => dialog.close() } }, "Close");
  const dialog = h("dialog", { class: "dialog picture", "aria-label": title }, h("img", { src: address, alt }), h("div", { class: "dialog-foot" }, shut));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
