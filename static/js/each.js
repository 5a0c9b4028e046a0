// A page that does one thing with many lots: every scan is kept at once, and its row follows.

import { entryOf } from "./entry.js";
import { tell } from "./feedback.js";
import { drop, keep } from "./outbox.js";
import { say, toSignIn, visit } from "./page.js";

/** Return the form that takes every scan on this page, if there is one. */
export const eachForm = () => document.querySelector("form[data-each]");

/** Keep what was scanned for this form as it stands now; wherever the worker goes meanwhile. */
export async function each(form, text) {
  const field = form.querySelector("[name=code]");
  const yes = form.querySelector("[name=confirm]");
  field.value = text;
  // Unusual but legal: the server asks, and the second scan of the same code is the yes.
  if (yes.value !== text) yes.value = "";
  const what = document.querySelector("h1").textContent.trim();
  const entry = entryOf(form, { subject: codeIn(text), words: `${what} · ${text}`, typed: [] });
  field.value = "";
  const answer = await keep(entry);
  yes.value = answer.rule === "scan_again" ? text : "";
  await told(answer, text, { form, entry });
}

// A label holds an address that ends in the lot's code: every page keeps the order of that.
const codeIn = (text) => text.trim().toUpperCase().split("/").pop();

async function told({ said, html, sentence, rule }, text, { form, entry }) {
  if (said === "sign-in") return toSignIn(entry.page);
  if (said === "done" || said === "parked") {
    const words = sentence || say(said === "done" ? "booked" : "parked");
    const undo = row(form, text, said, words, html)?.querySelector("a[data-undo]:not([hidden])");
    return tell(said, `${text} · ${words}`, undo ? { undo: () => visit(undo.href) } : {});
  }
  if (said === "refused") {
    const words = sentence || say("refused");
    if (row(form, text, "refused", words)) drop(entry);
    return tell(rule === "scan_again" ? "unknown" : "refused", words);
  }
  const words = say(said === "lost" ? "cannotKeep" : "keptWords");
  row(form, text, said === "lost" ? "refused" : "kept", words);
  return tell(said === "lost" ? "refused" : "kept", words);
}

// The server's own row, or ours when it has none; nothing where the worker has left the list.
function row(form, text, outcome, words, html = "") {
  if (!form.isConnected) return undefined;
  const list = document.querySelector("[data-each-list]");
  const template = document.getElementById("each-row");
  const written = new DOMParser().parseFromString(html, "text/html").querySelector("[data-each-list] > li");
  if (written) {
    list.prepend(document.adoptNode(written));
    return written;
  }
  const item = template.content.cloneNode(true).firstElementChild;
  item.classList.add(outcome);
  item.querySelector("[data-code]").textContent = text;
  item.querySelector("[data-said]").textContent = words;
  list.prepend(item);
  return item;
}
