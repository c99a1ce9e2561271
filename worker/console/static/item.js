// While an item is open: keeps the claim, says when it is lost, and fetches the next picture ahead.

const desk = document.querySelector("[data-item]");

/** Keeps the claim as long as someone is there; a page that was left alone lets it run out. */
function keepClaim({ item, lease, leaseSeconds, csrf }) {
  const length = Number(leaseSeconds) * 1000;
  let active = Date.now();
  let lost = false;
  let leaving = false;
  for (const kind of ["pointermove", "keydown", "wheel", "touchstart", "input"]) {
    document.addEventListener(kind, () => { active = Date.now(); }, { passive: true });
  }
  document.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  const say = (words) => {
    const alarm = document.querySelector("[data-lost]");
    alarm.textContent = words;
    alarm.hidden = false;
  };
  const lose = (words) => {
    lost = true;
    say(words);
    document.querySelector("[data-after-loss]").hidden = false;
    document.querySelectorAll(".answers button, .asides button").forEach((button) => { button.disabled = true; });
  };
  const renew = async () => {
    if (lost || leaving || Date.now() - active > length) return;
    let answer;
    try {
      answer = await fetch(`/v1/review/items/${item}/renew`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
        body: JSON.stringify({ lease_number: Number(lease) }),
      });
    } catch {
      say("The console does not answer. Your claim holds for a while; what you send now may get lost.");
      return;
    }
    if (answer.ok) document.querySelector("[data-lost]").hidden = true;
    else if (answer.status === 409) lose("This item is not yours any more: it was released, decided, or taken over. Nothing of yours was recorded.");
    else if (answer.status === 401) lose("Your session has ended. Sign in again in another tab, and load this page anew.");
  };
  setInterval(renew, length / 3);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") { active = Date.now(); renew(); }
  });
}

/** Fetches the picture of the item that would be next, once this one's has arrived. */
async function fetchAhead() {
  try {
    const answer = await fetch("/console/ahead", { headers: { Accept: "application/json" } });
    const { picture } = answer.ok ? await answer.json() : {};
    if (picture) new Image().src = picture;
  } catch {
    // The next item only takes a little longer.
  }
}

if (desk) {
  keepClaim(desk.dataset);
  window.addEventListener("load", () => setTimeout(fetchAhead, 500));
}
