// How busy each kind of resource was over time, and how long each token took.
const rerun = (run) => el("p", { class: "muted" }, "Not recorded in this run. To have it, run again with ",
  el("code", {}, `ifcsim run ${str(run.stats, "scenario") || "SCENARIO"} --stats FILE.json --detail`), ".");

function usageOf(run) {
  const u = at(run.stats, "utilisation_over_time");
  const bin = num(u, "bin_ps"), end = num(run.stats, "end_time_ps");
  const series = objects(u, "resources").map((r) => ({ name: str(r, "name"), parts: num(r, "parts"), busy: list(r, "busy").map((x) => (typeof x === "number" ? x : 0)) }))
    .filter((s) => s.busy.length > 0);
  return bin > 0 && end > 0 && series.length > 0 ? { bin, end, series } : null;
}

// A chart of uPlot that follows a TimeView and the page's colours. @series: [{name, colour (variable), values, stepped}]
function timeChart(run, view, xs, series, axis, label) {
  const box = el("div", { class: "plot", tabindex: 0, role: "group", "aria-label": label });
  const readout = el("p", { class: "readout" }), live = series.map(() => true);
  let plot = null;
  const build = () => {
    const width = Math.max(200, box.clientWidth);
    const span = () => view.to - view.from;
    const options = {
      width, height: 230, legend: { show: false }, cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
      scales: { x: { time: false, auto: false, range: () => [view.from, view.to] }, y: { range: axis.range } },
      axes: [{ stroke: () => css("--muted"), grid: { stroke: () => css("--line"), width: 1 }, ticks: { stroke: () => css("--line") }, font: "12px sans-serif",
        size: 34, splits: () => timeTicks(view.from, view.to, width - 60, 90).ticks, values: (u, ticks) => ticks.map(tickText(timeTicks(view.from, view.to, width - 60, 90).step, Math.max(span(), view.to))) },
      { stroke: () => css("--muted"), grid: { stroke: () => css("--line"), width: 1 }, ticks: { stroke: () => css("--line") }, font: "12px sans-serif", size: 62, values: (u, ticks) => ticks.map(axis.text) }],
      series: [{}, ...series.map((s, i) => ({ label: s.name, show: live[i], stroke: () => css(s.colour), width: 1.5, points: { show: s.points === true, size: 5 },
        fill: s.points ? undefined : () => `${css(s.colour)}22`, paths: s.points ? undefined : uPlot.paths.stepped({ align: 1 }) }))],
      hooks: {
        setSelect: [(u) => {
          if (u.select.width < 3) return;
          view.set(u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x"));
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        }],
        setCursor: [(u) => {
          const i = u.cursor.idx;
          readout.textContent = i === null || i === undefined ? axis.idle : `${axis.where(i)}: ${series.filter((s, k) => live[k]).map((s) => `${s.name} ${axis.text(s.values[i])}`).join(", ")}`;
        }],
      },
    };
    if (plot) plot.destroy();
    plot = new uPlot(options, [xs, ...series.map((s) => s.values)], box);
  };
  readout.textContent = axis.idle;
  const keys = series.length < 2 ? null : el("div", { class: "tools" }, series.map((s, i) => {
    const dot = el("i"), button = el("button", { type: "button", class: "series", "aria-pressed": "true" }, dot, s.name);
    dot.style.background = `var(${s.colour})`;
    button.addEventListener("click", () => {
      live[i] = !live[i];
      button.setAttribute("aria-pressed", String(live[i]));
      plot.setSeries(i + 1, { show: live[i] });
    });
    return button;
  }));
  const save = svgButton(label, () => [760, 260], (g) => {
    const { ticks, step } = timeTicks(view.from, view.to, 680, 110), text = tickText(step, Math.max(view.to - view.from, view.to));
    drawLines(g, { width: 760, height: 260, x: [view.from, view.to], y: axis.range, yText: axis.text, xs, xTicks: ticks.map((t) => [t, text(t)]),
      series: series.filter((s, i) => live[i]).map((s) => ({ ...s, stepped: true })) });
  });
  box.addEventListener("keydown", (e) => view.key(e));
  box.addEventListener("dblclick", () => view.reset());
  view.onChange(() => plot && plot.setScale("x", { min: view.from, max: view.to }));
  redraws.push(build);
  return [keys, box, readout, el("div", { class: "tools" }, save)];
}

const ZOOM_HINT = el("p", { class: "hint" }, "Drag over a stretch to zoom in, double-click for the whole. With the keyboard: ", el("kbd", {}, "+"), " ", el("kbd", {}, "−"), " zoom, ", el("kbd", {}, "←"), " ", el("kbd", {}, "→"), " move, ", el("kbd", {}, "0"), " whole.");

function usage(runs) {
  const several = runs.length > 1, found = runs.map(usageOf);
  if (!found.some(Boolean)) return runs.some(ranAtAll) ? section("usage", "Utilisation over time", rerun(runs.find(ranAtAll))) : null;
  const view = new TimeView(Math.max(...found.map((u) => (u ? u.end : 0))));
  const body = runs.map((run, i) => {
    const u = found[i];
    if (!u) return ranAtAll(run) ? [runTitle(run, several), rerun(run)] : [runTitle(run, several), el("p", { class: "muted" }, "Nothing was simulated.")];
    const bins = Math.max(...u.series.map((s) => s.busy.length)), xs = [];
    for (let b = 0; b <= bins; b++) xs.push(Math.min(b * u.bin, u.end));
    const series = u.series.map((s) => ({ name: s.name, colour: colourName(s.name), values: xs.map((x, b) => s.busy[Math.min(b, s.busy.length - 1)]) }));
    const axis = { range: [0, 1], text: (x) => `${(x * 100).toFixed(0)} %`, idle: `Mean over the parts of a resource, in steps of ${time(u.bin)}.`,
      where: (b) => `${time(xs[b])} to ${time(xs[Math.min(b + 1, bins)])}` };
    const length = (s, b) => xs[b + 1] - xs[b];
    return [runTitle(run, several), timeChart(run, view, xs, series, axis, `Utilisation over time${several ? `, run ${run.letter}` : ""}`),
      el("details", {}, el("summary", {}, "As a table"), table("Utilisation", [headCell("resource"), headCell("parts", true), headCell("mean", true), headCell("least", true), headCell("most", true)],
        u.series.map((s) => el("tr", {}, rowCell(s.name), numberCell(count(s.parts)), numberCell(percent(s.busy.reduce((a, x, b) => a + x * length(s, b), 0) / u.end)),
          numberCell(percent(Math.min(...s.busy))), numberCell(percent(Math.max(...s.busy)))))))];
  });
  return section("usage", "Utilisation over time", el("div", { class: "tools" }, view.buttons()), body, ZOOM_HINT.cloneNode(true));
}

// Runs next to each other on one chart: neighbours are told apart.
const RUN_COLOURS = ["--c0", "--c1", "--channel", "--npu", "--c3", "--c5", "--c4", "--c7"];

// Flushes and a growing context show in the latency of each token.
function tokenLatency(runs) {
  const latencies = runs.map((r) => list(r.stats, "decode.token_latency_ps").filter((x) => typeof x === "number"));
  const most = Math.max(...latencies.map((l) => l.length));
  if (most < 2) return null;
  const xs = Array.from({ length: most }, (_, i) => i), box = el("div", { class: "plot" }), several = runs.length > 1;
  const shown = runs.map((run, i) => ({ run, values: xs.map((t) => (t < latencies[i].length ? latencies[i][t] : null)), colour: RUN_COLOURS[i % RUN_COLOURS.length] })).filter((s, i) => latencies[i].length > 0);
  let plot = null;
  redraws.push(() => {
    if (plot) plot.destroy();
    const style = { stroke: () => css("--muted"), grid: { stroke: () => css("--line"), width: 1 }, ticks: { stroke: () => css("--line") }, font: "12px sans-serif" };
    plot = new uPlot({ width: Math.max(200, box.clientWidth), height: 200, legend: { show: false }, cursor: { show: false },
      scales: { x: { time: false }, y: { range: (u, low, high) => [0, (high || 1) * 1.08] } },
      axes: [{ ...style, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] }, { ...style, size: 72, values: (u, ticks) => ticks.map((t) => (t === 0 ? "0" : time(t).replace(/\.?0+ /, " "))) }],
      series: [{}, ...shown.map((s) => ({ stroke: () => css(s.colour), width: 1.5, points: { show: most <= 64, size: 6, fill: () => css(s.colour) } }))] }, [xs, ...shown.map((s) => s.values)], box);
  });
  const highest = Math.max(...shown.flatMap((s) => s.values).filter((x) => x !== null)) * 1.08, every = Math.max(1, Math.ceil(most / 10));
  const save = svgButton("Latency of each token", () => [760, 230], (g) => drawLines(g, { width: 760, height: 230, x: [0, most - 1], y: [0, highest], yText: time, xs,
    xTicks: xs.filter((t) => t % every === 0).map((t) => [t, `${t}`]), series: shown.map((s) => ({ name: several ? s.run.letter : "latency", colour: s.colour, values: s.values })) }));
  return section("tokens", "Latency of each token", several ? key(shown.map((s) => ({ name: s.run.letter, text: s.run.name, colour: `var(${s.colour})` }))) : null, box,
    el("p", { class: "hint" }, "Tokens in the order they were decoded, from 0."), el("div", { class: "tools" }, save), tokenRows(runs));
}
