// What every page shares: the drawer, and an honest word when a request fails. Pages work without any of this.
const drawer = document.getElementById("drawer");
let opener = null;

// A link or button with hx-target="#drawer-content" opens the drawer, which shows at once that it is loading.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target.id !== "drawer-content") return;
  if (!drawer.open) {
    opener = document.activeElement;
    document.getElementById("drawer-content").replaceChildren(document.getElementById("loading").content.cloneNode(true));
    drawer.showModal();
  }
});

drawer.addEventListener("close", () => {
  document.getElementById("drawer-content").replaceChildren();
  if (opener && opener.isConnected) opener.focus();
});

document.body.addEventListener("click", (event) => {
  if (event.target === drawer || event.target.closest("[data-close-drawer]")) {
    event.preventDefault();
    drawer.close();
  }
});

for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.body.addEventListener(failure, () => {
    const place = drawer.open ? document.getElementById("drawer-content") : document.getElementById("messages");
    place.querySelector(".request-failed")?.remove(); // said once, however often one tries
    place.prepend(document.getElementById("request-failed").content.cloneNode(true));
  });
}

// On wide screens the menu is always open; on phones it is a <details>.
const wide = matchMedia("(min-width: 62rem)");
const setMenu = () => document.querySelectorAll(".side-menu").forEach((menu) => { menu.open = wide.matches; });
setMenu();
wide.addEventListener("change", setMenu);
