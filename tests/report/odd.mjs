// Statistics files that nobody wrote like this: every key there with a value of another kind, or missing.
const KEYS = ["version", "scenario", "title", "scenario_hash", "status", "workload", "grain", "end_time_ps", "decode", "stream", "requests", "counts", "rates", "energy_j",
  "power_w", "kv_buffer", "critical_path", "resources", "capacity", "overflow", "wear", "warnings", "dies", "policies", "resolved", "utilisation_over_time", "token_lanes", "operators", "roofline", "waterfall", "doubling", "by_operator", "unit"];
const VALUES = [null, true, 17, -1e300, "text", [], [null, 1, "x", [], {}], {}, { toString: 1, constructor: "x", __proto__: [] }];

export const odd = VALUES.map((value) => JSON.stringify({ schema: 1, ...Object.fromEntries(KEYS.map((k) => [k, value])) }));
odd.push(JSON.stringify({ schema: 1 }));
odd.push(JSON.stringify({ schema: 1, status: "ok", workload: "decode", end_time_ps: 10, resolved: "a = {\n b = 1;\n", title: "x".repeat(5000),
  utilisation_over_time: { bin_ps: 5, resources: [{ name: "constructor", parts: 1, busy: ["x", 2] }, {}] },
  token_lanes: { token: "x", begin_ps: 0, end_ps: 10, operators: [{ operator: "__proto__", resource: "toString", issue_ps: 0, begin_ps: 1, end_ps: 2 }, { begin_ps: 1 }], slices: 3 },
  critical_path: [{ operator: 1, ps: 5 }], energy_j: { "__proto__x": 1, y: "z", "a.b.c": 0 }, capacity: [{}], rates: [{}], operators: [{}, { name: "a", active_ps: 5, macs: 1e300 }], roofline: [{}, { operator: "b", attained_per_second: 1, ceilings_per_second: { array: 0 } }],
  waterfall: [{}, { status: "ok", ps: 0 }], doubling: [{ status: "ok", speedup: -1 }], wear: [{}, { group: 5, pe_max: "x" }], decode: { token_latency_ps: [1, "x", 3] },
  requests: { queue_ps: 1, ttft_ps: { mean: "x" }, over_time: { each: -1, arrival_ps: [3, 1], queue_ps: [1], latency_ps: "x" } } }));
