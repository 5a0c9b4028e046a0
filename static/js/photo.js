// A code read from a photo: here if the phone can, so that nothing has to be sent; else on the server.
// @ts-check

import { decode } from "./decoder.js";
import { scanned } from "./scans.js";

/** Large enough for a small label in a photo from arm's length, small enough for any phone. */
const SIDES = [1280, 2600];

/** Take over the photo forms of this page; without us they are sent as they are. */
export function watchPhotos() {
  for (const each of document.querySelectorAll("form[data-photo-form]:not([data-watched])")) {
    const form = /** @type {HTMLFormElement} */ (each);
    form.dataset.watched = "";
    const input = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
    // The browser's own field speaks the browser's language, and is small for a glove.
    form.querySelector("[data-photo-pick]")?.addEventListener("click", () => {
      // The same photo, chosen once more, is a change again.
      input.value = "";
      input.click();
    });
    input.addEventListener("change", () => input.files?.[0] && read(form, input));
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} input
 */
async function read(form, input) {
  const file = /** @type {FileList} */ (input.files)[0];
  const nothing = /** @type {HTMLElement | null} */ (form.querySelector("[data-photo-nothing]"));
  if (nothing) nothing.hidden = true;
  form.ariaBusy = "true";
  try {
    const found = await look(file);
    if (found) scanned(found.text, { source: "photo", symbology: found.symbology });
    else if (nothing) nothing.hidden = false;
  } catch {
    // A picture that this browser cannot open, or no decoder: the server says what it makes of it.
    form.requestSubmit();
  } finally {
    form.ariaBusy = "false";
  }
}

/** @param {File} file */
async function look(file) {
  for (const side of SIDES) {
    const whole = await createImageBitmap(file);
    const scale = Math.min(1, side / Math.max(whole.width, whole.height));
    const [resizeWidth, resizeHeight] = [whole.width, whole.height].map((n) => Math.max(1, Math.round(n * scale)));
    const frame = scale < 1 ? await createImageBitmap(whole, { resizeWidth, resizeHeight, resizeQuality: "high" }) : whole;
    const found = await decode(frame, true);
    if (found || scale === 1) return found;
    whole.close();
  }
  return null;
}
