// Done, refused, unknown and what waits: each has its own sound, shake, colour and words.

import { say } from "./page.js";

const WAITS = { notes: [[660, 0], [660, 0.16]], length: 0.1, wave: "sine", shake: [40, 60, 40] };
const GOOD = { notes: [[880, 0], [1320, 0.09]], length: 0.12, wave: "sine", shake: [60] };
const BAD = { notes: [[196, 0], [165, 0.28]], length: 0.26, wave: "square", shake: [300, 120, 300] };
const SOUNDS = {
  done: GOOD,
  opened: GOOD,
  refused: BAD,
  held: BAD,
  kept: WAITS,
  parked: WAITS,
  alert: { notes: [[523, 0], [784, 0.14], [523, 0.3], [784, 0.44]], length: 0.13, wave: "triangle", shake: [200, 80, 200, 80, 200] },
  unknown: { notes: [[440, 0], [440, 0.14], [440, 0.28]], length: 0.08, wave: "triangle", shake: [90, 70, 90, 70, 90] },
};
const SHOWN_MS = 2600;

let audio;
let clearing;
// What must be read, the newest last: whatever is told in between passes, and it is there again.
const unread = [];

/** Browsers let a page make sounds only after a touch or a key: wake the sound up with the first. */
export function listen() {
  const wake = () => {
    audio ??= window.AudioContext ? new AudioContext() : undefined;
    audio?.resume?.();
  };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { capture: true });
}

function play({ notes, length, wave, shake }) {
  navigator.vibrate?.(shake);
  if (audio?.state !== "running") return;
  for (const [pitch, after] of notes) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const begin = audio.currentTime + after;
    tone.type = wave;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.25, begin);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + length);
    tone.connect(volume).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + length);
  }
}

/** Let something be heard and felt, without words on the screen. */
export const ring = (name) => play(SOUNDS[name]);

/** Say how something ended. A success passes by itself; a refusal, or what `stays`, until it is touched. */
export function tell(outcome, words, { undo, stays } = {}) {
  play(SOUNDS[outcome] ?? SOUNDS.done);
  document.dispatchEvent(new CustomEvent("shopfloor:told", { detail: { outcome, words } }));
  if (outcome === "refused") return full(words);
  const hide = () => {
    clearTimeout(clearing);
    if (unread.length) return band(...unread.at(-1), button(say("read"), read));
    const told = document.getElementById("told");
    if (told) told.hidden = true;
  };
  const read = () => {
    unread.pop();
    hide();
  };
  if (stays) {
    unread.push([outcome, words]);
    return hide();
  }
  band(outcome, words, undo && button(say("undo"), undo));
  clearing = setTimeout(hide, undo ? 5000 : SHOWN_MS);
}

function band(outcome, words, act) {
  const told = document.getElementById("told");
  clearTimeout(clearing);
  if (!told) return;
  told.className = `told-band ${outcome}`;
  told.replaceChildren(text("b", say(outcome)), text("span", words), ...(act ? [act] : []));
  told.hidden = false;
}

function full(words) {
  const dialog = document.getElementById("refused");
  if (!dialog) return;
  dialog.querySelector("[data-words]").textContent = words;
  if (!dialog.open) dialog.showModal();
}

function text(name, words) {
  const element = document.createElement(name);
  element.textContent = words;
  return element;
}

function button(words, act) {
  const element = text("button", words);
  element.type = "button";
  element.className = "button quiet";
  element.addEventListener("click", act, { once: true });
  return element;
}
