// One way for every entry, with and without network: keep it, send it, forget it once answered.

import { forget } from "./drafts.js";
import { bodyOf, entryOf } from "./entry.js";
import { tell } from "./feedback.js";
import { content, here, outdated, say, show, stillHere, toSignIn, visit } from "./page.js";
import * as store from "./store.js";
import { renew, token } from "./token.js";
import { ask } from "./wire.js";

// What we and the server mean by the headers; a server that means something else says so.
const PROTOCOL = "1";
const LOCK = "shopfloor-outbox";
const SENT_MS = 15_000;
const AGAIN_MS = 20_000;
// A server that fails so often over one entry will not take it: that is shown, not repeated.
const MOST_TRIES = 5;
const FINAL = ["done", "parked", "refused"];

const channel = new BroadcastChannel("shopfloor-outbox");
// Whoever waits for the answer to an entry in this tab, by its id.
const awaited = new Map();

/** Take over the forms that say so, if this phone can keep entries; say so if it cannot. */
export async function listen() {
  if (!(await store.works())) {
    const warning = document.getElementById("cannot-keep");
    if (warning) warning.hidden = false;
    return;
  }
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!("outbox" in form.dataset) || event.defaultPrevented) return;
      event.preventDefault();
      event.stopPropagation();
      submit(form, event.submitter);
    },
    { capture: true },
  );
  channel.addEventListener("message", ({ data }) => awaited.get(data.id)?.(data));
  addEventListener("online", again);
  addEventListener("focus", again);
  setInterval(again, AGAIN_MS);
  again();
}

async function submit(form, submitter) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  submitter?.setAttribute("aria-busy", "true");
  const mark = here();
  try {
    const entry = entryOf(form, { submitter });
    forget();
    await shown(await keep(entry), entry, mark);
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
    // Nothing can be kept here: it is sent once, and said at once if that does not reach anybody.
    awaited.delete(entry.id);
    return post(entry).catch(() => ({ said: "lost" }));
  }
  const unsent = send(entry.id).then(() => ({ said: "none" }));
  const answer = await Promise.race([answered, unsent]);
  awaited.delete(entry.id);
  count();
  return answer;
}

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
  else if (stays && html) await show(html, entry.url, { push: said !== "refused" });
  tell(said === "refused" ? (rule === "scan_again" ? "unknown" : "refused") : "done", words);
}

/** Try again what waits; whatever is wrong with one entry holds up only its own subject. */
export async function again() {
  const entries = await count();
  if (entries.some((entry) => entry.state === "waiting")) await send();
}

/** Let an entry that the server could not take be tried anew. */
export const retry = (seq) => store.change(seq, { state: "waiting", tries: 0 }).then(again);

// One tab sends at a time; the others wait for their turn and find little left to do.
function send(fresh) {
  const work = () => sendAll(fresh);
  return navigator.locks ? navigator.locks.request(LOCK, work) : work();
}

async function sendAll(fresh) {
  let person = content("shopfloor-person");
  try {
    const entries = (await store.all()).filter((entry) => entry.state === "waiting");
    if (entries.some((entry) => entry.id !== fresh)) {
      const told = await renew();
      // Nobody is signed in any more: what was just entered asks for that, the rest waits.
      if (told.person === null) return awaited.get(fresh)?.({ said: "sign-in" });
      person = String(told.person);
    }
    const jammed = new Set();
    for (const entry of entries) {
      if (entry.person !== person || jammed.has(entry.subject)) continue;
      if (!(await settled(entry, await post(entry)))) jammed.add(entry.subject);
    }
  } catch {
    // No network, or something between us that is not the server: everything stays.
  } finally {
    count();
  }
}

async function post(entry, repeated = false) {
  const { answer, text } = await ask(
    entry.url,
    {
      method: "POST",
      body: bodyOf(entry, await token()),
      redirect: "error",
      headers: { "Shopfloor-Outbox": PROTOCOL, "Shopfloor-Person": entry.person, "Shopfloor-Action": entry.id },
    },
    SENT_MS,
  );
  const said = answer.headers.get("Shopfloor-Answer");
  if (said === "token" && !repeated) {
    await renew();
    return post(entry, true);
  }
  const ours = answer.headers.get("Shopfloor-Action") === entry.id;
  return {
    id: entry.id,
    said: ours || said === "update" || said === "sign-in" ? said : "none",
    failed: answer.status >= 500,
    html: text,
    go: answer.headers.get("Shopfloor-Go"),
    rule: answer.headers.get("Shopfloor-Rule"),
    sentence: sentenceOf(text) || decodeURIComponent(answer.headers.get("Shopfloor-Said") ?? ""),
  };
}

// Forgets an entry that was answered; returns whether the next one of its subject may follow.
async function settled(entry, answer) {
  const { id, said, failed, sentence } = answer;
  const watched = awaited.has(id);
  if (said === "update") outdated();
  if (FINAL.includes(said) && (said !== "refused" || watched)) await store.remove(entry.seq);
  else if (said === "refused") await store.change(entry.seq, { state: "refused", sentence });
  else if (failed) {
    const tries = entry.tries + 1;
    await store.change(entry.seq, { tries, state: tries < MOST_TRIES ? "waiting" : "stuck" });
  }
  if (!FINAL.includes(said) && said !== "sign-in") return false;
  awaited.get(id)?.(answer);
  // Another tab may wait for it: it hears the end, and never the page of this one.
  channel.postMessage({ id, said, rule: answer.rule, sentence });
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

function sentenceOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.querySelector("[data-sentence]")?.textContent.trim() ?? "";
}
