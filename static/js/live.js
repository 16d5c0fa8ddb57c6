// The board follows the scores by itself. It asks for their version twice a second while somebody looks at it, and when
// that has grown it puts the fresh rows and numbers in place: selection, focus and scrolling stay as they are.
const live = document.querySelector("[data-live]");
const news = document.querySelector("[data-live-news]");

const PAUSE = 500, LONGEST_PAUSE = 15000, BETWEEN_NEWS = 5000, HIGHLIGHT = 4000; // in milliseconds
let shownVersion = live.dataset.version;
let pause = PAUSE;
let failures = 0;
let lastAnswer = new Date();
let lastTyped = 0;
let pressed = false;
let timer = null;

document.addEventListener("input", () => { lastTyped = Date.now(); });
document.addEventListener("pointerdown", () => { pressed = true; });
for (const end of ["pointerup", "pointercancel", "dragend", "blur"]) addEventListener(end, () => { pressed = false; });

// Typing brings its own rows in a moment; dragging and marking text should not lose what they hold.
const isBusy = () => pressed || Date.now() - lastTyped < 800 || Boolean(document.querySelector(".htmx-request"))
  || getSelection().type === "Range";

// Nothing is lost when the page goes: no choice, no open learner or draft, no word half typed.
const isIdle = () => !document.querySelector("dialog[open], #board-rows input:checked") && !document.activeElement.matches("textarea, input:not([type=checkbox])");

async function ask(address) {
  const response = await fetch(address, { cache: "no-store", headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(10000) });
  if (address !== live.dataset.versionUrl && response.headers.has("HX-Redirect") && isIdle()) location.reload(); // logged out
  if (!response.ok || response.headers.has("HX-Redirect")) throw new Error(response.status);
  return response.text();
}

async function look() {
  clearTimeout(timer);
  if (document.hidden) return; // looks again as soon as it is shown
  try {
    const version = await ask(live.dataset.versionUrl);
    const begun = Date.now();
    if (version !== shownVersion && !isBusy() && await refresh()) shownVersion = version;
    pause = Math.max(PAUSE, 4 * (Date.now() - begun)); // a busy server is asked less often
    failures = 0;
    lastAnswer = new Date();
    live.textContent = "";
  } catch {
    failures += 1;
    pause = Math.min(2 * pause, LONGEST_PAUSE);
    if (failures > 1) live.textContent = live.dataset.lost.replace("{time}", lastAnswer.toLocaleTimeString());
  }
  timer = setTimeout(look, pause);
}

async function refresh() {
  const query = location.search;
  const html = await ask(live.dataset.rowsUrl + query);
  if (location.search !== query || isBusy()) return false;
  const place = document.getElementById("board-rows");
  if (!place) return location.reload(); // the first scores of all
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const body = place.querySelector(".board-table tbody");
  const freshBody = fresh.querySelector(".board-table tbody");
  if (body && freshBody) {
    tell(withFocusKept(() => putRows(body, freshBody)));
    for (const part of [".chips", ".board-total", ".pager"]) putPart(place.querySelector(part), fresh.querySelector(part));
  } else if (body || freshBody) { // from nobody to somebody, or back
    fresh.getElementById("overview")?.remove();
    place.replaceChildren(...fresh.body.childNodes);
    htmx.process(place);
  }
  putOverview(fresh.getElementById("overview"));
  document.dispatchEvent(new Event("board:refreshed"));
  return true;
}

const rowsOf = (body) => [...body.querySelectorAll("tr[data-learner]")];

function textOf(row) {
  const plain = row.cloneNode(true);
  plain.classList.remove("is-current", "is-changed");
  return plain.outerHTML;
}

// Puts rows that differ in place of the old ones, and all in their new order. Returns those that are new or different.
// While some are selected the list stands still: nobody who is selected may leave it unseen.
function putRows(body, freshBody) {
  const before = new Map(rowsOf(body).map((row) => [row.dataset.learner, row]));
  const standsStill = body.querySelector("input:checked") !== null;
  const changed = [];
  const rows = [];
  for (const fresh of rowsOf(freshBody)) {
    const old = before.get(fresh.dataset.learner);
    if (!old && standsStill) continue;
    if (old && textOf(old) === textOf(fresh)) {
      rows.push(old);
      continue;
    }
    const row = document.importNode(fresh, true);
    if (old) {
      row.querySelector(".pick input").checked = old.querySelector(".pick input").checked;
      row.classList.toggle("is-current", old.classList.contains("is-current"));
      old.replaceWith(row);
    }
    changed.push(row);
    rows.push(row);
  }
  if (!standsStill) {
    let next = body.firstElementChild;
    for (const row of rows) {
      if (row === next) next = next.nextElementSibling;
      else body.insertBefore(row, next);
    }
    rowsOf(body).slice(rows.length).forEach((row) => row.remove());
  }
  changed.forEach((row) => htmx.process(row));
  return changed;
}

function withFocusKept(change) {
  const focused = document.activeElement;
  const learner = focused?.closest("#board-rows tr[data-learner]")?.dataset.learner;
  const at = learner ? [...focused.closest("tr").querySelectorAll("a, input")].indexOf(focused) : -1;
  const result = change();
  const row = learner && rowsOf(document).find((one) => one.dataset.learner === learner);
  if (row && document.activeElement !== focused) row.querySelectorAll("a, input")[at]?.focus({ preventScroll: true });
  return result;
}

function putPart(old, fresh) {
  if (!old || !fresh || old.innerHTML === fresh.innerHTML || old.contains(document.activeElement)) return;
  const focusable = document.importNode(fresh, true);
  old.replaceChildren(...focusable.childNodes);
  htmx.process(old);
}

function putOverview(fresh) {
  const old = document.getElementById("overview");
  if (!old || !fresh || old.contains(document.activeElement)) return;
  const open = [...old.querySelectorAll("details")].map((details) => details.open);
  fresh.querySelectorAll("details").forEach((details, at) => { details.open = open[at]; });
  if (old.innerHTML !== fresh.innerHTML) old.replaceChildren(...document.importNode(fresh, true).childNodes);
}

// --- who changed is shown for a moment, and said at most every few seconds
let untold = 0;
let toldAt = 0;

function tell(changed) {
  for (const row of changed) {
    row.classList.add("is-changed");
    setTimeout(() => row.classList.remove("is-changed"), HIGHLIGHT);
  }
  if (untold === 0 && changed.length) setTimeout(say, Math.max(0, toldAt + BETWEEN_NEWS - Date.now()));
  untold += changed.length;
}

function say() {
  news.textContent = untold === 1 ? news.dataset.one : news.dataset.many.replace("{n}", untold);
  untold = 0;
  toldAt = Date.now();
}

document.addEventListener("visibilitychange", look);
timer = setTimeout(look, PAUSE);
