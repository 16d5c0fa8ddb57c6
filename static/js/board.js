// The board's keys and its selection. The page works without any of this.
const help = document.getElementById("keys");
const detail = document.getElementById("drawer");

document.documentElement.classList.add("with-js");
for (const button of document.querySelectorAll("[data-open-help]")) {
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
}

// On a phone the charts would stand between the reader and the list: closed until asked for.
if (matchMedia("(max-width: 40rem)").matches) {
  document.querySelectorAll(".chart-card").forEach((card) => { card.open = false; });
}

// Another program has other cohorts: the old one is forgotten before the form is sent.
document.addEventListener("change", (event) => {
  const cohorts = document.querySelector("#cohorts select");
  if (event.target.name === "program" && cohorts) cohorts.value = "";
}, true);

// --- selection: a bar that says how many, and what can be done with them
const boxes = () => [...document.querySelectorAll('#selection input[name="learner"]')];

function showSelection() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const all = boxes();
  const count = all.filter((box) => box.checked).length;
  const words = bar.querySelector("[data-bulk-count]");
  words.textContent = count === 1 ? words.dataset.one : words.dataset.many.replace("{n}", count);
  bar.classList.toggle("is-open", count > 0);
  bar.querySelector("[data-select-none]").hidden = false;
  const page = document.querySelector("[data-select-page]");
  page.hidden = false;
  page.checked = count > 0 && count === all.length;
  page.indeterminate = count > 0 && count < all.length;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-page]")) boxes().forEach((box) => { box.checked = event.target.checked; });
  if (event.target.closest("#selection")) showSelection();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-select-none]")) return;
  boxes().forEach((box) => { box.checked = false; });
  showSelection();
});
for (const change of ["htmx:afterSettle", "board:refreshed"]) document.addEventListener(change, showSelection);
showSelection();

// --- keys, never while somebody types
const rows = () => [...document.querySelectorAll("tr[data-learner]")];
const currentRow = () => document.querySelector("tr[data-learner].is-current");

function focusRow(row) {
  if (!row) return;
  currentRow()?.classList.remove("is-current");
  row.classList.add("is-current");
  row.querySelector("a.open").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(currentRow());
  focusRow(all[at === -1 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]);
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("tr[data-learner]");
  if (row && row !== currentRow()) {
    currentRow()?.classList.remove("is-current");
    row.classList.add("is-current");
  }
});

// What the drawer shows is also where the list stands when it closes.
let shownRow = null;

document.addEventListener("htmx:afterSwap", () => {
  const shown = detail.open && detail.querySelector("[data-learner]")?.dataset.learner;
  const row = shown && rows().find((one) => one.dataset.learner === shown);
  if (!row) return;
  shownRow = row;
  currentRow()?.classList.remove("is-current");
  row.classList.add("is-current");
  row.scrollIntoView({ block: "nearest" });
});

// A nudge sent in the drawer shows in the list as soon as the drawer closes.
let somethingWasDone = false;

document.addEventListener("htmx:afterRequest", ({ detail: request }) => {
  if (request.successful && request.requestConfig.verb === "post" && request.target.id === "drawer-content") somethingWasDone = true;
});
detail.addEventListener("close", async () => {
  const learner = shownRow?.dataset.learner;
  shownRow = null;
  if (somethingWasDone && document.getElementById("board-rows")) await htmx.ajax("GET", location.href, "#board-rows");
  somethingWasDone = false;
  if (learner) focusRow(rows().find((row) => row.dataset.learner === learner));
});

const withinLearner = (key) => {
  const link = (detail.open ? detail : document).querySelector(`#learner [data-key="${key}"]`);
  if (!link) return false;
  htmx.process(link); // it may have come a moment ago, and be a plain link still
  link.click();
  return true;
};

const keys = {
  "/": () => { if (!detail.open) document.getElementById("search")?.focus(); },
  "j": () => withinLearner("j") || detail.open || step(1),
  "k": () => withinLearner("k") || detail.open || step(-1),
  "d": () => { if (!detail.open) currentRow()?.querySelector("[data-done]")?.click(); },
  "n": () => withinLearner("n") || detail.open || currentRow()?.querySelector(".btn-nudge").click(),
  "o": () => detail.open || currentRow()?.querySelector("a.open").click(),
  "x": () => { if (!detail.open) currentRow()?.querySelector('input[name="learner"]').click(); },
  "?": () => { if (!detail.open) help?.showModal(); },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help?.open) return;
  const typing = event.target.closest("textarea, select, [contenteditable], input:not([type='checkbox'], [type='radio'])");
  if (typing) {
    if (event.key === "Escape" && event.target.id === "search" && !event.target.value) event.target.blur();
    return;
  }
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
