// A window on a stretch of time that several pictures share, with its buttons and keys.
class TimeView {
  constructor(length) {
    this.length = length;
    this.listeners = [];
    this.from = 0;
    this.to = length;
  }
  onChange(listener) { this.listeners.push(listener); }
  set(from, to) {
    const width = Math.min(this.length, Math.max(to - from, this.length * 1e-6));
    this.from = Math.max(0, Math.min(from, this.length - width));
    this.to = this.from + width;
    this.listeners.forEach((f) => f());
  }
  zoom(factor, centre = (this.from + this.to) / 2) {
    this.set(centre - (centre - this.from) * factor, centre + (this.to - centre) * factor);
  }
  pan(part) {
    const step = (this.to - this.from) * part;
    this.set(this.from + step, this.to + step);
  }
  reset() { this.set(0, this.length); }

  // Return: whether the key was one of ours.
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const actions = { "+": () => this.zoom(0.5), "=": () => this.zoom(0.5), "-": () => this.zoom(2), "0": () => this.reset(),
      Home: () => this.reset(), ArrowLeft: () => this.pan(-0.2), ArrowRight: () => this.pan(0.2) };
    if (!Object.hasOwn(actions, event.key)) return false;
    event.preventDefault();
    actions[event.key]();
    return true;
  }
  buttons() {
    const button = (text, label, action) => {
      const b = el("button", { type: "button", "aria-label": label, title: label }, text);
      b.addEventListener("click", action);
      return b;
    };
    return [button("+", "Zoom in", () => this.zoom(0.5)), button("−", "Zoom out", () => this.zoom(2)),
      button("◀", "Earlier", () => this.pan(-0.4)), button("▶", "Later", () => this.pan(0.4)),
      button("Whole", "Show the whole time", () => this.reset())];
  }
}

// Round steps for a time axis: about one tick per @space pixels.
function timeTicks(from, to, pixels, space) {
  const least = ((to - from) * space) / Math.max(1, pixels);
  let step = 10 ** Math.floor(Math.log10(least));
  for (const f of [1, 2, 5, 10]) if (step * f >= least) { step *= f; break; }
  const ticks = [];
  for (let i = Math.ceil(from / step); i * step <= to && ticks.length < 100; i++) ticks.push(i * step);
  return { ticks, step };
}

// Every tick of an axis in one unit, with as many digits as the step needs. @step and ticks in ps.
function tickText(step, largest) {
  const [unit, factor] = [["s", 1e12], ["ms", 1e9], ["µs", 1e6], ["ns", 1e3], ["ps", 1]].find(([, f]) => largest >= f) || ["ps", 1];
  const places = Math.max(0, Math.min(9, -Math.floor(Math.log10(step / factor) + 1e-9)));
  return (ps) => (ps === 0 ? "0" : `${(ps / factor).toFixed(places)} ${unit}`);
}

// Colours of canvases follow the page's; sizes follow the window.
const redraws = [];
function redrawAll() { redraws.forEach((f) => f()); }
function watchAppearance() {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
  let timer = 0;
  addEventListener("resize", () => { clearTimeout(timer); timer = setTimeout(redrawAll, 60); });
  addEventListener("toggle", (e) => e.target.querySelectorAll(".scroll").forEach(fitTable), true); /* hidden tables have no width */
  const printing = (on) => { document.documentElement.classList.toggle("printing", on); redrawAll(); };
  addEventListener("beforeprint", () => printing(true));
  addEventListener("afterprint", () => printing(false));
}
