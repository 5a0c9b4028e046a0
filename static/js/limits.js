// Says at once whether a typed value lies within its limits; the server judges all the same.

function judge(field) {
  const { low, high } = field.dataset;
  const said = field.querySelector("output");
  const typed = field.querySelector("input").value.trim().replace(/[−–]/, "-").replace(",", ".");
  const value = Number(typed);
  const judged = typed && Number.isFinite(value) && (low !== undefined || high !== undefined);
  const good = judged && !(value < Number(low)) && !(value > Number(high));
  field.classList.toggle("good", Boolean(good));
  field.classList.toggle("bad", Boolean(judged && !good));
  said.textContent = judged ? said.dataset[good ? "good" : "bad"] : "";
}

document.addEventListener("input", (event) => {
  const field = event.target.closest?.("[data-limits] .measured");
  if (field) judge(field);
});

// Enter goes on to the next value; after the last one it saves.
document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-limits] .measured");
  if (!field || event.key !== "Enter" || event.defaultPrevented) return;
  const inputs = [...field.closest("form").querySelectorAll(".measured input")];
  const next = inputs[inputs.indexOf(event.target) + 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
