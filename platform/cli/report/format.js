// Typed access: a file of another version may lack anything, or hold something else there.
const isObject = (x) => typeof x === "object" && x !== null && !Array.isArray(x);
function at(object, path) {
  for (const name of path.split(".")) {
    if (!isObject(object) || !Object.hasOwn(object, name)) return undefined;
    object = object[name];
  }
  return object;
}
const num = (object, path) => { const x = at(object, path); return typeof x === "number" && isFinite(x) ? x : null; };
const str = (object, path) => { const x = at(object, path); return typeof x === "string" ? x : ""; };
const list = (object, path) => { const x = at(object, path); return Array.isArray(x) ? x : []; };
const objects = (object, path) => list(object, path).filter(isObject);

// Four digits that count, as in the summary that a run prints.
const NONE = "–";
const digits = (x) => (Math.abs(x) >= 1000 && Math.abs(x) < 10000 ? x.toFixed(0) : x.toPrecision(4));
function scaled(x, unit, steps) {
  if (x === null) return NONE;
  if (x === 0) return `0 ${unit}`.trim();
  let [factor, prefix] = steps[steps.length - 1];
  for (const [f, p] of steps)
    if (Math.abs(x) >= f * 0.99995) { [factor, prefix] = [f, p]; break; }
  return `${digits(x / factor)} ${prefix}${unit}`.trim();
}
const SI = [[1e18, "E"], [1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"], [1e-9, "n"], [1e-12, "p"]];
const si = (x, unit) => scaled(x, unit, SI);
const time = (ps) => scaled(ps === null ? null : ps * 1e-12, "s", SI.slice(6));
const bytes = (x) => (x !== null && Math.abs(x) < 1000 ? `${x} B` : scaled(x, "B", SI.slice(0, 7)));
function count(x) {
  if (x === null) return NONE;
  if (Math.abs(x) < 10000) return Number.isInteger(x) ? String(x) : digits(x);
  return scaled(x, "", SI.slice(0, 6));
}
const plain = (x, unit) => (x === null ? NONE : x >= 10000 || (x !== 0 && x < 0.1) ? si(x, unit) : `${digits(x)} ${unit}`);
const percent = (share) => (share === null || !isFinite(share) ? NONE : `${(share * 100).toFixed(1)} %`);
const ratio = (a, b) => (a === null || b === null || b === 0 ? null : a / b);

const tokensOf = (run) => num(run.stats, "decode.tokens") || 0;
const isStream = (run) => str(run.stats, "workload") === "stream";
// Sums of a run become figures per token where there are tokens.
const perToken = (run) => (tokensOf(run) > 0 ? 1 / tokensOf(run) : 1);
const isPerToken = (run) => tokensOf(run) > 0 || str(run.stats, "unit") === "token";
// What 'ifcsim explain' found, which is no run by itself.
const isExplained = (run) => objects(run.stats, "by_operator").some((row) => str(row, "operator") !== "");
const perWhat = (runs) => (runs.every(isPerToken) ? "per token" : runs.some(isPerToken) ? "per token or run" : "in the run");
const ranAtAll = (run) => str(run.stats, "status") !== "out_of_memory";
