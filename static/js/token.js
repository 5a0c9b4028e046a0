// The form token: the page's own, and another one from the server before something is sent again.

import { content } from "./page.js";
import { ask } from "./wire.js";

/** Return the token to send with a form. */
export const token = async () => content("shopfloor-token") || (await renew()).token;

/** Ask the server for a token that is good now, and who it thinks is there: {token, person}. */
export async function renew() {
  const { answer, text } = await ask("/outbox/token", { cache: "no-store", redirect: "error" });
  const kind = answer.headers.get("Content-Type") ?? "";
  // A hotel's or a router's page is no answer of ours.
  if (!answer.ok || !kind.startsWith("application/json")) throw new Error("no answer");
  const told = JSON.parse(text);
  const meta = document.querySelector('meta[name="shopfloor-token"]');
  if (meta) meta.content = told.token;
  return told;
}
