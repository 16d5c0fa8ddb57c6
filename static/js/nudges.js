// Writing a nudge: a word is inserted where the cursor is, Ctrl+Enter sends. The drawer's pages come later than this
// file, so both listen on the document.
let lastField = null;

document.addEventListener("focusin", (event) => {
  if (event.target.matches(".editor textarea, .editor input[type=text]")) lastField = event.target;
});

document.addEventListener("click", (event) => {
  const word = event.target.closest("[data-insert]");
  if (!word) return;
  const form = word.closest("form");
  let field = lastField;
  if (!field || !form.contains(field)) {
    field = form.querySelector("textarea");
    field.setSelectionRange(field.value.length, field.value.length);
  }
  field.setRangeText(word.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = document.querySelector("dialog[open] [data-send-with-keys], .page [data-send-with-keys]");
  const send = form && form.querySelector("[type=submit]:not(:disabled)");
  if (!send) return;
  event.preventDefault();
  form.requestSubmit(send);
});

// Times are the coordinator's own: shown so, and understood so when one is set.
const LOCALE = document.documentElement.lang.replace(/^en$/, "en-GB"); // the day first, hours by 24: as the server writes them
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function localise(root) {
  for (const field of root.querySelectorAll("[data-zone]")) field.value = zone;
  for (const name of root.querySelectorAll("[data-zone-name]")) name.textContent = zone;
  for (const time of root.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    time.textContent = at.toLocaleString(LOCALE, { dateStyle: "medium", timeStyle: "short" });
    time.title = zone;
  }
}

localise(document);
document.addEventListener("htmx:load", (event) => localise(event.target.parentElement || event.target));
