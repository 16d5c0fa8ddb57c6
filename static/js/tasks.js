// Tasks by key: j and k walk the list, one letter says how a try went. Never while somebody types. The pages work
// without any of this.
const tasks = () => [...document.querySelectorAll("[data-task]")];
const currentTask = () => document.querySelector("[data-task].is-current");
const taskDrawer = document.getElementById("drawer");

function focusTask(row) {
  if (!row) return;
  currentTask()?.classList.remove("is-current");
  row.classList.add("is-current");
  row.querySelector("a").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function stepTask(by) {
  const all = tasks();
  const at = all.indexOf(currentTask());
  focusTask(all[at === -1 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]);
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-task]");
  if (!row) return;
  currentTask()?.classList.remove("is-current");
  row.classList.add("is-current");
});

// A promise needs its day: the key leads there first.
function sayHowItWent(button) {
  const day = button.closest(".promise")?.querySelector("input");
  if (day && !day.value) day.focus();
  else {
    htmx.process(button.form); // it may have come a moment ago, and be a plain form still
    button.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.target.closest("textarea, select, [contenteditable], input:not([type='checkbox'], [type='radio'])")) return;
  const open = (taskDrawer.open ? taskDrawer : document).querySelector("[data-task-open]");
  if (open) {
    const button = open.querySelector(`.outcome-buttons [data-key="${CSS.escape(event.key)}"]:not(:disabled)`);
    if (!button) return;
    event.preventDefault();
    sayHowItWent(button);
  } else if (!taskDrawer.open && (event.key === "j" || event.key === "k")) {
    event.preventDefault();
    stepTask(event.key === "j" ? 1 : -1);
  }
});

// What was done in the drawer shows in the list when it closes.
let taskWasDone = false;
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && detail.requestConfig.verb === "post" && detail.target.id === "drawer-content") taskWasDone = true;
});
taskDrawer.addEventListener("close", async () => {
  if (taskWasDone && document.getElementById("task-list")) {
    await htmx.ajax("GET", location.href, { target: "#task-list", select: "#task-list", swap: "outerHTML" });
  }
  taskWasDone = false;
});
