// Scans of every kind go through one queue: first in, first out, one at a time, none lost.

import { each, eachForm } from "./each.js";
import { tell } from "./feedback.js";
import { content, say, toSignIn, visit } from "./page.js";
import { renew, token } from "./token.js";
import { ask } from "./wire.js";

// Also behind what a scanner puts before its codes, and from one that swaps y and z.
const BADGE = /(^|[^0-9A-Z]|^\][A-Z][0-9A-Z])(ZZ|YY)[0-9A-HJKMNP-TV-Z]{20}\s*$/i;
const OURS = /(^|\/q\/)[0-9A-HJKMNP-TV-Z]{10}\s*$/i;
const GAUGE = /(^|\/q\/)V[0-9A-HJKMNP-TV-Z]{9}\s*$/i;
const waiting = [];
let running = false;

/** Take a scan: its text, and how it came in. What it is for is decided now, not in its turn. */
export function scanned(text, { source = "trigger", symbology = "", ...how } = {}) {
  if (!text) return;
  document.dispatchEvent(new CustomEvent("shopfloor:scanned", { detail: { text, source, symbology, ...how } }));
  // The page that tests a scanner only shows what came.
  if (document.querySelector("[data-scanner-test]")) return;
  const badge = BADGE.test(text);
  const form = eachForm();
  // A secret is never kept: a badge changes the person, whatever the page does with codes.
  if (form && !badge) return each(form, text);
  const takes = document.querySelector("[data-takes]");
  if (takes && !badge) return fill(takes, text);
  // What is measured with belongs to the page that asks for it; other codes of ours open as ever.
  const gauge = !badge && document.querySelector("[data-gauge]");
  if (gauge && !(OURS.test(text) && !GAUGE.test(text))) return measure(text);
  waiting.push({ text, source, symbology, badge, context: content("shopfloor-context") });
  run();
}

// The page asks for this very code: it goes into its field, and the form goes its way.
function fill(field, text) {
  field.value = text;
  field.form.requestSubmit();
}

// The first empty field, or else the one that was filled last; then on to the first open value.
function measure(text) {
  const fields = [...document.querySelectorAll("[data-gauge]")];
  const field = fields.find((each) => !each.value) ?? fields.at(-1);
  field.value = text.trim();
  field.closest("details")?.setAttribute("open", "");
  tell("opened", field.value);
  [...document.querySelectorAll(".measured input")].find((each) => !each.value)?.focus();
}

async function run() {
  if (running) return;
  running = true;
  // Whatever happens to one, the next has its turn.
  while (waiting.length) await take(waiting.shift()).catch(told);
  running = false;
}

const told = (error) => tell("refused", say(error.answered ? "serverFailed" : "noNetwork"));

async function take(scan) {
  // Who makes pieces together stands at one phone: a badge there names a mate, and changes nobody.
  const mates = scan.badge && document.querySelector("details[data-mates][open]");
  if (mates) return (await import("./mates.js")).add(mates, scan);
  const field = document.querySelector("form [name=badge]");
  if (field && !content("shopfloor-person")) return signIn(field, scan);
  // Whoever signs stands beside the person whose phone it is: his badge changes nobody.
  if (field && scan.badge) return signs(field, scan);
  const answer = await lookUp(scan);
  if (answer.outcome === "opened") tell("opened", answer.message || answer.shown);
  else if (answer.outcome === "badge") await renew();
  else if (answer.outcome !== "nobody") tell("unknown", answer.message || answer.shown);
  // Where more scans wait, only the page of the last one is worth loading.
  if (!answer.url || waiting.length) return;
  await visit(answer.url);
  // What is locked must not look and sound like any other lot to somebody who only listens.
  const lock = answer.outcome === "opened" && document.querySelector("main .band");
  if (lock) tell("held", answer.message || answer.shown);
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

async function lookUp({ text, source, symbology, context }, repeated = false) {
  const body = new FormData();
  body.set("csrf_token", await token());
  for (const [name, value] of Object.entries({ code: text, source, symbology, context })) body.set(name, value);
  const { answer, text: read } = await ask("/scan", { method: "POST", body, headers: { "Shopfloor-Scan": "1" } });
  if (answer.headers.get("Shopfloor-Answer") === "token" && !repeated) {
    await renew();
    return lookUp({ text, source, symbology, context }, true);
  }
  // Whoever is not signed in any more is led to where that is done.
  if (answer.status === 401) {
    toSignIn();
    return { outcome: "nobody" };
  }
  const kind = answer.headers.get("Content-Type") ?? "";
  if (!kind.startsWith("application/json")) throw Object.assign(new Error("no answer"), { answered: true });
  return JSON.parse(read);
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
