// Runs before the first paint: the reader's own choice of theme, else the system's.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = localStorage.getItem("theme");
    document.documentElement.dataset.bsTheme = chosen || (system.matches ? "dark" : "light");
  };
  apply();
  system.addEventListener("change", apply);
  addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const now = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
        localStorage.setItem("theme", now);
        apply();
      });
    }
  });
})();
