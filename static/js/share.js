// Sends a page of plain text with one tap: to a chat or by mail, however the phone shares things.

import { ask } from "./wire.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-share]");
  if (!button || !navigator.share) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const address = button.dataset.share;
  const asked = await ask(address, { redirect: "error" }).catch(() => undefined);
  // Without an answer the link goes its ordinary way, which shows why.
  if (!asked?.answer.ok) return location.assign(address);
  // Whoever closes the phone's list has changed his mind.
  await navigator.share({ title: document.title, text: asked.text }).catch(() => {});
}, { capture: true });
