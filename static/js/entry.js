// One entry of the outbox: what a form says, under an id that is made before the first send.

import { content } from "./page.js";

const NOT_KEPT = ["csrf_token", "action_id"];

/** Return what a form says now, ready to be kept. */
export function entryOf(form, { submitter, subject, words, typed } = {}) {
  const target = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location);
  const fields = [...new FormData(form)].filter(([name]) => !NOT_KEPT.includes(name));
  // Older browsers leave out the button that was pressed, and with it the verdict.
  if (submitter?.name) fields.push([submitter.name, submitter.value]);
  return {
    id: newId(),
    person: content("shopfloor-person"),
    url: target.pathname + target.search,
    page: location.pathname + location.search,
    fields,
    // Order is kept for each subject: what the page is about, or else where the form goes.
    subject: subject || form.dataset.outbox || content("shopfloor-context") || target.pathname,
    words: words ?? named(submitter),
    typed: typed ?? typedInto(form),
    madeAt: local(new Date()),
    state: "waiting",
    tries: 0,
  };
}

// The page, what it is about, and the button: the first page of a lot has its number in the title.
function named(submitter) {
  const said = (at) => at?.textContent.trim();
  const title = said(document.querySelector("h1"));
  const number = said(document.querySelector(".traveller .number"));
  return [title, title?.includes(number) ? "" : number, said(submitter)].filter(Boolean).join(" · ");
}

// What the worker wrote and chose, by the names that he saw; what is hidden says nothing to him.
function typedInto(form) {
  return [...form.elements].flatMap((field) => {
    const label = field.labels?.[0]?.textContent.trim();
    // What only scrap or rework asks for is not shown before.
    if (!label || !field.name || !field.value || !field.offsetParent || field.type === "password") return [];
    if (["radio", "checkbox"].includes(field.type)) return field.checked ? [label] : [];
    const option = field.selectedOptions?.[0];
    return [`${label}: ${option ? option.textContent.trim() : (field.files?.length ?? field.value)}`];
  });
}

/** Return the body to send: the form's own fields, with when they were made and are sent. */
export function bodyOf(entry, token) {
  const body = new FormData();
  for (const [name, value] of entry.fields) body.append(name, value);
  body.set("csrf_token", token);
  body.set("action_id", entry.id);
  body.set("happened_at", entry.madeAt);
  body.set("sent_at", local(new Date()));
  return body;
}

function newId() {
  // randomUUID() is there only over HTTPS; random bytes are there everywhere.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// The phone's clock with its offset: the server corrects it by the error at sending.
function local(moment) {
  const offset = -moment.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  const shifted = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, -1);
  return `${shifted}${sign}${two(offset / 60)}:${two(offset % 60)}`;
}

/** Return how many bytes an entry takes along; a text has no size here: only photos are large. */
export const bytesOf = (entry) => entry.fields.reduce((bytes, [, value]) => bytes + (value.size ?? 0), 0);

/** Return the form of this page that would send an entry again, or none. */
export function formOf({ url }) {
  const forms = [...document.querySelectorAll("main form[data-outbox]")];
  const [path] = url.split("?");
  return forms.find((form) => new URL(form.getAttribute("action") ?? "", location).pathname === path) ?? forms[0];
}
