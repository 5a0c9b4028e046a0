// What somebody must know comes as a card on whatever page is open, and a lock on the page of its lot.

import { ring, tell } from "./feedback.js";
import { content, here, say, sentenceIn, stillHere, visit } from "./page.js";
import { follow } from "./stream.js";
import { ask } from "./wire.js";

const MOST = 3;
const place = () => document.getElementById("alerts");
const parse = (html) => new DOMParser().parseFromString(html, "text/html").body;
let total;
let asking = false;
let again = false;

// What has rung on this phone for this person: it rings once, on whatever page, after whatever break.
const key = () => `shopfloor-alerts-${content("shopfloor-person")}`;
function known() {
  try {
    return JSON.parse(localStorage.getItem(key()) ?? "null");
  } catch {
    return null;
  }
}
function keep(marks) {
  try {
    localStorage.setItem(key(), JSON.stringify(marks));
  } catch {
    // A private window: then it may ring twice, which is better than never.
  }
}

function count() {
  for (const number of document.querySelectorAll("[data-bell] b")) number.textContent = total;
  for (const bell of document.querySelectorAll("[data-bell]")) bell.toggleAttribute("data-none", !total);
  document.title = (total ? `(${total}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  if (total) navigator.setAppBadge?.(total).catch(() => {});
  else navigator.clearAppBadge?.().catch(() => {});
}

async function look() {
  if (!document.querySelector("[data-bell]")) return place()?.replaceChildren();
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    const { answer, text } = await ask("/alerts/now");
    if (answer.ok && !answer.redirected) put(parse(text).firstElementChild);
  } catch {
    // What cannot be read now is read with the next word of the stream.
  }
  asking = false;
  if (!again) return;
  again = false;
  await look();
}

function put(root) {
  total = Number(root.dataset.total);
  const cards = [...root.children];
  const rung = known();
  const fresh = cards.filter(({ dataset }) => rung && !rung.includes(dataset.mark) && !("quiet" in dataset));
  const shown = new Map([...place().children].map((card) => [card.dataset.alert, card]));
  for (const [alert, card] of shown) {
    const now = cards.find(({ dataset }) => dataset.alert === alert);
    // Settled, or somebody has answered: nobody is called any more.
    if (!now || ("quiet" in now.dataset && now.dataset.mark === card.dataset.mark)) card.remove();
    else if (!card.contains(document.activeElement)) card.replaceWith(now);
  }
  for (const card of fresh) {
    if (!place().querySelector(`[data-alert="${card.dataset.alert}"]`)) place().prepend(card);
  }
  while (place().childElementCount > MOST) place().lastElementChild.remove();
  keep(cards.map(({ dataset }) => dataset.mark));
  count();
  if (!fresh.length) return;
  ring("alert");
  const arrived = document.getElementById("arrived");
  if (arrived) arrived.textContent = fresh.map(({ dataset }) => dataset.words).join(". ");
}

// An answer leaves the page as it is: whoever answers is in the middle of something else.
async function answered(event) {
  event.preventDefault();
  event.stopPropagation();
  const form = event.target;
  const card = form.closest("[data-alert]");
  event.submitter?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.type !== "opaqueredirect" && !answer.ok) {
      tell("refused", sentenceIn(await answer.text()) || say("refused"));
    }
    card.remove();
    await look();
  } catch {
    tell("refused", say("noNetwork"));
  }
  event.submitter?.removeAttribute("aria-busy");
}

async function locks() {
  const lock = document.querySelector("[data-locks]");
  if (!lock) return;
  const mark = here();
  try {
    const { answer, text } = await ask(`/locked/${encodeURIComponent(lock.dataset.locks)}`);
    if (!answer.ok || answer.redirected || !stillHere(mark)) return;
    const found = parse(text).firstElementChild;
    const hold = found?.dataset.hold ?? "";
    const same = hold === lock.dataset.hold;
    lock.dataset.hold = hold;
    // A page on which nothing is typed shows the whole new state; what is typed stays where it is.
    if ("renews" in lock.dataset) {
      if (!same) await visit(location.href, { push: false });
      else if (found) document.querySelector("#content .alert-answers")?.replaceWith(...found.querySelectorAll(".alert-answers"));
    } else if (!same || lock.hasChildNodes()) lock.replaceChildren(...(found ? [found] : []));
    if (!same && hold) tell("held", found.dataset.words);
  } catch {
    // Asked again with the next word of the stream.
  }
}

document.addEventListener("shopfloor:news", ({ detail: { name } }) => {
  const all = name === "open" || name === "poll";
  if (all || name === "alerts") look();
  // Who has answered stands beside the lock.
  if (all || name === "locks" || (name === "alerts" && document.querySelector("[data-hold]:not([data-hold=''])"))) locks();
});
document.addEventListener("shopfloor:swapped", () => (total === undefined ? undefined : swapped()));
// The page was written with its own number: from then on it is ours that counts up and down.
function swapped() {
  const written = document.querySelector("[data-bell] b");
  if (written) total = Number(written.textContent);
  count();
}
place()?.addEventListener("submit", answered);
place()?.addEventListener("click", ({ target }) => target.closest("[data-away]")?.closest("[data-alert]").remove());
follow();
