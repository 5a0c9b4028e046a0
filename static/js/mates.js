// Several people on one report: equal parts at a tap, and what nobody has yet is shown.

import { tell } from "./feedback.js";
import { say } from "./page.js";
import { token } from "./token.js";
import { ask } from "./wire.js";

const lists = () => document.querySelectorAll("details[data-mates]");
const numberOf = (field) => Number(field.value.trim().replace(",", ".")) || 0;
const goodOf = (list) => numberOf(list.closest("form").elements.good);
const rows = (list) => [...list.querySelectorAll("[data-mate]")];
const tickOf = (row) => row.querySelector("[name=with]");
const fieldOf = (row) => row.querySelector("[name^=share_]");
const ticked = (list) => rows(list).filter((row) => tickOf(row).checked);

function dress() {
  for (const list of lists()) {
    list.querySelector("[data-even-out]").hidden = false;
    // Whom nobody sees nobody shares with by mistake.
    if (ticked(list).length > 1) list.open = true;
    rest(list);
  }
}

// Whole pieces while the quantity is whole; what cannot be split goes to the first ones.
function evenOut(list) {
  const people = ticked(list);
  for (const row of rows(list)) fieldOf(row).value = "";
  if (people.length > 1) {
    const good = goodOf(list);
    const scale = Number.isInteger(good) ? 1 : 1e6;
    const all = Math.round(good * scale);
    const part = Math.floor(all / people.length);
    people.forEach((row, n) => (fieldOf(row).value = String((part + (n < all % people.length ? 1 : 0)) / scale)));
  }
  rest(list);
}

function rest(list) {
  const told = list.querySelector("[data-rest]");
  const people = ticked(list);
  told.hidden = people.length < 2;
  const given = people.reduce((sum, row) => sum + numberOf(fieldOf(row)), 0);
  const left = Number((goodOf(list) - given).toFixed(6));
  told.classList.toggle("stop", left !== 0);
  told.classList.toggle("good", left === 0);
  const words = left > 0 ? told.dataset.left : left < 0 ? told.dataset.over : told.dataset.even;
  told.textContent = words.replace("@", String(Math.abs(left)));
}

/** Add whose badge was scanned to the list that is open, and share equally again. */
export async function add(list, { text, source, symbology }) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ csrf_token: await token(), code: text, source, symbology })) {
    body.set(name, value);
  }
  const { answer, text: row } = await ask("/mates", { method: "POST", body, headers: { "Shopfloor-Scan": "1" } });
  if (!answer.ok || !row.includes("data-mate")) return tell("unknown", say("refused"));
  const fresh = new DOMParser().parseFromString(row, "text/html").querySelector("[data-mate]");
  const known = rows(list).find((one) => tickOf(one).value === tickOf(fresh).value);
  if (!known) list.querySelector("[data-list]").append(fresh);
  tickOf(known ?? fresh).checked = true;
  tell("done", tickOf(fresh).closest("label").textContent.trim());
  for (const key of fresh.querySelectorAll("[data-step]")) key.hidden = false;
  evenOut(list);
  // What was typed so far is kept for whoever is interrupted, and with it who was added.
  tickOf(known ?? fresh).dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener(
  "toggle",
  (event) => {
    const list = event.target;
    if (!list.open || !("mates" in (list.dataset ?? {})) || ticked(list).length) return;
    for (const row of rows(list)) tickOf(row).checked = "now" in row.dataset;
    evenOut(list);
  },
  { capture: true },
);
document.addEventListener("change", (event) => {
  const list = event.target.closest?.("details[data-mates]");
  if (list && event.target.name === "with") evenOut(list);
});
document.addEventListener("input", (event) => {
  const list = event.target.closest?.("details[data-mates]");
  if (list) {
    const row = event.target.closest("[data-mate]");
    if (row && event.target === fieldOf(row)) tickOf(row).checked = numberOf(event.target) > 0;
    rest(list);
  } else if (event.target.name === "good") {
    for (const each of lists()) if (ticked(each).length > 1) evenOut(each);
  }
});
document.addEventListener("click", (event) => {
  const list = event.target.closest?.("[data-even-out]")?.closest("details[data-mates]");
  if (list) evenOut(list);
});
document.addEventListener("shopfloor:swapped", dress);
document.addEventListener("shopfloor:restored", dress);
dress();
