// What every page has: keys, the list of keys, and the countdown of an undo. All of it works without this, too.

// A dialog that was just closed can keep the focus until the page is drawn anew: only an open one takes keys.
const typing = (target) =>
  target instanceof Element && target.closest("input:not([type=checkbox], [type=radio]), select, textarea, dialog[open]");

/** Presses a key: what is marked data-key="x" is clicked, unless someone is typing or wants no single keys. */
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event.target)?.matches("textarea, input")) event.target.blur();
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (typing(event.target) || "noKeys" in document.body.dataset) return;
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (pressed === "w") {
    const note = document.querySelector("[data-note]");
    if (note) { event.preventDefault(); note.focus(); }
    return;
  }
  const target = document.querySelector(`[data-key="${CSS.escape(pressed === "=" ? "+" : pressed)}"]`);
  if (!target || target.disabled || target.closest("[hidden]")) return;
  event.preventDefault();
  target.closest("details")?.setAttribute("open", "");
  target.click();
});

// The list of keys
const keys = document.querySelector("#keys");
document.querySelectorAll('a[href="#keys"]').forEach((link) =>
  link.addEventListener("click", (event) => {
    event.preventDefault();
    keys.showModal();
  }));
keys?.querySelector("[data-close]").addEventListener("click", (event) => {
  event.preventDefault();
  keys.close();
});

// The countdown of an undo
const undo = document.querySelector("[data-undo]");
if (undo) {
  const until = performance.now() + Number(undo.dataset.seconds) * 1000;
  const told = undo.querySelector("[data-countdown]");
  const tick = () => {
    const left = Math.ceil((until - performance.now()) / 1000);
    if (left <= 0) { undo.remove(); return; }
    told.textContent = `${left} s left`;
    setTimeout(tick, 250);
  };
  undo.setAttribute("role", "group");
  tick();
}

// A form is sent once, however often its button is pressed; the button shows that it was.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  event.submitter?.classList.add("sending");
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  document.querySelectorAll(".sending").forEach((button) => button.classList.remove("sending"));
});
