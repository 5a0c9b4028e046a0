// The page of what this phone keeps: in plain words, for its owner only.

import { again } from "./outbox.js";
import { content, visit } from "./page.js";
import * as store from "./store.js";

// A page that was loaded without network does not know who is there; the phone does.
let remembered = "";

/** Draw the list wherever a page has a place for it, and again whenever it changes. */
export async function listen() {
  document.addEventListener("shopfloor:kept", ({ detail }) => {
    draw(detail.entries);
    // What waited has gone: show the page that was asked for.
    const copy = document.querySelector("[data-kept-copy]");
    if (copy && !detail.entries.length && navigator.onLine) visit(location.href, { push: false });
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-queue-act]");
    if (!button) return;
    if (button.dataset.queueAct === "remove") await store.remove(Number(button.dataset.seq));
    await again();
    draw(await store.all());
  });
  const here = content("shopfloor-person");
  if (document.querySelector("[data-kept-copy]")) remembered = await store.noted("person");
  else await store.note("person", here);
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

function row(entry) {
  const item = document.getElementById("queue-row").content.cloneNode(true).firstElementChild;
  const put = (name, words) => (item.querySelector(`[data-${name}]`).textContent = words);
  put("words", entry.words);
  put("when", new Date(entry.madeAt).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" }));
  put("fields", entry.fields.filter(([, value]) => typeof value === "string" && value).map((pair) => pair.join(": ")).join(" · "));
  put("sentence", entry.sentence ?? "");
  item.querySelector(`[data-state="${entry.state}"]`).hidden = false;
  const remove = item.querySelector('[data-queue-act="remove"]');
  remove.dataset.seq = entry.seq;
  remove.hidden = entry.state !== "refused";
  return item;
}
