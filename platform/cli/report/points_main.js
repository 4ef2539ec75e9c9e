// Put the page together.
class Picture {
  constructor(data, view, hovered) {
    Object.assign(this, { data, view, hovered, points: data.points, marks: [], at: -1 });
    const figures = this.choices((c) => c.kind === "figure"), parameters = this.choices((c) => c.kind === "parameter");
    this.selects = { kind: this.select("Picture", [["lines", "Lines: the best at each place"], ["points", "Every point"], ["map", "Map"]], "kind"),
      x: this.select("To the right", [...parameters, ...figures], "x"), y: this.select("Figure", figures, "y"),
      by: this.select("Told apart by", [[-1, "nothing"], ...parameters], "by") };
    this.box = el("div", { class: "picture", tabindex: 0, role: "img" });
    this.tip = el("div", { class: "tip", hidden: true });
    this.key = el("div");
    this.readout = el("p", { class: "readout", "aria-live": "polite" });
    this.element = section("picture", "Picture", el("div", { class: "choose" }, Object.values(this.selects).map((s) => el("label", {}, s.dataset.label, s))),
      this.box, this.key, this.readout, el("p", { class: "hint" }, "Point at a mark, or go from mark to mark with the arrow keys."));
    this.box.addEventListener("pointermove", (e) => this.hover(e));
    this.box.addEventListener("pointerdown", (e) => this.hover(e));
    this.box.addEventListener("pointerleave", () => this.pick(-1));
    this.box.addEventListener("keydown", (e) => this.step(e));
  }
  choices(test) { return this.data.columns.map((c, i) => [i, c]).filter(([, c]) => test(c)).map(([i, c]) => [i, c.kind === "figure" ? titleOf(c) : c.label]); }

  select(label, choices, name) {
    const s = el("select", { "data-label": label }, choices.map(([value, text]) => el("option", { value, selected: String(value) === String(this.view[name]) }, text)));
    s.addEventListener("change", () => { this.view[name] = name === "kind" ? s.value : Number(s.value); this.draw(); });
    return s;
  }
  show(points) {
    this.points = points;
    this.draw();
  }
  draw() {
    const width = this.box.clientWidth || 600, size = { width, height: width < 500 ? 300 : 420 };
    const map = this.view.kind === "map" && this.view.by >= 0 && this.view.by !== this.view.x;
    const drawn = (map ? drawMap : drawSeries)(map ? this.view : { ...this.view, kind: this.view.kind === "map" ? "points" : this.view.kind }, this.data, this.points, size);
    this.marks = drawn ? drawn.marks.sort((a, b) => a.x - b.x || a.y - b.y) : [];
    this.ring = svg("circle", { class: "hit", r: 8, visibility: "hidden" });
    this.box.setAttribute("aria-label", `${titleOf(this.data.columns[this.view.y])} over ${this.data.columns[this.view.x].label}: ${this.marks.length} marks`);
    this.box.replaceChildren(drawn ? svg("svg", { viewBox: `0 0 ${size.width} ${size.height}`, height: size.height, "aria-hidden": "true" }, drawn.elements, this.ring)
      : el("p", { class: "note" }, "No point of those in the table has these figures."), this.tip);
    this.key.replaceChildren(drawn && drawn.groups.length ? key(drawn.groups) : "");
    if (this.view.kind === "map" && !map) this.key.prepend(el("p", { class: "hint" }, "A map needs two parameters: to the right, and told apart by."));
    this.pick(-1);
  }
  hover(e) {
    const box = this.box.getBoundingClientRect(), [x, y] = [e.clientX - box.left, e.clientY - box.top];
    let near = -1, least = 900;
    this.marks.forEach((m, i) => {
      const inside = m.width && Math.abs(m.x - x) <= m.width / 2 && Math.abs(m.y - y) <= m.height / 2;
      const d = inside ? 0 : m.width ? Infinity : (m.x - x) ** 2 + (m.y - y) ** 2;
      if (d < least) { least = d; near = i; }
    });
    this.pick(near);
  }
  step(e) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (e.key === "Escape") this.pick(-1);
    if (!by || this.marks.length === 0) return;
    e.preventDefault();
    this.pick((this.at + by + this.marks.length) % this.marks.length);
  }
  pick(i) {
    this.at = i;
    const m = this.marks[i];
    this.tip.hidden = !m;
    this.ring.setAttribute("visibility", m ? "visible" : "hidden");
    this.readout.textContent = m ? this.sentence(m.point) : "";
    this.hovered(m ? m.point : null);
    if (!m) return;
    this.ring.setAttribute("cx", m.x);
    this.ring.setAttribute("cy", m.y);
    this.tip.replaceChildren(this.details(m.point));
    const width = this.tip.offsetWidth, height = this.tip.offsetHeight, whole = this.box.clientWidth;
    this.tip.style.left = `${Math.max(0, Math.min(whole - width, m.x + 14 + width > whole ? m.x - 14 - width : m.x + 14))}px`;
    this.tip.style.top = `${Math.max(0, m.y - height / 2)}px`;
  }
  told(p) {
    return this.data.columns.map((c, i) => [c, p.cells[i]]).filter(([c, x]) => x !== null && !["id", "waits_share", "status", "meets", "period_tokens", "tokens"].includes(c.name));
  }
  details(p) {
    return el("table", {}, this.told(p).map(([c, x]) => el("tr", {}, el("th", { scope: "row" }, titleOf(c)), el("td", {}, placeText(c, x)))));
  }
  sentence(p) {
    const y = this.data.columns[this.view.y];
    return `Point ${p.cells[this.data.column("point")]}: ${this.told(p).filter(([c]) => c.kind === "parameter").map(([c, x]) => `${c.label} ${placeText(c, x)}`).join(", ")}; ${titleOf(y)} ${shown(p.cells[this.view.y])}`;
  }
}

// What is best by each objective, for each value of "per".
function bests(data) {
  const per = list(data.about, "per").map((name) => data.column(name)).filter((i) => i >= 0);
  const wanted = list(data.about, "objectives").map((name) => data.column(name)).filter((i) => i >= 0);
  const parameters = data.columns.map((c, i) => i).filter((i) => data.columns[i].kind === "parameter"), waits = data.column("waits_for");
  const groups = new Map();
  for (const p of data.points) {
    const id = JSON.stringify(per.map((i) => p.cells[i]));
    if (!groups.has(id)) groups.set(id, []);
    groups.get(id).push(p);
  }
  const tables = wanted.map((y) => {
    const c = data.columns[y], best = [...groups.values()].map((some) => bestOf(some, y, data.columns)).filter(Boolean);
    if (best.length === 0) return null;
    const most = mostOf(best.map((p) => Math.abs(p.cells[y])));
    return [el("h3", {}, `${c.label}: ${c.better < 0 ? "less" : "more"} is better`),
      longTable(`Best by ${c.label}`, [headCell("point", true), headCell(titleOf(c), true), headCell(""), parameters.map((i) => headCell(broken(titleOf(data.columns[i])), data.columns[i].numbers)), waits >= 0 ? headCell("waits for") : null],
        best.map((p) => el("tr", {}, numberCell(String(p.cells[data.column("point")])), numberCell(datum(p.cells[y], shown(p.cells[y]))),
          barCell(most > 0 ? Math.abs(p.cells[y]) / most : 0, "var(--accent)", shown(p.cells[y])), parameters.map((i) => (data.columns[i].numbers ? numberCell : cell)(placeText(data.columns[i], p.cells[i]))),
          waits >= 0 ? el("td", { class: "whole" }, placeText(data.columns[waits], p.cells[waits])) : null)), 30)];
  }).filter(Boolean);
  return tables.length ? section("best", per.length ? `Best for each ${per.map((i) => data.columns[i].label).join(", ")}` : "Best", tables) : null;
}

function pageHead(data) {
  const about = data.about, counts = new Map(), status = data.column("status");
  for (const p of data.points) counts.set(p.cells[status], (counts.get(p.cells[status]) || 0) + 1);
  const asked = [["scenario", [str(about, "scenario")]], ...["over", "with", "where", "set"].map((k) => [k, list(about, k)])].filter(([, all]) => all.length && all[0] !== "");
  return [el("h1", {}, str(about, "title") || `Exploration of ${str(about, "scenario").replace(/^.*\//, "")}`),
    el("p", { class: "meta" }, `${data.points.length} points: ${[...counts].map(([name, n]) => `${n} ${name}`).join(", ")} · IFCSim ${str(about, "version")}`),
    el("ul", { class: "asked" }, asked.map(([name, all]) => el("li", {}, `${name}: `, all.map((t, i) => [i ? ", " : "", el("code", {}, t)]))))];
}

// Columns that the first picture shows, from what was asked for.
function firstView(data) {
  const view = isObject(data.about.view) ? data.about.view : {}, { columns } = data;
  const parameters = columns.map((c, i) => i).filter((i) => columns[i].kind === "parameter" && columns[i].places.length > 1);
  const find = (name, instead) => (data.column(str(view, name)) >= 0 ? data.column(str(view, name)) : instead);
  const any = columns.findIndex((c) => c.kind === "parameter"), figure = columns.findIndex((c) => c.kind === "figure" && c.better !== 0);
  const y = find("y", data.column(String(list(data.about, "objectives")[0])) >= 0 ? data.column(String(list(data.about, "objectives")[0])) : figure);
  const x = find("x", parameters[0] ?? any), fewest = parameters.filter((i) => i !== x && columns[i].places.length <= 16);
  return { kind: str(view, "kind") || "lines", x, y, by: find("by", fewest[0] ?? -1) };
}

function build() {
  const data = readPoints(), view = firstView(data);
  let table = null;
  const picture = view.x >= 0 && view.y >= 0 ? new Picture(data, view, (p) => table?.mark(p)) : null;
  document.getElementById("head").append(...pageHead(data));
  document.title = `${document.querySelector("h1").textContent} – IFCSim`;
  document.getElementById("main").replaceChildren(...[picture?.element, bests(data)].filter(Boolean));
  table = new PointTable(data, (points) => picture?.show(points));
  document.getElementById("main").append(table.element);
  redraws.push(() => picture?.draw());
  watchAppearance();
  redrawAll();
}

build();
