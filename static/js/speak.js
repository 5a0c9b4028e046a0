// "Read it to me": the phone speaks what stands in a card, in the language of the page.

const voice = window.speechSynthesis;

function dress() {
  for (const button of document.querySelectorAll("button[data-speak][hidden]")) button.hidden = !voice;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-speak]");
  if (!button) return;
  const card = button.closest("[data-spoken]") ?? document.querySelector("[data-spoken]");
  // What holds other parts is said by them.
  const parts = [...card.querySelectorAll("p, dt, dd, li")].filter((part) => !part.querySelector("p, dt"));
  const words = parts.map((part) => part.innerText.trim()).filter(Boolean);
  const said = new SpeechSynthesisUtterance(words.join(". "));
  said.lang = document.documentElement.lang;
  voice.cancel();
  voice.speak(said);
});
document.addEventListener("shopfloor:swapped", () => {
  voice?.cancel();
  dress();
});
dress();
