// The picture: lines or spots over x, or a map of x by "by". Every mark stands for one point.
const svg = (tag, attributes, ...children) => {
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes || {})) if (value !== null && value !== undefined) e.setAttribute(name, String(value));
  e.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined));
  return e;
};
const MARGIN = { left: 62, right: 14, top: 10, bottom: 46 };

function ticksOf(from, to, many) {
  const least = (to - from) / many;
  let step = 10 ** Math.floor(Math.log10(least));
  for (const f of [1, 2, 5, 10]) if (step * f >= least * 0.999) { step *= f; break; }
  const ticks = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to * (1 + 1e-9); i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

// Names differ at their ends.
const endOf = (text, letters) => (text.length <= letters ? text : `…${text.slice(1 - letters)}`);

// Places of an axis: numbers in proportion, or by their logarithm where they span much; texts one after the other.
function axisOf(c, values, from, to, { zero = false, space = 46, even = false, left = MARGIN.left } = {}) {
  if (even || !c.numbers) {
    const there = new Set(values), places = c.places.filter((x) => there.has(x)), step = (to - from) / Math.max(1, places.length);
    const letters = Math.max(3, Math.floor((space < 46 ? left - 10 : Math.abs(step)) / 7.5));
    return { at: (x) => from + (places.indexOf(x) + 0.5) * step, ticks: places.map((x) => [x, endOf(placeText(c, x), letters)]), step };
  }
  let least = leastOf(values), most = mostOf(values);
  const log = !zero && least > 0 && most / least >= 16, few = c.kind === "parameter" && new Set(values).size * space <= Math.abs(to - from);
  if (zero) least = Math.min(0, least);
  if (most === least) { most += Math.abs(most) * 0.5 || 1; if (!zero) least -= Math.abs(least) * 0.5 || 1; }
  const scale = log ? Math.log : (x) => x, [a, b] = [scale(least), scale(most)], margin = zero ? 0 : 0.04 * (b - a);
  const at = (x) => from + ((scale(x) - a + margin) / (b - a + 2 * margin + (zero ? 0.05 * (b - a) : 0))) * (to - from);
  const there = new Set(values);
  let ticks = few ? c.places.filter((x) => there.has(x)) : log ? [] : ticksOf(least, most, Math.max(2, Math.floor(Math.abs(to - from) / space)));
  if (log && !few) for (let x = 10 ** Math.floor(Math.log10(least)); x <= most * 1.001; x *= 10) if (x >= least * 0.999) ticks.push(x);
  let last = -Infinity; /* no name on another's */
  ticks = ticks.map((x) => [x, placeText(c, x)]).filter(([x, text]) => {
    const where = Math.abs(at(x) - from), room = space < 40 ? 14 : text.length * 7 + 8;
    if (where - last < room) return false;
    last = where;
    return true;
  });
  return { at, ticks };
}

function drawAxes(x, y, size, cx, cy) {
  const bottom = size.height - MARGIN.bottom, left = size.left ?? MARGIN.left;
  return svg("g", { class: "axis" },
    y.ticks.map(([v, text]) => [svg("line", { class: "grid", x1: left, x2: size.width - MARGIN.right, y1: y.at(v), y2: y.at(v) }),
      svg("text", { x: left - 6, y: y.at(v) + 4, "text-anchor": "end" }, text)]),
    x.ticks.map(([v, text]) => svg("text", { x: x.at(v), y: bottom + 17, "text-anchor": "middle" }, text)),
    svg("line", { class: "grid", x1: left, x2: size.width - MARGIN.right, y1: bottom, y2: bottom }),
    svg("text", { class: "name", x: (left + size.width) / 2, y: size.height - 8, "text-anchor": "middle" }, titleOf(cx)),
    svg("text", { class: "name", x: 13, y: bottom / 2, "text-anchor": "middle", transform: `rotate(-90 13 ${bottom / 2})` }, titleOf(cy)));
}

// Return: { elements, marks: [{ point, x, y }], groups: [[text, colour]] }
function drawSeries(view, data, points, size) {
  const { columns } = data, cx = columns[view.x], cy = columns[view.y];
  const good = points.filter((p) => p.good && p.cells[view.x] !== null && p.cells[view.y] !== null);
  if (good.length === 0) return null;
  const lines = view.kind === "lines", marks = [], elements = [], groups = [];
  const x = axisOf(cx, good.map((p) => p.cells[view.x]), MARGIN.left, size.width - MARGIN.right);
  const y = axisOf(cy, good.map((p) => p.cells[view.y]), size.height - MARGIN.bottom, MARGIN.top, { zero: lines || cx.kind !== "figure", space: 34 });
  elements.push(drawAxes(x, y, size, cx, cy));
  groupsOf(good, view.by, columns).forEach(([place, some], i) => {
    const shade = `var(--c${i % 8})`;
    if (place !== null) groups.push({ name: placeText(columns[view.by], place), colour: shade });
    let best = lines ? groupsOf(some, view.x, columns).map(([, at]) => bestOf(at, view.y, columns)).filter(Boolean) : some;
    if (lines && cx.numbers) elements.push(svg("polyline", { class: "series", /* nothing lies between two names */ stroke: shade, points: best.map((p) => `${x.at(p.cells[view.x])},${y.at(p.cells[view.y])}`).join(" ") }));
    for (const p of best) {
      const m = { point: p, x: x.at(p.cells[view.x]), y: y.at(p.cells[view.y]) };
      elements.push(svg("circle", { class: "mark", cx: m.x, cy: m.y, r: best.length > 400 ? 2.5 : 4, fill: shade }));
      marks.push(m);
    }
  });
  if (!lines && cx.kind === "figure" && cy.kind === "figure") {
    const front = frontOf(good, view.x, view.y, columns);
    elements.push(svg("polyline", { class: "front", points: front.map((p) => `${x.at(p.cells[view.x])},${y.at(p.cells[view.y])}`).join(" ") }));
    groups.push({ name: `Pareto front (dashed): ${front.length}`, colour: "var(--text)" });
  }
  return { elements, marks, groups };
}

const HEAT = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
function heat(share) {
  const at = Math.max(0, Math.min(0.9999, share)) * (HEAT.length - 1), i = Math.floor(at), f = at - i;
  return `rgb(${HEAT[i].map((a, k) => Math.round(a + (HEAT[i + 1][k] - a) * f)).join(" ")})`;
}

function drawMap(view, data, points, size) {
  const { columns } = data, cx = columns[view.x], cb = columns[view.by];
  const good = points.filter((p) => p.good && p.cells[view.y] !== null && p.cells[view.x] !== null && p.cells[view.by] !== null);
  if (good.length === 0) return null;
  const places = groupsOf(good, view.x, columns).flatMap(([px, some]) => groupsOf(some, view.by, columns).map(([pb, at]) => [px, pb, bestOf(at, view.y, columns)]));
  const values = places.map(([, , p]) => p.cells[view.y]), least = leastOf(values), most = mostOf(values);
  const longest = mostOf(points.map((p) => placeText(cb, p.cells[view.by]).length)); // names of rows can be read where there is room
  const left = Math.max(MARGIN.left, Math.min(size.width / 4, longest * 7.5 + 32));
  const x = axisOf(cx, points.map((p) => p.cells[view.x]), left, size.width - MARGIN.right, { even: true });
  const y = axisOf(cb, points.map((p) => p.cells[view.by]), size.height - MARGIN.bottom, MARGIN.top, { even: true, space: 34, left: left - 16 });
  const every = Math.ceil((46 * x.ticks.length) / (size.width - left - MARGIN.right));
  const axes = drawAxes({ ...x, ticks: x.ticks.filter((_, i) => i % every === 0) }, y, { ...size, left }, cx, cb);
  const marks = [], elements = [];
  for (const [px, pb, p] of places) {
    const share = most > least ? (p.cells[view.y] - least) / (most - least) : 1;
    const m = { point: p, x: x.at(px), y: y.at(pb), width: Math.abs(x.step), height: Math.abs(y.step) };
    elements.push(svg("rect", { x: m.x - m.width / 2, y: m.y - m.height / 2, width: m.width, height: m.height, fill: heat(share) }));
    if (m.width > 40 && m.height > 14) elements.push(svg("text", { class: share < 0.6 ? "pale" : "dark", x: m.x, y: m.y + 4, "text-anchor": "middle" }, shown(p.cells[view.y])));
    marks.push(m);
  }
  return { elements: svg("g", { class: "map" }, elements, axes), marks, groups: [{ name: `${titleOf(columns[view.y])}: ${shown(least)}`, colour: heat(0) }, { name: shown(most), colour: heat(1) }] };
}
