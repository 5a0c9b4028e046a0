// An entry that was refused when its owner had gone on: its form again, with everything that he typed.

import { formOf } from "./entry.js";
import { tell } from "./feedback.js";
import { count, post } from "./outbox.js";
import { here, outdated, say, show, stillHere, toSignIn } from "./page.js";
import * as store from "./store.js";
import { renew } from "./token.js";

/** Show the form of a refused entry; nothing is booked by that, and sending the form replaces it. */
export async function reopen(seq) {
  const mark = here();
  try {
    const entry = (await store.all()).find((each) => each.seq === seq);
    if (!entry) return await count();
    const { person } = await renew();
    if (String(person) !== entry.person) return toSignIn("/queue");
    const { said, html } = await post(entry, { "Shopfloor-Refused": encodeURIComponent(entry.sentence ?? "") });
    if (said === "sign-in") return toSignIn("/queue");
    if (said === "update") return outdated();
    if (said !== "refused") return tell("kept", say("cannotOpen"));
    if (!stillHere(mark) || !(await show(html, entry.url))) return;
    const form = formOf(entry);
    if (form) form.dataset.corrects = seq;
  } catch {
    tell("kept", say("cannotOpen"));
  }
}
