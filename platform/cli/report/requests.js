// Requests that were served: how long each kind of waiting took, and how long requests took over time.
const REQUEST_TIMES = [["waiting", "queue_ps"], ["first token", "ttft_ps"], ["each further token", "tpot_ps"], ["in all", "latency_ps"]];
const OVER_TIME = [["waiting", "queue_ps", "--c3"], ["first token", "ttft_ps", "--npu"], ["in all", "latency_ps", "--c0"], ["longest in all", "latency_max_ps", "--c5"]];

function requestTable(run) {
  const columns = ["mean", "p50", "p90", "p99", "max"], cellOf = (key, c) => num(run.stats, `requests.${key}.${c}`);
  return table("Times of requests", [headCell(""), columns.map((c) => headCell(c, true))], REQUEST_TIMES.map(([name, key]) =>
    el("tr", {}, rowCell(name), columns.map((c) => numberCell(datum(cellOf(key, c), time(cellOf(key, c))))))));
}

function requestPoints(run) {
  const columns = ["arrival_ps", ...OVER_TIME.map(([, key]) => key)].map((key) => list(run.stats, `requests.over_time.${key}`));
  const [xs, ...values] = columns, whole = columns.every((c) => c.length === xs.length && c.every((x) => typeof x === "number"));
  return xs.length > 1 && whole && xs.every((x, i) => i === 0 || x >= xs[i - 1]) ? { xs, values, each: num(run.stats, "requests.over_time.each") || 1 } : null;
}

function requests(runs) {
  const several = runs.length > 1, served = runs.filter((r) => isObject(at(r.stats, "requests")) && ranAtAll(r));
  if (served.length === 0) return null;
  const points = served.map(requestPoints), view = new TimeView(Math.max(1, ...points.map((p) => (p ? p.xs[p.xs.length - 1] : 0))));
  const body = served.map((run, i) => {
    const p = points[i], most = p ? Math.max(...p.values.flat()) : 0, busy = num(run.stats, "requests.busy_share");
    const says = el("p", { class: "muted" }, `${count(num(run.stats, "requests.count"))} requests, ${count(num(run.stats, "requests.prompt_tokens"))} prompt tokens (${count(num(run.stats, "requests.cached_tokens"))} of them kept), ` +
      `${count(num(run.stats, "requests.generated_tokens"))} generated; the machine was busy for ${percent(busy)} of the time.`);
    if (!p || most <= 0) return [runTitle(run, several), says, requestTable(run)];
    const of = (x) => (p.each > 1 ? `${x}, of ${p.each} requests a point` : x);
    const axis = { range: [0, most * 1.08], text: (x) => (x === 0 ? "0" : time(x).replace(/\.?0+ /, " ")), idle: of("When a request arrived, and how long it took"), where: (b) => `arrived at ${time(p.xs[b])}` };
    const series = OVER_TIME.map(([name, , colour], k) => ({ name, colour, values: p.values[k], points: p.xs.length <= 64 })).filter((s, k) => k < 3 || p.each > 1);
    return [runTitle(run, several), says, requestTable(run), timeChart(run, view, p.xs, series, axis, `Latency over time${several ? `, run ${run.letter}` : ""}`)];
  });
  return section("requests", "Requests", points.some(Boolean) ? el("div", { class: "tools" }, view.buttons()) : null, body, points.some(Boolean) ? ZOOM_HINT.cloneNode(true) : null);
}
