// A call, a crash or an empty battery: what was typed and not yet sent is there again, for the
// person who typed it and the piece that he typed it for, and for nothing else.

import { content } from "./page.js";
import * as store from "./store.js";

const KEPT_MS = 12 * 3600 * 1000;
const SWITCHED = "shopfloor switched";
// What the server compares a form to, and the photos that it has already.
const BESIDE = /^(version|was_.*|sha256_.*)$/;
// What every form has anew; all else that is hidden says what the form is about.
const ANEW = /^(csrf_token|action_id|written_by|theirs_.*)$/;
// A yes to what one page has shown is asked for again by the next.
const ASKED_AGAIN = ["rest", "sure"];

const nameOf = (person = content("shopfloor-person"), path = location.pathname) => `draft ${person} ${path}`;
const formHere = () => document.querySelector("form[data-outbox][id]:not([data-each])");
const hidden = ({ type }) => type === "hidden";
const ticked = ({ type }) => type === "radio" || type === "checkbox";
const left = ({ name, type }) => !name || ASKED_AGAIN.includes(name) || /^(password|file|submit|button|fieldset)$/.test(type);
const fieldsOf = (form) => [...form.elements].filter((field) => !left(field));
const typedIn = (form) => fieldsOf(form).filter((field) => !hidden(field) && !BESIDE.test(field.name));
const broughtBy = (form) => fieldsOf(form).filter((field) => !hidden(field) || BESIDE.test(field.name));
const told = (fields) =>
  fields.map((field) => (ticked(field) ? [field.name, field.value, field.checked] : [field.name, field.value]));

// Which piece, which value, which inspection: what a form says of itself without showing it.
function aboutOf(form) {
  const about = {};
  for (const field of fieldsOf(form)) {
    if (hidden(field) && !BESIDE.test(field.name) && !ANEW.test(field.name)) (about[field.name] ??= []).push(field.value);
  }
  return about;
}

function isAbout(form, about) {
  const own = aboutOf(form);
  return Object.keys(own).every((name) => !about[name] || own[name].join("\n") === about[name].join("\n"));
}

const draftOf = (form) => ({ at: Date.now(), form: form.id, about: aboutOf(form), fields: told(typedIn(form)) });

// The page in the other language is a new one: this tab takes over what stands in all its forms.
// A refused form may stand under the address of the page that sent it: the switch has its own.
const own = () => new URL(document.querySelector("form.languages [name=next]")?.value ?? "", location);
const formsHere = () => [...document.querySelectorAll("main form")].map((form) => [whereTo(form), form]);
const whereTo = (form) => `${form.id} ${new URL(form.getAttribute("action") ?? "", own()).pathname}`;
const taken = new Set();

function takeAlong({ target }) {
  if (!target.matches("form.languages")) return;
  const forms = formsHere().map(([name, form]) => ({ name, about: aboutOf(form), fields: told(broughtBy(form)) }));
  try {
    sessionStorage.setItem(SWITCHED, JSON.stringify({ who: content("shopfloor-person"), path: own().pathname, forms }));
  } catch {
    // A full or forbidden store: the language is switched all the same.
  }
}

function takeOver() {
  const kept = JSON.parse(sessionStorage.getItem(SWITCHED) ?? "null");
  sessionStorage.removeItem(SWITCHED);
  if (kept?.who !== content("shopfloor-person") || kept.path !== location.pathname) return;
  for (const [name, form] of formsHere()) {
    const at = kept.forms.findIndex((each) => each.name === name && isAbout(form, each.about));
    if (at >= 0 && fill(form, kept.forms.splice(at, 1)[0].fields)) taken.add(form);
  }
}

// Returns whether anything is another now than the server wrote it.
function fill(form, values) {
  const before = JSON.stringify(told(broughtBy(form)));
  const fields = fieldsOf(form);
  for (const [name, value, checked] of values) {
    const photo = name.startsWith("sha256_");
    if (photo && checked === false) continue;
    // A tick is known by its value; of several other fields under one name the first that is left is meant.
    const at = fields.findIndex((field) => field.name === name && (!ticked(field) || field.value === value));
    const [field] = at < 0 ? [] : fields.splice(at, 1);
    if (!field && photo) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    else if (field && ticked(field)) field.checked = checked;
    else if (field) field.value = value;
  }
  if (JSON.stringify(told(broughtBy(form))) === before) return false;
  form.dispatchEvent(new CustomEvent("shopfloor:restored", { bubbles: true }));
  return true;
}

/** Bring back what was typed on this page before, unless the server shows something newer. */
export async function restore() {
  const said = document.getElementById("draft");
  if (said) said.hidden = true;
  const form = formHere();
  if (!form || !content("shopfloor-person") || document.querySelector("[data-sentence]")) return;
  // What has just come over from the page in the other language is newer than any draft.
  if (taken.has(form)) return void store.note(nameOf(), draftOf(form)).catch(() => {});
  const draft = await store.noted(nameOf());
  if (!draft || Date.now() - draft.at > KEPT_MS || draft.form !== form.id || !isAbout(form, draft.about)) return;
  if (fill(form, draft.fields) && said) said.hidden = false;
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
    if (form && form === formHere()) store.note(nameOf(), draftOf(form)).catch(() => {});
  });
}
