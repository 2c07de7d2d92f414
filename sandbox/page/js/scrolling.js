import { h } from "./dom.js";

const NEAR = 80;

/** Keeps a pane of messages where its reader wants it: at the newest, unless they have scrolled up. */
export class Scrolling {
  constructor(pane) {
    this.pane = pane;
    this.pill = h("button", { class: "new-below", type: "button", hidden: true, on: { click: () => this.jump() } }, "New messages below");
    pane.after(this.pill);
    this.follows = true;
    this.mark = null;
    pane.addEventListener("scroll", () => this.scrolled(), { passive: true });
    // The pane shrinks when the message box grows: whoever reads the newest goes on reading the newest.
    // A picture takes its room only once it is there.
    pane.addEventListener("load", () => this.follows && this.toEnd(), { capture: true });
    // Whoever looks around while something is under way is not pulled elsewhere.
    for (const event of ["wheel", "touchmove", "keydown"]) pane.addEventListener(event, () => this.rest(), { passive: true });
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

  jump() {
    // The pill goes, and the focus with it.
    this.pane.focus({ preventScroll: true });
    this.toEnd(true);
  }

  /** From now on, until `rest`, shows the first message that is newer than all there are. */
  watch() {
    this.mark = Number(this.pane.querySelector("article:last-of-type")?.dataset.ts ?? 0);
  }

  /** Lets new messages come as they usually do. */
  rest() {
    this.mark = null;
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
    const awaited = isNew ? this.firstAwaited() : null;
    if (awaited) this.begin(awaited);
    else if (wasAtEnd) this.reveal(isNew ? newest : null);
    else if (isNew) this.pill.hidden = this.isAtEnd();
  }

  reveal(newest) {
    if (!newest || newest.offsetHeight < this.pane.clientHeight - NEAR) this.toEnd();
    else this.bringToTop(newest);
    this.follows = this.isAtEnd();
  }

  firstAwaited() {
    if (this.mark === null) return null;
    return [...this.pane.querySelectorAll("article")].find((article) => Number(article.dataset.ts) > this.mark);
  }

  begin(article) {
    const before = article.previousElementSibling;
    this.bringToTop(before?.matches(".day") ? before : article);
    this.follows = this.isAtEnd();
    this.pill.hidden = this.follows;
  }

  bringToTop(node) {
    this.pane.scrollTop += node.getBoundingClientRect().top - this.pane.getBoundingClientRect().top;
  }
}
