// The points of an exploration: columns, what may be asked of them, and what is best.
// column: { name, label, unit, kind: "point" | "parameter" | "text" | "figure", scale, better, numbers }
function readPoints() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const columns = objects(data, "columns").map((c) => ({ name: str(c, "name"), label: str(c, "label") || str(c, "name"), unit: str(c, "unit"),
    kind: str(c, "kind"), scale: num(c, "scale") || 1, better: num(c, "better") || 0 }));
  const points = list(data, "rows").filter(Array.isArray).map((cells) => ({ cells: columns.map((c, i) => cells[i] ?? null) }));
  columns.forEach((c, i) => settle(c, i, points));
  const column = (name) => columns.findIndex((c) => c.name === name);
  const status = column("status"), meets = column("meets");
  for (const p of points) p.good = p.cells[status] === "ok" && p.cells[meets] !== "false";
  return { columns, points, column, about: data };
}

// "us" in ns is 1000; NaN where they measure different things.
const PREFIXES = { p: -12, n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12 };
function unitIn(unit, other) {
  if (unit === other) return 1;
  const split = (u) => (PREFIXES[u[0]] && u.length > 1 ? [PREFIXES[u[0]], u.slice(1)] : [0, u]);
  const [[a, base], [b, same]] = [split(unit), split(other)];
  return base === same && unit && other ? Number(`1e${a - b}`) : NaN;
}

// A column of numbers holds numbers from here on, as they are shown: "8 us" becomes 8 in a column of us, "1 ms" 1000.
function settle(c, i, points) {
  const number = /^\s*(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*([a-zA-Z/$%]*)\s*$/, units = new Set();
  const parsed = points.map((p) => {
    const x = p.cells[i];
    if (x === null) return null;
    const m = typeof x === "number" ? [x, x, ""] : number.exec(String(x));
    if (m) units.add(m[2]);
    return m ? Number((Number(m[1]) * c.scale * unitIn(m[2], [...units][0])).toPrecision(15)) : NaN;
  });
  c.numbers = parsed.some((x) => x !== null) && !parsed.some((x) => Number.isNaN(x));
  if (c.numbers && !c.unit) c.unit = [...units][0];
  points.forEach((p, k) => { p.cells[i] = c.numbers ? parsed[k] : p.cells[i] === null ? null : String(p.cells[i]); });
  c.places = [...new Set(points.map((p) => p.cells[i]).filter((x) => x !== null))];
  if (c.numbers) c.places.sort((a, b) => a - b);
}

// A name that may be broken after its dots.
const broken = (text) => text.split(/(?<=\.)/).map((part, i) => (i ? [el("wbr"), part] : part));
const titleOf = (c) => (c.unit ? `${c.label} (${c.unit})` : c.label);
// "parts/model-opt-30b.cfg" is model-opt-30b, 51200 is 50K.
function placeText(c, x) {
  if (x === null) return NONE;
  if (!c.numbers) return x.replace(/^.*\/([^/]*)\.cfg$/, "$1");
  if (c.kind === "parameter" && !c.unit && x >= 1024 && x % 1024 === 0) return `${x / 1024}K`;
  return c.kind === "figure" ? shown(x) : String(x);
}
const shown = (x) => (x === null ? NONE : x !== 0 && (Math.abs(x) >= 1e6 || Math.abs(x) < 1e-3) ? x.toExponential(3) : String(Number(x.toPrecision(4))));

// Of any number of values.
const leastOf = (values) => values.reduce((a, b) => (b < a ? b : a), Infinity);
const mostOf = (values) => values.reduce((a, b) => (b > a ? b : a), -Infinity);

// "> 10", "<= 5", "4..8", "a, b", "text": a test of a value, or null when it means nothing. K and M count.
function filterOf(text, c) {
  const t = text.trim();
  if (t === "") return () => true;
  const number = (s) => { const m = /^(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)([KM]?)$/.exec(s.trim()); return m ? Number(m[1]) * ({ K: 1024, M: 1048576 }[m[2]] || 1) : NaN; };
  const close = (a, b) => Math.abs(a - b) <= 5e-4 * Math.abs(b); // as many digits as are shown
  const compare = /^(<=|>=|<|>|=|!=)\s*(.+)$/.exec(t), range = /^(.+)\.\.(.+)$/.exec(t);
  if (c.numbers && compare) {
    const y = number(compare[2]), tests = { "<": (x) => x < y, ">": (x) => x > y, "<=": (x) => x <= y, ">=": (x) => x >= y, "=": (x) => close(x, y), "!=": (x) => !close(x, y) };
    return Number.isNaN(y) ? null : (x) => x !== null && tests[compare[1]](x);
  }
  if (c.numbers && range) {
    const [a, b] = [number(range[1]), number(range[2])];
    return Number.isNaN(a + b) ? null : (x) => x !== null && x >= a && x <= b;
  }
  const words = t.split(",").map((s) => s.trim().toLowerCase()).filter(Boolean);
  if (!c.numbers) return (x) => x !== null && words.some((w) => x.toLowerCase().includes(w));
  const numbers = words.map((w) => number(w.toUpperCase().replace("E", "e")));
  return numbers.some(Number.isNaN) ? null : (x) => x !== null && numbers.some((y) => close(x, y));
}

// Which of @points no other beats: at least as good in both columns and better in one.
function frontOf(points, x, y, columns) {
  const [bx, by] = [columns[x].better || 1, columns[y].better || 1];
  const sorted = points.filter((p) => p.good && p.cells[x] !== null && p.cells[y] !== null)
    .sort((a, b) => bx * (b.cells[x] - a.cells[x]) || by * (b.cells[y] - a.cells[y]));
  const front = [];
  for (const p of sorted) {
    const last = front[front.length - 1];
    if (!last || by * (p.cells[y] - last.cells[y]) > 0 || (p.cells[x] === last.cells[x] && p.cells[y] === last.cells[y])) front.push(p);
  }
  return front.reverse();
}

// Of the points in one place the best.
function bestOf(points, y, columns) {
  const better = columns[y].better || 1;
  return points.reduce((best, p) => (p.cells[y] === null || !p.good ? best : !best || better * (p.cells[y] - best.cells[y]) > 0 ? p : best), null);
}

// [[value of column @by, its points]], in the order of places; one group when nothing is told apart.
function groupsOf(points, by, columns) {
  if (by < 0) return [[null, points]];
  return columns[by].places.map((place) => [place, points.filter((p) => p.cells[by] === place)]).filter(([, some]) => some.length > 0);
}
