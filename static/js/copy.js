// A button with data-copy="an id" copies that element's text. Where a browser can't, the button stays hidden. Buttons
// that come later, in the drawer, work as well.
if (navigator.clipboard) {
  const reveal = () => document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
  reveal();
  document.addEventListener("htmx:afterSwap", reveal);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || button.dataset.words) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.dataset.words = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => {
      button.textContent = button.dataset.words;
      delete button.dataset.words;
    }, 2000);
  });
}
