// Scans of every kind go through one queue: first in, first out, one at a time, none lost.

import { tell } from "./feedback.js";
import { keep } from "./outbox.js";
import { content, say, visit } from "./page.js";
import { renew, token } from "./token.js";

const BADGE = /^\s*ZZ[0-9A-Z]{20}\s*$/i;
const waiting = [];
let running = false;
let asked = "";

/** Take a scan: its text, and how it came in. */
export function scanned(text, { source = "trigger", symbology = "", ...how } = {}) {
  if (!text) return;
  document.dispatchEvent(new CustomEvent("shopfloor:scanned", { detail: { text, source, symbology, ...how } }));
  // The page that tests a scanner only shows what came.
  if (document.querySelector("[data-scanner-test]")) return;
  waiting.push({ text, source, symbology });
  run();
}

async function run() {
  if (running) return;
  running = true;
  try {
    while (waiting.length) await take(waiting.shift());
  } finally {
    running = false;
  }
}

async function take(scan) {
  const badge = document.querySelector("form [name=badge]");
  if (badge && !content("shopfloor-person")) return signIn(badge, scan);
  // Whoever signs stands beside the person whose phone it is: his badge changes nobody.
  if (badge && BADGE.test(scan.text)) return signs(badge, scan);
  // A page that does one thing with many codes takes them itself.
  const form = document.querySelector("form[data-each]");
  if (form) return each(form, scan);
  let answer;
  try {
    answer = await ask(scan);
  } catch {
    return tell("refused", say("noNetwork"));
  }
  const back = { undo: () => history.back() };
  if (answer.outcome === "opened") tell("done", answer.message || answer.shown, back);
  else if (answer.outcome === "badge") await renew();
  else if (answer.outcome !== "nobody") tell("unknown", answer.message || answer.shown);
  // Where more scans wait, only the page of the last one is worth loading.
  if (answer.url && !waiting.length) await visit(answer.url);
}

// Nobody is here yet: what is scanned is somebody's badge.
function signIn(field, scan) {
  field.value = scan.text;
  const pin = field.form.querySelector("[name=pin]");
  if (pin?.required && !pin.value) pin.focus();
  else field.form.requestSubmit();
}

function signs(field, scan) {
  field.value = scan.text;
  field.form.querySelector("[name=pin]").focus();
}

async function ask({ text, source, symbology }) {
  const body = new FormData();
  body.set("csrf_token", await token());
  for (const [name, value] of Object.entries({ code: text, source, symbology })) body.set(name, value);
  body.set("context", content("shopfloor-context"));
  const answer = await fetch("/scan", { method: "POST", body, headers: { "Shopfloor-Scan": "1" } });
  // Whoever is not signed in any more is led to where that is done.
  if (answer.status === 401) {
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
    return { outcome: "nobody" };
  }
  const kind = answer.headers.get("Content-Type") ?? "";
  if (!kind.startsWith("application/json")) throw new Error(`no answer: ${answer.status}`);
  return answer.json();
}

async function each(form, scan) {
  const field = form.querySelector("[name=code]");
  const yes = form.querySelector("[name=confirm]");
  field.value = scan.text;
  // Unusual but legal: the server asks, and the second scan of the same code is the yes.
  yes.value = asked === scan.text ? scan.text : "";
  const kept = keep(form, { subject: scan.text, words: scan.text, quiet: true });
  field.value = "";
  const { rule } = await kept;
  asked = rule === "scan_again" ? scan.text : "";
}

/** A code typed by hand on such a page goes the way of a scan. */
export function listen() {
  document.addEventListener(
    "submit",
    (event) => {
      if (!event.target.matches("form[data-each]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const field = event.target.querySelector("[name=code]");
      scanned(field.value.trim(), { source: "typed" });
      field.value = "";
    },
    { capture: true },
  );
}
