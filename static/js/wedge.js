// Trigger scanners type like a keyboard, only faster than any hand. One listener hears them on
// every page, whatever has the focus, and puts back what they typed where it did not belong.

const GAP_MS = 60; // a hand needs more between two keys
const SHORTEST = 4;
const SILENCE_MS = 120;
// A busy phone stutters: whoever is known to send an Enter at the end is waited for.
const STUTTER_MS = 500;
const ENDS = "shopfloor:scanner-ends";
const GS = "\u001d";

/** Hear a scanner everywhere; `read(text, how)` gets what it read, how it ended and how long it took. */
export function listen(read) {
  let burst = null;
  let silence;
  let patience = localStorage.getItem(ENDS) === "silence" ? SILENCE_MS : STUTTER_MS;

  const ended = () => {
    clearTimeout(silence);
    const finished = burst;
    burst = null;
    return finished && finished.text.length >= SHORTEST ? finished : null;
  };

  const hand = (finished, ending) => {
    if (finished.field) restore(finished);
    patience = ending === "silence" ? SILENCE_MS : STUTTER_MS;
    localStorage.setItem(ENDS, ending);
    read(finished.text, { ending, milliseconds: Math.round(finished.last - finished.began) });
  };

  document.addEventListener(
    "keydown",
    (event) => {
      const catcher = event.target.matches?.("[data-catcher]") ? event.target : null;
      if (event.isComposing || catcher?.value) return;
      const now = event.timeStamp;
      // Where nothing is written no hand types: a slow scanner is heard, too.
      const gap = burst ? now - burst.last : 0;
      if (gap > (isWritten(burst, event) ? GAP_MS : patience)) burst = null;
      else if (gap > GAP_MS && burst?.field) burst.slow = true;
      if (event.key === "Enter" || event.key === "Tab") {
        const finished = ended();
        // Slowly, into the field for codes: a hand, or a scanner on a phone that stutters. What
        // stands in the field is the code.
        if (!finished || finished.slow) return;
        // The button or form that has the focus must not be pressed by a scanner.
        event.preventDefault();
        event.stopImmediatePropagation();
        return hand(finished, event.key);
      }
      const letter = letterOf(event);
      if (!letter) return;
      burst ??= { text: "", field: fieldOf(event.target), began: now, last: now };
      if (!burst.text) burst.before = burst.field?.value;
      burst.text += letter;
      burst.last = now;
      // A blank of a code must not press the button that has the focus. The catcher goes with its
      // page: half a code in it would be lost, or taken for a whole one.
      if (catcher || letter === GS || (letter === " " && burst.text.length > 1 && !burst.field)) event.preventDefault();
      clearTimeout(silence);
      // Without an Enter the end is silence; in a field only a long burst is no hand.
      silence = setTimeout(() => {
        const finished = ended();
        const whole = finished && (!finished.field || (finished.text.length >= 8 && !finished.slow));
        if (whole) hand(finished, "silence");
      }, isWritten(burst, event) ? SILENCE_MS : patience);
    },
    { capture: true },
  );

  document.addEventListener(
    "keyup",
    (event) => {
      if (event.key === " " && burst && !burst.field && burst.text.length > 1) event.preventDefault();
    },
    { capture: true },
  );
  hearCatcher(read);
}

// Input methods and some terminals send no keys but text: it lands in a field that waits for it.
function hearCatcher(read) {
  let silence;
  let began;
  const flush = (field, ending) => {
    clearTimeout(silence);
    const text = field.value;
    field.value = "";
    if (text.length >= SHORTEST) read(text, { ending, milliseconds: Math.round(performance.now() - began) });
  };
  document.addEventListener(
    "keydown",
    (event) => {
      if (!event.target.matches?.("[data-catcher]") || !event.target.value) return;
      if (letterOf(event) === GS) {
        event.preventDefault();
        event.target.value += GS;
      } else if (event.key === "Enter" || event.key === "Tab") {
        event.preventDefault();
        flush(event.target, event.key);
      }
    },
    { capture: true },
  );
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-catcher]")) return;
    if (event.target.value.length === 1) began = performance.now();
    clearTimeout(silence);
    silence = setTimeout(() => flush(event.target, "silence"), SILENCE_MS);
  });
}

/** Let the catcher wait for text whenever nothing else has the focus; no keyboard opens for it. */
export function wait() {
  const catcher = document.querySelector("[data-catcher]");
  const idle = !document.activeElement || document.activeElement === document.body;
  if (catcher && idle) catcher.focus({ preventScroll: true });
}

function letterOf(event) {
  // GS arrives as Ctrl and ]; some scanners set Alt on every key.
  if (event.key === GS || (event.ctrlKey && event.key === "]")) return GS;
  return event.key.length === 1 && !event.ctrlKey && !event.metaKey ? event.key : "";
}

// Whether a hand may be writing something other than a code.
function isWritten(burst, event) {
  const field = burst?.field ?? fieldOf(event.target);
  return field !== null && field.name !== "code";
}

function fieldOf(target) {
  return target.matches?.("input:not([type=checkbox], [type=radio], [data-catcher]), textarea, select") ? target : null;
}

function restore({ field, before }) {
  if (field.value === before) return;
  field.value = before;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
