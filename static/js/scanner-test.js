// The page that tests a scanner: shows what came, how it ended and how fast it was.

const NAMES = { "\u001d": "⟨GS⟩", "\u001e": "⟨RS⟩", "\u0004": "⟨EOT⟩" };

// What a person cannot see is written out.
const visible = (text) => text.replace(/[\u0000-\u001f]/g, (sign) => NAMES[sign] ?? `⟨${sign.charCodeAt(0)}⟩`);

document.addEventListener("shopfloor:scanned", ({ detail }) => {
  const place = document.querySelector("[data-scanner-test]");
  if (!place) return;
  const put = (name, words) => (place.querySelector(`[data-${name}]`).textContent = words);
  put("text", visible(detail.text));
  put("length", detail.text.length);
  put("ending", detail.ending ?? "–");
  put("speed", detail.milliseconds === undefined ? "–" : `${detail.milliseconds} ms`);
  put("symbology", detail.symbology || "–");
  const good = detail.text === place.dataset.expected;
  place.querySelector("[data-good]").hidden = !good;
  place.querySelector("[data-other]").hidden = good;
  place.hidden = false;
});
