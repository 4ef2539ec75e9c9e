// The operators of one token on lanes: one lane per kind of operator, in the order they come.
const LANE_ROW = 11, LANE_GAP = 5, AXIS_HEIGHT = 22, ROWS_MOST = 6;

function sliceOf(o, begin) {
  const when = (name) => num(o, name) - begin;
  return { operator: str(o, "operator"), resource: str(o, "resource"), layer: num(o, "layer"), headGroup: num(o, "head_group"),
    headGroups: num(o, "head_groups"), operators: num(o, "operators") || 1, issue: when("issue_ps"), begin: when("begin_ps"), end: when("end_ps"),
    phases: Object.entries(isObject(o.phases) ? o.phases : {}).filter(([, x]) => typeof x === "number").sort((a, b) => b[1] - a[1]) };
}

function lanesOf(run) {
  const t = at(run.stats, "token_lanes"), begin = num(t, "begin_ps"), end = num(t, "end_ps");
  if (begin === null || end === null || end <= begin) return null;
  const whole = (o) => ["issue_ps", "begin_ps", "end_ps"].every((k) => num(o, k) !== null);
  const slices = (name) => objects(t, name).filter(whole).map((o) => sliceOf(o, begin)).sort((a, b) => a.begin - b.begin || a.end - b.end);
  const kinds = slices("operators");
  return kinds.length === 0 ? null : { token: num(t, "token"), complete: at(t, "complete") === true, cut: at(t, "slices_cut") === true,
    length: end - begin, kinds, single: slices("slices") };
}

// Operators of a lane that overlap get rows of their own, up to a limit.
function layout(slices) {
  const lanes = new Map();
  for (const s of slices) {
    if (!lanes.has(s.operator)) lanes.set(s.operator, { name: s.operator, ends: [], slices: [] });
    const lane = lanes.get(s.operator);
    let row = lane.ends.findIndex((end) => end <= s.begin);
    if (row < 0) row = lane.ends.length < ROWS_MOST ? lane.ends.length : lane.ends.indexOf(Math.min(...lane.ends));
    lane.ends[row] = s.end;
    lane.slices.push({ slice: s, row });
  }
  let y = AXIS_HEIGHT;
  for (const lane of lanes.values()) {
    lane.y = y;
    lane.height = lane.ends.length * LANE_ROW + LANE_GAP;
    y += lane.height;
  }
  return { lanes: [...lanes.values()], height: y + 2 };
}

function describeSlice(s) {
  const where = s.headGroups > 0 && s.operators === 1 ? `, head group ${s.headGroup}${s.headGroups > 1 ? ` to ${s.headGroup + s.headGroups - 1}` : ""}` : "";
  const many = s.operators > 1 ? `, ${s.operators} of them` : "";
  const phases = s.phases.slice(0, 4).map(([name, share]) => `${name} ${percent(share)}`).join(", ");
  return [el("b", {}, s.operator), ` of layer ${s.layer}${where}${many} on ${s.resource}: begins at ${time(s.begin)}, takes ${time(s.end - s.begin)}`,
    s.begin > s.issue ? `, waited ${time(s.begin - s.issue)} before` : "", phases ? `; ${phases}` : ""];
}

class LaneView {
  constructor(view, data, label) {
    this.view = view;
    this.canvas = el("canvas");
    this.pick = el("div", { class: "pick" });
    this.box = el("div", { class: "plot lanes", tabindex: 0, role: "application", "aria-label": label }, this.canvas, this.pick);
    this.readout = el("p", { class: "readout", "aria-live": "polite" });
    this.idle = "Point at an operator, or choose one with the keys ↑ and ↓.";
    this.show(data);
    view.onChange(() => this.draw());
    redraws.push(() => this.draw());
    this.listen();
  }

  show(slices) {
    this.slices = slices;
    this.layout = layout(slices);
    this.select(null);
    if (this.box.isConnected) this.draw();
  }

  select(slice) {
    this.selected = slice;
    this.readout.replaceChildren(...(slice ? describeSlice(slice).filter(Boolean) : [this.idle]));
  }

  get labels() { return this.width < 520 ? 68 : 88; }
  x(t) { return this.labels + ((t - this.view.from) / (this.view.to - this.view.from)) * (this.width - this.labels); }
  time(x) { return this.view.from + ((x - this.labels) / (this.width - this.labels)) * (this.view.to - this.view.from); }

  draw() {
    const scale = devicePixelRatio || 1;
    this.width = Math.max(200, this.box.clientWidth);
    this.canvas.width = Math.round(this.width * scale);
    this.canvas.height = Math.round(this.layout.height * scale);
    this.canvas.style.width = `${this.width}px`;
    this.canvas.style.height = `${this.layout.height}px`;
    const g = this.canvas.getContext("2d");
    g.scale(scale, scale);
    this.paint(g);
  }

  paint(g) {
    g.font = "12px sans-serif";
    g.textBaseline = "middle";
    this.drawAxis(g);
    for (const lane of this.layout.lanes) this.drawLane(g, lane);
  }

  drawAxis(g) {
    const { ticks, step } = timeTicks(this.view.from, this.view.to, this.width - this.labels, 90), text = tickText(step, this.view.to);
    g.textAlign = "left";
    for (const t of ticks) {
      const x = Math.round(this.x(t)) + 0.5;
      g.strokeStyle = css("--line");
      g.beginPath();
      g.moveTo(x, 14);
      g.lineTo(x, this.layout.height);
      g.stroke();
      g.fillStyle = css("--muted");
      if (x + g.measureText(text(t)).width + 3 < this.width) g.fillText(text(t), x + 3, 8);
    }
  }

  drawLane(g, lane) {
    g.fillStyle = css("--muted");
    g.fillText(lane.name, 0, lane.y + (lane.height - LANE_GAP) / 2, this.labels - 6);
    g.save();
    g.beginPath();
    g.rect(this.labels, lane.y - 1, this.width - this.labels, lane.height);
    g.clip();
    for (const { slice, row } of lane.slices) this.drawSlice(g, slice, lane.y + row * LANE_ROW);
    g.restore();
    g.fillStyle = css("--line");
    g.fillRect(0, lane.y + lane.height - LANE_GAP / 2 - 0.5, this.width, 1);
  }

  drawSlice(g, s, y) {
    const from = this.x(s.begin), to = Math.max(this.x(s.end), from + 1), height = LANE_ROW - 1;
    if (to < this.labels || this.x(s.issue) > this.width) return;
    g.fillStyle = css(colourName(s.resource));
    if (s.issue < s.begin) {
      g.globalAlpha = 0.35;
      g.fillRect(this.x(s.issue), y + height / 2 - 1, from - this.x(s.issue), 2);
    }
    g.globalAlpha = s.layer % 2 ? 0.72 : 1;
    g.fillRect(from, y, to - from > 3 ? to - from - 0.5 : to - from, height);
    g.globalAlpha = 1;
    if (to - from > 26) {
      g.fillStyle = css("--card");
      g.font = "9px sans-serif";
      g.fillText(`${s.layer}`, Math.max(from, this.labels) + 3, y + height / 2 + 0.5, to - from - 4);
      g.font = "12px sans-serif";
    }
    if (s === this.selected) {
      g.strokeStyle = css("--text");
      g.lineWidth = 2;
      g.strokeRect(from - 1, y - 0.5, to - from + 2, height + 1);
      g.lineWidth = 1;
    }
  }

  hit(px, py) {
    const lane = this.layout.lanes.find((l) => py >= l.y && py < l.y + l.height);
    if (!lane) return null;
    const row = Math.floor((py - lane.y) / LANE_ROW), near = 2;
    const hits = lane.slices.filter((s) => s.row === row && px >= this.x(s.slice.begin) - near && px <= Math.max(this.x(s.slice.end), this.x(s.slice.begin) + 1) + near);
    return hits.length ? hits[hits.length - 1].slice : null;
  }

  step(direction) {
    const i = this.slices.indexOf(this.selected);
    const visible = (s) => s.end > this.view.from && s.begin < this.view.to;
    const next = i < 0 ? this.slices.find(visible) : this.slices[Math.max(0, Math.min(this.slices.length - 1, i + direction))];
    if (!next) return;
    this.select(next);
    if (!visible(next)) this.view.pan(next.begin < this.view.from ? -0.5 : 0.5);
    if (!visible(next)) this.view.set(next.begin, next.begin + this.view.to - this.view.from);
    this.draw();
  }

  listen() {
    let start = null;
    const place = (e) => { const r = this.canvas.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top]; };
    this.box.addEventListener("pointerdown", (e) => {
      if (e.button !== 0 || place(e)[0] < this.labels) return;
      start = place(e)[0];
      this.box.setPointerCapture(e.pointerId);
    });
    this.box.addEventListener("pointermove", (e) => {
      const [x, y] = place(e);
      if (start !== null) {
        this.pick.style.display = "block";
        this.pick.style.left = `${Math.min(start, x)}px`;
        this.pick.style.width = `${Math.abs(x - start)}px`;
        return;
      }
      const slice = this.hit(x, y);
      if (slice && slice !== this.selected) { this.select(slice); this.draw(); }
    });
    const end = (e, zoom) => {
      const x = place(e)[0];
      if (zoom && start !== null && Math.abs(x - start) > 4) this.view.set(this.time(Math.max(this.labels, Math.min(start, x))), this.time(Math.max(start, x)));
      start = null;
      this.pick.style.display = "none";
    };
    this.box.addEventListener("pointerup", (e) => end(e, true));
    this.box.addEventListener("pointercancel", (e) => end(e, false));
    this.box.addEventListener("dblclick", () => this.view.reset());
    this.box.addEventListener("keydown", (e) => {
      if (this.view.key(e)) return;
      if (e.key !== "ArrowUp" && e.key !== "ArrowDown") return;
      e.preventDefault();
      this.step(e.key === "ArrowDown" ? 1 : -1);
    });
  }
}

// Where the time of a token's operators went, kind by kind: the same for eyes that cannot use a picture.
function kindTable(data, letter) {
  const kinds = new Map();
  for (const s of data.kinds) {
    const k = kinds.get(s.operator) || { name: s.operator, resources: new Set(), n: 0, waited: 0, took: 0 };
    k.resources.add(s.resource);
    k.n += s.operators;
    k.waited += s.begin - s.issue;
    k.took += s.end - s.begin;
    kinds.set(s.operator, k);
  }
  return el("details", {}, el("summary", {}, "As a table"), table(`Operators of the token${letter}`,
    [headCell("operator"), headCell("resource"), headCell("operators", true), headCell("waits", true), headCell("takes", true)],
    [...kinds.values()].map((k) => el("tr", {}, rowCell(k.name), cell([...k.resources].join(", ")), numberCell(count(k.n)), numberCell(time(k.waited)), numberCell(time(k.took))))),
    el("p", { class: "hint" }, "Operators of one kind and layer count from the first one's begin to the last one's end; kinds overlap, so this does not sum to the latency."));
}

function lanes(runs) {
  const several = runs.length > 1, decodes = runs.filter((r) => ranAtAll(r) && !isStream(r));
  const found = runs.map(lanesOf);
  if (decodes.length === 0) return null;
  if (!found.some(Boolean)) return section("lanes", "One token", rerun(decodes[0]));
  const view = new TimeView(Math.max(...found.map((d) => (d ? d.length : 0))));
  const resources = [...new Set(found.filter(Boolean).flatMap((d) => d.kinds.map((s) => s.resource)))];
  const pictures = [];
  const body = runs.map((run, i) => {
    const data = found[i];
    if (!data) return decodes.includes(run) ? [runTitle(run, several), rerun(run)] : null;
    const letter = several ? `, run ${run.letter}` : "", picture = new LaneView(view, data.kinds, `Operators of token ${data.token}${letter}`);
    pictures.push({ picture, data });
    return [runTitle(run, several), el("p", { class: "muted" }, `Token ${data.token}, ${time(data.length)}${data.complete ? "" : ", interrupted"}.`), picture.box, picture.readout,
      el("div", { class: "tools" }, svgButton(`Operators of token ${data.token}${letter}`, () => [picture.width, picture.layout.height], (g) => picture.paint(g))), kindTable(data, letter)];
  });
  const choice = (name, text, checked, pick) => {
    const input = el("input", { type: "radio", name: "lanes", value: name, checked });
    input.addEventListener("change", () => {
      pictures.forEach(({ picture, data }) => picture.show(pick(data)));
      view.set(0, Math.max(...pictures.flatMap(({ data }) => pick(data).map((s) => s.end))));
    });
    return el("label", {}, input, ` ${text}`);
  };
  const singles = pictures.some(({ data }) => data.single.length > 0);
  const cut = pictures.some(({ data }) => data.cut);
  return section("lanes", "One token", el("div", { class: "tools" },
    singles ? el("fieldset", {}, el("legend", {}, "What a bar is"), choice("kinds", "a layer's operators of one kind", true, (d) => d.kinds),
      choice("single", cut ? "each operator (first layers only)" : "each operator", false, (d) => d.single)) : null, view.buttons()),
    key(resources.map((name) => ({ name, colour: colour(name) }))), body, ZOOM_HINT.cloneNode(true),
    el("p", { class: "hint" }, "A bar begins with its first service and ends when the operator is done; the thin line before it is the wait. Numbers in bars are layers."));
}
