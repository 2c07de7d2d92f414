import { h } from "./dom.js";
import { renderText } from "./mrkdwn.js";

/** Asks the question of a confirm object (docs.slack.dev/reference/block-kit/composition-objects); resolves to yes or no. */
export function confirmed(question) {
  if (!question) return Promise.resolve(true);
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      { class: "dialog confirm", "aria-label": question.title.text },
      h("h2", null, question.title.text),
      h("div", { class: "dialog-body" }, renderText(question.text)),
      h(
        "div",
        { class: "dialog-foot" },
        h("button", { class: "button", type: "button", on: { click: () => dialog.close("no") } }, question.deny?.text ?? "Cancel"),
        h(
          "button",
          { class: `button ${question.style === "danger" ? "danger" : "primary"}`, type: "button", autofocus: true, on: { click: () => dialog.close("yes") } },
          question.confirm?.text ?? "Yes",
        ),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
