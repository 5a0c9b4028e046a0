// A call, a crash or an empty battery: what was typed and not yet sent is there again, for the
// person who typed it and for nobody else.

import { content } from "./page.js";
import * as store from "./store.js";

const KEPT_MS = 12 * 3600 * 1000;

const nameOf = (person = content("shopfloor-person"), path = location.pathname) => `draft ${person} ${path}`;
const formHere = () => document.querySelector("form[data-outbox][id]:not([data-each])");
const typed = (form) =>
  [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !/^(csrf_token|action_id|written_by)$/.test(name));

// The page in the other language is a new one: this tab takes over what stands in all its forms,
// with what the server compares it to, and with the photos that it has already.
const SWITCHED = "shopfloor switched";
const BESIDE = /^(version|was_.*|sha256_.*)$/;
const ticked = ({ type }) => type === "radio" || type === "checkbox";
const formsHere = () =>
  [...document.querySelectorAll("main form")].map((form) => [`${form.id} ${form.getAttribute("action")}`, form]);
const fieldsOf = (form) =>
  [...form.elements].filter(({ name, type }) =>
    type === "hidden" ? BESIDE.test(name) : name && !/^(password|file|submit|button|fieldset)$/.test(type),
  );
const told = (form) => fieldsOf(form).map((field) => [field.name, ticked(field) ? field.checked : field.value]);
const taken = new Set();

function takeAlong({ target }) {
  if (!target.matches("form.languages")) return;
  const kept = { who: content("shopfloor-person"), path: location.pathname, forms: formsHere().map(([name, form]) => [name, told(form)]) };
  try {
    sessionStorage.setItem(SWITCHED, JSON.stringify(kept));
  } catch {
    // A full or forbidden store: the language is switched all the same.
  }
}

function takeOver() {
  const kept = JSON.parse(sessionStorage.getItem(SWITCHED) ?? "null");
  sessionStorage.removeItem(SWITCHED);
  if (kept?.who !== content("shopfloor-person") || kept.path !== location.pathname) return;
  for (const [name, form] of formsHere()) {
    const at = kept.forms.findIndex(([own]) => own === name);
    if (at >= 0) fill(form, kept.forms.splice(at, 1)[0][1]);
  }
}

function fill(form, values) {
  const before = JSON.stringify(told(form));
  const fields = fieldsOf(form);
  for (const [name, value] of values) {
    // Of several fields under one name the first that is left takes the first value.
    const at = fields.findIndex((field) => field.name === name);
    const [field] = at < 0 ? [] : fields.splice(at, 1);
    if (!field && name.startsWith("sha256_")) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    else if (field && ticked(field)) field.checked = value;
    else if (field) field.value = value;
  }
  if (JSON.stringify(told(form)) === before) return;
  taken.add(form);
  form.dispatchEvent(new CustomEvent("shopfloor:restored", { bubbles: true }));
}

/** Bring back what was typed on this page before, unless the server shows something newer. */
export async function restore() {
  const said = document.getElementById("draft");
  if (said) said.hidden = true;
  const form = formHere();
  if (!form || !content("shopfloor-person") || document.querySelector("[data-sentence]")) return;
  // What has just come over from the page in the other language is newer than any draft.
  if (taken.has(form)) return void store.note(nameOf(), { at: Date.now(), fields: typed(form) });
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
  document.addEventListener("submit", takeAlong);
  try {
    takeOver();
  } catch {
    // A browser without a store of its own for this tab.
  }
  document.addEventListener("input", ({ target }) => {
    const form = target.form;
    if (!form || form !== formHere()) return;
    store.note(nameOf(), { at: Date.now(), fields: typed(form) }).catch(() => {});
  });
}
