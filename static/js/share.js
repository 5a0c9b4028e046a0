// Sends a page of plain text with one tap: to a chat or by mail, however the phone shares things.

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-share]");
  if (!button || !navigator.share) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const answer = await fetch(button.dataset.share, { redirect: "error" });
  if (answer.ok) await navigator.share({ title: document.title, text: await answer.text() });
}, { capture: true });
