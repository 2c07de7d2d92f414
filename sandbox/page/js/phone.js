/** A window that has room for one column only; as in phone.css. */
export const phone = matchMedia("(max-width: 720px)");
