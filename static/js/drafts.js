// A call, a crash or an empty battery: what was typed and not yet sent is there again, for the
// person who typed it and for nobody else.

import { content } from "./page.js";
import * as store from "./store.js";

const KEPT_MS = 12 * 3600 * 1000;

const nameOf = (person = content("shopfloor-person"), path = location.pathname) => `draft ${person} ${path}`;
const formHere = () => document.querySelector("form[data-outbox][id]:not([data-each])");
const typed = (form) =>
  [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !/^(csrf_token|action_id|written_by)$/.test(name));

/** Bring back what was typed on this page before, unless the server shows something newer. */
export async function restore() {
  const said = document.getElementById("draft");
  if (said) said.hidden = true;
  const form = formHere();
  if (!form || !content("shopfloor-person") || document.querySelector("[data-sentence]")) return;
  const draft = await store.noted(nameOf());
  if (!draft || Date.now() - draft.at > KEPT_MS) return;
  for (const [name, value] of draft.fields) {
    // Of several ticks under one name each has a value of its own.
    const all = draft.fields.filter(([other]) => other === name).map(([, own]) => own);
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = all.includes(field.value);
      else if (field.type !== "hidden" && field.type !== "file") field.value = value;
    }
  }
  if (said) said.hidden = false;
  form.dispatchEvent(new CustomEvent("shopfloor:restored", { bubbles: true }));
}

/** Forget the draft of an entry: the entry itself is kept now. */
export const forget = ({ person, page }) => store.forget(nameOf(person, page.split("?")[0])).catch(() => {});

/** Keep what is being typed. */
export function listen() {
  store.sweep("draft ", KEPT_MS).catch(() => {});
  document.addEventListener("input", ({ target }) => {
    const form = target.form;
    if (!form || form !== formHere()) return;
    store.note(nameOf(), { at: Date.now(), fields: typed(form) }).catch(() => {});
  });
}
