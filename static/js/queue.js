// The page of what this phone keeps: in plain words, for its owner only.

import { again, drop, retry } from "./outbox.js";
import { content, visit } from "./page.js";
import { reopen } from "./reopen.js";
import * as store from "./store.js";
import { ask } from "./wire.js";

const LEAVE_MS = 15_000;
const isCopy = () => Boolean(document.querySelector("[data-kept-copy]"));

// Whoever is there now is there also when the network goes and the page is loaded anew.
const remember = () => (isCopy() ? undefined : store.note("person", content("shopfloor-person")).catch(() => {}));

// The page that was asked for comes when the server answers again, and not by asking without end.
async function leave() {
  if (!isCopy() || !navigator.onLine) return;
  const { answer } = await ask("/healthz", { cache: "no-store" });
  if (answer.ok && isCopy()) await visit(location.href, { push: false });
}

// A page that was loaded without network does not know who is there; the phone does.
let remembered = "";

/** Draw the list wherever a page has a place for it, and again whenever it changes. */
export async function listen() {
  document.addEventListener("shopfloor:kept", ({ detail }) => draw(detail.entries));
  addEventListener("online", () => leave().catch(() => {}));
  setInterval(() => leave().catch(() => {}), LEAVE_MS);
  document.addEventListener("shopfloor:swapped", remember);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-queue-act]");
    if (!button) return;
    const seq = Number(button.dataset.seq);
    const acts = { remove: () => drop({ seq }), retry: () => retry(seq), open: () => reopen(seq), again };
    await acts[button.dataset.queueAct]();
  });
  if (isCopy()) remembered = await store.noted("person");
  await remember();
  draw(await store.all());
}

function draw(entries) {
  const place = document.querySelector("[data-queue]");
  if (!place) return;
  const person = content("shopfloor-person") || remembered;
  const own = entries.filter((entry) => person && entry.person === person);
  place.replaceChildren(...own.map(row));
  for (const [name, number] of [
    ["none", entries.length ? 0 : 1],
    ["others", entries.length - own.length],
  ]) {
    const said = document.querySelector(`[data-queue-${name}]`);
    said.hidden = !number;
    const counter = said.querySelector("b");
    if (counter) counter.textContent = number;
  }
}

// As the server writes it: the day in words, so that nobody takes the month for it.
function moment(at) {
  const language = document.documentElement.lang.replace(/^en$/, "en-GB");
  const day = { weekday: "short", day: "numeric", month: "short" };
  return new Date(at).toLocaleString(language, { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

function row(entry) {
  const item = document.getElementById("queue-row").content.cloneNode(true).firstElementChild;
  const put = (name, words) => (item.querySelector(`[data-${name}]`).textContent = words);
  put("words", entry.words);
  put("when", moment(entry.madeAt));
  put("fields", entry.typed?.join(" · ") ?? "");
  put("sentence", entry.sentence ?? "");
  item.querySelector(`[data-state="${entry.state}"]`).hidden = false;
  for (const button of item.querySelectorAll("[data-queue-act]")) {
    button.dataset.seq = entry.seq;
    button.hidden = !button.dataset.states.includes(entry.state);
  }
  return item;
}
