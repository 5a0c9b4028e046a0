// One way for every entry, with and without network: keep it, send it, forget it once answered.

import { forget } from "./drafts.js";
import { bodyOf, bytesOf, entryOf, formOf } from "./entry.js";
import { tell } from "./feedback.js";
import { content, here, outdated, say, sentenceIn, show, stillHere, toSignIn, visit } from "./page.js";
import * as store from "./store.js";
import { renew, token } from "./token.js";
import { ask } from "./wire.js";

// What we and the server mean by the headers; a server that means something else says so.
const PROTOCOL = "1";
const LOCK = "shopfloor-outbox";
const SENT_MS = 15_000;
const AGAIN_MS = 20_000;
// A photo may take as long as a weak Wi-Fi needs for it.
const SLOWEST_BYTES_PER_MS = 20;
// A server that fails so often over one entry will not take it: that is shown, not repeated.
const MOST_TRIES = 5;
const FINAL = ["done", "parked", "refused"];
const ANSWERS = [...FINAL, "sign-in"];

const channel = new BroadcastChannel("shopfloor-outbox");
// Whoever waits for the answer to an entry in this tab, by its id.
const awaited = new Map();
let turn = Promise.resolve();

/** Take over the forms that say so, if this phone can keep entries; say so if it cannot. */
export async function listen() {
  channel.addEventListener("message", ({ data }) => awaited.get(data.id)?.(data));
  addEventListener("online", again);
  addEventListener("focus", again);
  setInterval(again, AGAIN_MS);
  // Also a phone that has filled up sends what it holds already.
  again();
  if (await store.works()) return document.addEventListener("submit", taken, { capture: true });
  const warning = document.getElementById("cannot-keep");
  if (warning) warning.hidden = false;
}

function taken(event) {
  const form = event.target;
  if (!("outbox" in form.dataset) || event.defaultPrevented) return;
  event.preventDefault();
  event.stopPropagation();
  submit(form, event.submitter);
}

async function submit(form, submitter) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  submitter?.setAttribute("aria-busy", "true");
  const mark = here();
  try {
    const entry = entryOf(form, { submitter });
    const corrects = Number(form.dataset.corrects);
    const answer = await keep(entry);
    // What was refused before is here anew, corrected, and has an id of its own.
    if (corrects && answer.said !== "lost") await drop({ seq: corrects });
    await shown(answer, entry, mark);
  } finally {
    delete form.dataset.busy;
    submitter?.removeAttribute("aria-busy");
  }
}

/** Keep an entry, send it, and return the answer: `said` is "none" while it has to wait. */
export async function keep(entry) {
  const answered = new Promise((resolve) => awaited.set(entry.id, resolve));
  try {
    entry.seq = await store.add(entry);
  } catch {
    awaited.delete(entry.id);
    return sentOnce(entry);
  }
  forget(entry);
  // What is kept keeps nobody waiting, however long the way to the server takes.
  const unsent = Promise.race([send(entry.id).catch(() => {}), pause(SENT_MS)]).then(() => ({ said: "none" }));
  const answer = await Promise.race([answered, unsent]);
  awaited.delete(entry.id);
  if (answer.said === "none") store.protect();
  recount();
  return answer;
}

// Nothing can be kept here: it is said at once if that does not reach anybody.
async function sentOnce(entry) {
  const answer = await post(entry).catch(() => ({}));
  if (answer.said === "update") outdated();
  return ANSWERS.includes(answer.said) ? answer : { said: "lost" };
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function shown({ said, html, go, sentence, rule }, entry, mark) {
  const words = sentence || say({ done: "booked", parked: "parked", refused: "refused" }[said] ?? "keptWords");
  // A late answer is told, and never pulls away the page that the worker has gone on to.
  const stays = stillHere(mark);
  if (said === "sign-in") return toSignIn(entry.page);
  if (said === "lost") return tell("refused", say("cannotKeep"));
  if (said === "none") {
    tell("kept", words);
    // Without the worker of the app a visit would end at the browser's own error page.
    if (stays && navigator.serviceWorker?.controller) await visit("/queue");
    return;
  }
  if (stays && go) await visit(go);
  else if (stays && html) {
    const there = await show(html, entry.url, { push: said !== "refused" });
    // Typed words stay in the list of this phone while there is no form to hold them.
    if (said === "refused" && there && (formOf(entry) || !entry.typed.length)) await drop(entry);
  }
  // What has just locked something is booked, but nobody who only listens may take it for all is well.
  const locked = said === "done" && stays && document.querySelector("main .band:has(+ .booked) div");
  if (locked) tell("held", [...locked.childNodes].map((part) => part.textContent.trim()).filter(Boolean).join(" · "));
  else tell(rule === "scan_again" ? "unknown" : said, words);
}

/** Try again what waits; whatever is wrong with one entry holds up only its own subject. */
export async function again() {
  try {
    const entries = await count();
    if (entries.some((entry) => entry.state === "waiting")) await send();
  } catch {
    // What cannot be read now is read the next time.
  }
}

/** Let an entry that the server could not take be tried anew. */
export const retry = (seq) => store.change(seq, { state: "waiting", tries: 0 }).then(again);

/** Forget a refused entry: its owner has read why, and has what he typed in front of him or sent. */
export const drop = ({ seq }) => store.remove(seq).then(recount, () => {});

// One tab sends at a time; the others wait for their turn and find little left to do.
function send(fresh) {
  const work = () => sendAll(fresh);
  if (navigator.locks) return navigator.locks.request(LOCK, work);
  // Locks are there only over HTTPS: without them two tabs may send one entry, and it counts once.
  turn = turn.then(work);
  return turn;
}

async function sendAll(fresh) {
  try {
    let person = content("shopfloor-person");
    const entries = (await store.all()).filter((entry) => entry.state !== "refused");
    if (entries.some((entry) => entry.id !== fresh)) {
      const told = await renew();
      // Nobody is signed in any more: what was just entered asks for that, the rest waits.
      if (told.person === null) return awaited.get(fresh)?.({ said: "sign-in" });
      person = String(told.person);
    }
    const jammed = new Set();
    for (const entry of entries) {
      if (entry.person !== person || jammed.has(entry.subject)) continue;
      if (entry.state === "stuck" || !(await sent(entry))) jammed.add(entry.subject);
    }
  } catch {
    // No network, or something between us that is not the server: everything stays.
  } finally {
    recount();
  }
}

// Sends an entry; returns whether the next one of its subject may follow.
async function sent(entry) {
  let answer;
  try {
    answer = await post(entry);
  } catch {
    // While the server answers others, only this one does not get through.
    await renew();
    return false;
  }
  return settled(entry, answer);
}

/** Post an entry, with `more` headers, and return what was answered; `said` is "none" for a stranger's answer. */
export async function post(entry, more = {}, repeated = false) {
  const { answer, text } = await ask(
    entry.url,
    {
      method: "POST",
      body: bodyOf(entry, await token()),
      redirect: "manual",
      headers: { "Shopfloor-Outbox": PROTOCOL, "Shopfloor-Person": entry.person, "Shopfloor-Action": entry.id, ...more },
    },
    SENT_MS + bytesOf(entry) / SLOWEST_BYTES_PER_MS,
  );
  const said = answer.headers.get("Shopfloor-Answer");
  if (said === "token" && !repeated) {
    await renew();
    return post(entry, more, true);
  }
  const ours = answer.headers.get("Shopfloor-Action") === entry.id;
  return {
    id: entry.id,
    said: ours || said === "update" || said === "sign-in" ? said : "none",
    html: text,
    go: answer.headers.get("Shopfloor-Go"),
    rule: answer.headers.get("Shopfloor-Rule"),
    sentence: sentenceIn(text) || decodeURIComponent(answer.headers.get("Shopfloor-Said") ?? ""),
  };
}

// What was answered is forgotten; a no stays until it is read, also if the page dies before that.
async function settled(entry, answer) {
  const { id, said, go, rule, sentence } = answer;
  if (said === "update") outdated();
  if (said === "done" || said === "parked") await store.remove(entry.seq);
  else if (said === "refused") await store.change(entry.seq, { state: "refused", sentence });
  else if (said === "failed") {
    const tries = entry.tries + 1;
    await store.change(entry.seq, { tries, state: tries < MOST_TRIES ? "waiting" : "stuck" });
  }
  // Whoever counted on it has long gone on: that it is not booked is told, until somebody touches it.
  if ((said === "refused" || said === "parked") && !awaited.has(id)) tell(said, `${entry.words} · ${sentence || say(said)}`, { stays: true });
  if (!ANSWERS.includes(said)) return false;
  awaited.get(id)?.(answer);
  // Another tab may wait for it: it hears the end, and never the page of this one.
  channel.postMessage({ id, said, go, rule, sentence });
  return FINAL.includes(said);
}

/** Show in the bar how many entries of this phone wait, and return them. */
export async function count() {
  const entries = await store.all();
  const link = document.getElementById("kept");
  if (link) {
    link.hidden = !entries.length;
    link.querySelector("b").textContent = entries.length;
  }
  document.dispatchEvent(new CustomEvent("shopfloor:kept", { detail: { entries } }));
  return entries;
}

const recount = () => count().catch(() => {});
