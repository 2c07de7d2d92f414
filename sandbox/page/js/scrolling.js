import { h } from "./dom.js";

const NEAR = 80;

/** Keeps a pane of messages where its reader wants it: at the newest, unless they have scrolled up. */
export class Scrolling {
  constructor(pane) {
    this.pane = pane;
    this.pill = h("button", { class: "new-below", type: "button", hidden: true, on: { click: () => this.toEnd(true) } }, "New messages below");
    pane.after(this.pill);
    this.follows = true;
    pane.addEventListener("scroll", () => this.scrolled(), { passive: true });
    // The pane shrinks when the message box grows: whoever reads the newest goes on reading the newest.
    // A picture takes its room only once it is there.
    pane.addEventListener("load", () => this.follows && this.toEnd(), { capture: true });
    new ResizeObserver(() => this.follows && this.toEnd()).observe(pane);
  }

  scrolled() {
    this.follows = this.isAtEnd();
    if (this.follows) this.pill.hidden = true;
  }

  isAtEnd() {
    return this.pane.scrollHeight - this.pane.scrollTop - this.pane.clientHeight < NEAR;
  }

  toEnd(smooth = false) {
    this.pane.scrollTo({ top: this.pane.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.pill.hidden = true;
  }

  /** Goes on with the newest, wherever the reader was: they have just written something. */
  follow() {
    this.follows = true;
  }

  /** Runs a redraw; a new message taller than the pane is shown from its beginning. */
  around(redraw) {
    const wasAtEnd = this.follows;
    const last = this.pane.querySelector("article:last-of-type")?.dataset.ts;
    redraw();
    const newest = this.pane.querySelector("article:last-of-type");
    const isNew = Boolean(newest) && newest.dataset.ts !== last;
    if (wasAtEnd) this.reveal(isNew ? newest : null);
    else if (isNew) this.pill.hidden = this.isAtEnd();
  }

  reveal(newest) {
    if (!newest || newest.offsetHeight < this.pane.clientHeight - NEAR) this.toEnd();
    else this.pane.scrollTop += newest.getBoundingClientRect().top - this.pane.getBoundingClientRect().top;
    this.follows = this.isAtEnd();
  }
}
