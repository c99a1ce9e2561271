// Looks at a picture: fits it, zooms, pans, shows its own pixels; a second one beside it moves along.

const MOST = 16;
const STEP = 1.25;
const NUDGE = 60;

/** One picture in its frame. Its place is where its centre lies, in parts of its size, so that two can share it. */
class Pane {
  constructor(frame) {
    this.frame = frame;
    this.image = frame.querySelector("img");
    this.pixels = Number(frame.dataset.width) || 0;
    this.full = false;
    this.image.addEventListener("load", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(frame);
  }

  /** Width of the whole picture in its own pixels. */
  get width() {
    return this.pixels || this.image.naturalWidth || 1;
  }

  get height() {
    return (this.width * (this.image.naturalHeight || 1)) / (this.image.naturalWidth || 1);
  }

  get fit() {
    return Math.min(this.frame.clientWidth / this.width, this.frame.clientHeight / this.height, MOST);
  }

  show(view) {
    this.view = view;
    this.draw();
  }

  draw() {
    if (!this.view || !this.image.naturalWidth) return;
    const scale = this.view.scale ?? this.fit;
    const wide = this.width * scale;
    const high = this.height * scale;
    this.image.style.width = `${wide}px`;
    this.image.style.height = `${high}px`;
    const left = this.frame.clientWidth / 2 - this.view.x * wide;
    const top = this.frame.clientHeight / 2 - this.view.y * high;
    this.image.style.transform = `translate(${left}px, ${top}px)`;
    this.image.style.imageRendering = scale >= 2 ? "pixelated" : "auto";
    this.sharpen(wide);
  }

  /** Fetches every pixel as soon as the smaller copy would be enlarged. */
  sharpen(wide) {
    const { full, hidden } = this.frame.dataset;
    if (this.full || !full || hidden !== undefined || wide * devicePixelRatio <= this.image.naturalWidth * 1.05) return;
    if (this.image.naturalWidth >= this.width) return;
    this.full = true;
    const sharp = new Image();
    sharp.addEventListener("load", () => {
      if (this.frame.dataset.hidden === undefined && this.frame.dataset.full === full) this.image.src = full;
    });
    sharp.src = full;
  }

  /** Another picture in the same frame. */
  change(source, facts) {
    this.full = false;
    this.pixels = Number(facts.width) || 0;
    Object.assign(this.frame.dataset, { full: facts.full ?? "" });
    this.image.src = source;
  }
}

class Viewer {
  constructor(frame, beside, tools) {
    this.panes = [new Pane(frame)];
    this.beside = beside && new Pane(beside);
    this.tools = tools;
    this.fitted();
    for (const each of [frame, beside]) if (each) this.listen(each);
    tools?.querySelectorAll("[data-zoom]").forEach((button) =>
      button.addEventListener("click", () => this.command(button.dataset.zoom)));
    tools?.querySelector("[data-close-beside]")?.addEventListener("click", () => this.alone());
  }

  get lead() {
    return this.panes[0];
  }

  get scale() {
    return this.view.scale ?? this.lead.fit;
  }

  fitted() {
    this.look({ scale: null, x: 0.5, y: 0.5 });
  }

  look(view) {
    this.view = { ...view, x: Math.min(1, Math.max(0, view.x)), y: Math.min(1, Math.max(0, view.y)) };
    const lead = this.lead;
    for (const pane of this.panes) {
      const scale = this.view.scale === null ? null : pane === lead ? this.view.scale : this.view.scale * (pane.fit / lead.fit);
      pane.show({ ...this.view, scale });
    }
    const told = this.tools?.querySelector("[data-scale]");
    if (told) told.textContent = this.view.scale === null ? "" : `${Math.round(100 * this.view.scale)} %`;
  }

  /** Zooms around a point of the frame: what lies under it stays there. */
  zoom(factor, point) {
    const old = this.scale;
    const least = Math.min(this.lead.fit / 2, 1 / devicePixelRatio);
    const scale = Math.min(MOST, Math.max(least, old * factor));
    const { width, height, frame } = this.lead;
    const dx = (point?.x ?? frame.clientWidth / 2) - frame.clientWidth / 2;
    const dy = (point?.y ?? frame.clientHeight / 2) - frame.clientHeight / 2;
    const x = this.view.x + dx / (width * old) - dx / (width * scale);
    const y = this.view.y + dy / (height * old) - dy / (height * scale);
    this.look({ scale, x, y });
  }

  move(dx, dy) {
    const { width, height } = this.lead;
    this.look({ ...this.view, x: this.view.x - dx / (width * this.scale), y: this.view.y - dy / (height * this.scale) });
  }

  command(name) {
    if (name === "in") this.zoom(STEP);
    else if (name === "out") this.zoom(1 / STEP);
    else if (name === "fit") this.fitted();
    else this.look({ ...this.view, scale: 1 / devicePixelRatio });
  }

  listen(frame) {
    frame.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = frame.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY / 400), { x: event.clientX - box.left, y: event.clientY - box.top });
    }, { passive: false });
    frame.addEventListener("dblclick", () => this.command(this.view.scale === null ? "pixels" : "fit"));
    frame.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: [NUDGE, 0], ArrowRight: [-NUDGE, 0], ArrowUp: [0, NUDGE], ArrowDown: [0, -NUDGE] };
      if (!moves[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.move(...moves[event.key]);
    });
    this.drag(frame);
  }

  /** One finger or the mouse moves, two fingers zoom. */
  drag(frame) {
    const fingers = new Map();
    const spread = () => {
      const [a, b] = [...fingers.values()];
      return { far: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    };
    frame.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      frame.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    frame.addEventListener("pointermove", (event) => {
      const last = fingers.get(event.pointerId);
      if (!last) return;
      const before = fingers.size === 2 ? spread() : null;
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (before) {
        const after = spread();
        const box = frame.getBoundingClientRect();
        this.zoom(after.far / before.far, { x: after.x - box.left, y: after.y - box.top });
        this.move(after.x - before.x, after.y - before.y);
      } else if (fingers.size === 1) {
        this.move(event.clientX - last.x, event.clientY - last.y);
      }
    });
    const lift = (event) => fingers.delete(event.pointerId);
    frame.addEventListener("pointerup", lift);
    frame.addEventListener("pointercancel", lift);
  }

  /** Shows another picture beside the one in question. */
  compare(source, facts) {
    if (!this.beside) return;
    this.beside.frame.hidden = false;
    this.beside.change(source, facts);
    this.beside.image.alt = facts.alt || "The picture to compare with";
    if (!this.panes.includes(this.beside)) this.panes.push(this.beside);
    const close = this.tools?.querySelector("[data-close-beside]");
    if (close) close.hidden = false;
    this.fitted();
    this.lead.frame.scrollIntoView({ block: "nearest" });
  }

  alone() {
    this.panes = [this.lead];
    this.beside.frame.hidden = true;
    this.tools.querySelector("[data-close-beside]").hidden = true;
    this.fitted();
    this.lead.frame.focus();
  }
}

const frame = document.querySelector("[data-viewer]");
if (frame) {
  frame.classList.add("moves");
  const tools = document.querySelector(".tools");
  tools.querySelector(".scripted").hidden = false;
  const viewer = new Viewer(frame, document.querySelector("[data-beside]"), tools);

  // Decided cases and near-duplicates are compared here; with a modifier key their own page opens as ever.
  document.addEventListener("click", (event) => {
    const image = event.target instanceof Element && event.target.closest("a")?.querySelector("img[data-fit]");
    if (!image || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    viewer.compare(image.dataset.fit, { full: image.dataset.full, alt: image.alt });
  });

  // Links to pictures hold for a while; a page that was open for longer asks for new ones, once.
  viewer.lead.image.addEventListener("error", async () => {
    const answer = await fetch(`/v1/review/items/${frame.dataset.of}/picture`).catch(() => null);
    const fresh = answer?.ok ? await answer.json() : null;
    if (!fresh) return;
    Object.assign(frame.dataset, { fit: fresh.fit_url, full: fresh.full_url, blurred: fresh.blurred_url });
    viewer.lead.full = false;
    viewer.lead.image.src = frame.dataset.hidden === undefined ? fresh.fit_url : fresh.blurred_url;
  }, { once: true });

  const reveal = document.querySelector("[data-reveal]");
  const desk = frame.closest(".desk");
  const kept = { hidden: frame.dataset.hidden !== undefined, grey: desk.classList.contains("greys") };
  if (reveal && (kept.hidden || kept.grey)) {
    let shown = false;
    const says = reveal.firstChild;
    reveal.addEventListener("click", (event) => {
      event.preventDefault();
      shown = !shown;
      desk.classList.toggle("greys", kept.grey && !shown);
      desk.classList.toggle("blurs", kept.hidden && !shown);
      if (kept.hidden) {
        for (const small of desk.querySelectorAll("img[data-thumb]")) {
          small.src = shown ? small.dataset.thumb : small.dataset.blurred;
        }
        if (shown) delete frame.dataset.hidden;
        else frame.dataset.hidden = "";
        viewer.lead.full = false;
        viewer.lead.image.src = shown ? frame.dataset.fit : frame.dataset.blurred;
        viewer.lead.image.alt = shown ? "The picture in question" : "Blurred picture; r shows it";
      }
      says.textContent = shown ? "Hide it " : "Show it ";
    });
  }
}
