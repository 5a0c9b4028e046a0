// One way for every entry, with and without network: keep it, send it, forget it once answered.

import { forget } from "./drafts.js";
import { tell } from "./feedback.js";
import { content, say, show, visit } from "./page.js";
import * as store from "./store.js";
import { renew, token } from "./token.js";

// What we and the server mean by the headers; a server that means something else says so.
const PROTOCOL = "1";
const LOCK = "shopfloor-outbox";
const SENT_MS = 20_000;
const AGAIN_MS = 20_000;

const channel = new BroadcastChannel("shopfloor-outbox");
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
  for (const moment of ["online", "focus", "shopfloor:swapped"]) {
    (moment.startsWith("shopfloor") ? document : window).addEventListener(moment, () => again());
  }
  setInterval(again, AGAIN_MS);
  again();
}

async function submit(form, submitter) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  submitter?.setAttribute("aria-busy", "true");
  try {
    await keep(form, { submitter });
  } finally {
    delete form.dataset.busy;
    submitter?.removeAttribute("aria-busy");
  }
}

/** Keep what a form says, send it, and show the answer; without one it stays and waits. */
export async function keep(form, { submitter, subject, words, quiet = false } = {}) {
  const target = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location);
  const entry = {
    id: newId(),
    person: content("shopfloor-person"),
    url: target.pathname + target.search,
    page: location.pathname + location.search,
    fields: [...new FormData(form, submitter)].filter(([name]) => !["csrf_token", "action_id"].includes(name)),
    subject: subject ?? form.dataset.outbox,
    words: words ?? [document.querySelector("h1"), submitter].map((at) => at?.textContent.trim()).join(" · "),
    madeAt: local(new Date()),
    state: "waiting",
  };
  try {
    entry.seq = await store.add(entry);
  } catch {
    tell("refused", say("cannotKeep"));
    return { said: "none" };
  }
  forget();
  const answered = new Promise((resolve) => awaited.set(entry.id, resolve));
  const unsent = send({ fresh: entry.id }).then(() => ({ said: "none" }));
  const answer = await Promise.race([answered, unsent]);
  awaited.delete(entry.id);
  count();
  await shown(answer, entry, quiet);
  return answer;
}

async function shown(answer, entry, quiet) {
  const { said, html, go, sentence } = answer;
  if (said === "done" || said === "parked") {
    const words = sentence || say(said === "done" ? "booked" : "parked");
    if (quiet) return rowDone(entry, words, html);
    tell("done", words);
    return go ? visit(go) : show(html, entry.url);
  }
  if (said === "refused") {
    if (quiet) row(entry, "refused", sentence);
    else await show(html, entry.url, { push: false });
    return tell(answer.rule === "scan_again" ? "unknown" : "refused", sentence || say("refused"));
  }
  if (said === "sign-in") return location.assign(`/sign-in?next=${encodeURIComponent(entry.page)}`);
  tell("kept", say("kept"));
  if (quiet) return row(entry, "kept", say("kept"));
  return visit("/queue");
}

/** Try again what waits; whatever is wrong with one entry holds up only its own subject. */
export async function again() {
  const entries = await count();
  if (entries.some((entry) => entry.state !== "refused")) await send({});
}

// One tab sends at a time; the others wait for their turn and find little left to do.
function send({ fresh }) {
  const work = () => sendAll(fresh);
  return navigator.locks ? navigator.locks.request(LOCK, work) : work();
}

async function sendAll(fresh) {
  let person = content("shopfloor-person");
  try {
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
      const answer = await post(entry);
      if (!(await settled(entry, answer, entry.id === fresh || awaited.has(entry.id)))) jammed.add(entry.subject);
    }
  } catch {
    // No network, or something between us that is not the server: everything stays.
  }
  count();
}

async function post(entry, repeated = false) {
  const body = new FormData();
  for (const [name, value] of entry.fields) body.append(name, value);
  body.set("csrf_token", await token());
  body.set("action_id", entry.id);
  body.set("happened_at", entry.madeAt);
  body.set("sent_at", local(new Date()));
  const answer = await fetch(entry.url, {
    method: "POST",
    body,
    redirect: "error",
    signal: AbortSignal.timeout(SENT_MS),
    headers: { "Shopfloor-Outbox": PROTOCOL, "Shopfloor-Person": entry.person },
  });
  const said = answer.headers.get("Shopfloor-Answer");
  if (said === "token" && !repeated) {
    await renew();
    return post(entry, true);
  }
  const ours = answer.headers.get("Shopfloor-Action") === entry.id;
  const html = await answer.text();
  return {
    id: entry.id,
    said: ours || said === "update" || said === "sign-in" ? said : "none",
    html,
    go: answer.headers.get("Shopfloor-Go"),
    rule: answer.headers.get("Shopfloor-Rule"),
    sentence: sentenceOf(html) || decodeURIComponent(answer.headers.get("Shopfloor-Said") ?? ""),
  };
}

// Forgets an entry that was answered; returns whether the next one of its subject may follow.
async function settled(entry, answer, watched) {
  const { said, sentence } = answer;
  if (said === "update") document.dispatchEvent(new CustomEvent("shopfloor:outdated"));
  const final = said === "done" || said === "parked" || said === "refused";
  if (final && (said !== "refused" || watched)) await store.remove(entry.seq);
  else await store.put({ ...entry, state: final ? "refused" : "waiting", sentence, tries: (entry.tries ?? 0) + 1 });
  if (!final && said !== "sign-in") return false;
  awaited.get(entry.id)?.(answer);
  channel.postMessage({ ...answer, html: undefined, go: answer.go ?? entry.page });
  return final;
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

function rowDone(entry, words, html) {
  const added = row(entry, "done", words, html);
  const undo = added?.querySelector("a[data-undo]:not([hidden])");
  tell("done", `${entry.words} · ${words}`, undo ? { undo: () => visit(undo.href) } : {});
}

// On a page that takes one scan after the other: the server's own row, or ours when it has none.
function row(entry, outcome, sentence, html = "") {
  const list = document.querySelector("[data-each-list]");
  const template = document.getElementById("each-row");
  if (!list || !template) return;
  const written = new DOMParser().parseFromString(html, "text/html").querySelector("[data-each-list] > li");
  if (written) {
    list.prepend(document.adoptNode(written));
    return written;
  }
  const item = template.content.cloneNode(true).firstElementChild;
  item.classList.add(outcome);
  item.querySelector("[data-code]").textContent = entry.words;
  item.querySelector("[data-said]").textContent = `${say(outcome)} ${sentence ?? ""}`;
  list.prepend(item);
  return item;
}

function sentenceOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.querySelector("[data-sentence]")?.textContent.trim() ?? "";
}

function newId() {
  // randomUUID() is there only over HTTPS; random bytes are there everywhere.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function local(moment) {
  const offset = -moment.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  const shifted = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, -1);
  return `${shifted}${sign}${two(offset / 60)}:${two(offset % 60)}`;
}
