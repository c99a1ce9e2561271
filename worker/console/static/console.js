// What every page has: links and forms that work without this, made a little quicker.

const typing = (target) =>
  target instanceof Element && target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");

/** Presses a key: whatever is marked data-key="x" is clicked, unless someone is typing. */
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const target = document.querySelector(`[data-key="${CSS.escape(pressed)}"]`);
  if (target && !target.disabled) {
    event.preventDefault();
    target.click();
  }
});
