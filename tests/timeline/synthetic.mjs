#!/usr/bin/env node
// synthetic.mjs FOLDER: a small machine's timeline (timeline.csv) and the statistics that go with it (stats.json):
// 2 channels with 2 dies of 2 planes each, an NPU, a queue counter, flows; names that need quoting. Everything
// follows from the loop below, so a test may change either file and expect a complaint.
import { writeFileSync } from 'node:fs';

const folder = process.argv[2];
const rows = ['kind,track,name,begin_ps,end_ps,value,token,layer,head_group,bytes,pages,txn,operator,class,flow_in,flow_out'];
const used = new Map();
const declare = (path, unit) => rows.push(`${unit === undefined ? 'track' : 'counter_track'},${path},${unit ?? ''},,,,,,,,,,,,,`);
const counter = (path, time, value) => rows.push(`counter,${path},,${time},,${value},,,,,,,,,,`);
function slice(path, name, begin, end, args = '', flowIn = '', flowOut = '') {
  rows.push(`slice,${path},${name},${begin},${end},,${args || ',,,,,,,'},${flowIn},${flowOut}`);
  const times = used.get(path) ?? [];
  if (name === 'data down') times[times.length - 1] += end - begin; /* command and data: one tenure */
  else times.push(end - begin);
  used.set(path, times);
}

declare('"host, ""SoC"""');
declare('npu');
for (const c of [0, 1]) {
  declare(`channel${c}`);
  declare(`channel${c}/queued`, 'commands');
}
declare('g1');
for (let d = 0; d < 4; d++) {
  declare(`g1/die${d}`);
  for (const p of [0, 1]) declare(`g1/die${d}/plane%2F${p}`);
}

let end = 0;
for (let i = 0; i < 400; i++) {
  const die = i % 4, channel = die % 2, start = 7001 * (i - channel) + 3, down = start + 1707, sensed = down + 4000;
  const up = Math.max(sensed + 2244, 0), args = `${Math.floor(i / 100)},${i % 32},${die},8192,2,${i},"q, k and v",weights`;
  counter(`channel${channel}/queued`, start, i % 5 - 1);
  slice(`channel${channel}`, 'command', start, start + 5, args, '', i + 1);
  slice(`channel${channel}`, 'data down', start + 5, down, args, i + 1, i + 1);
  slice(`g1/die${die}/plane%2F0`, 'sense', down, sensed, args);
  slice(`g1/die${die}/plane%2F1`, 'sense', down, sensed, args);
  slice(`g1/die${die}`, 'read compute', down, up, args, i + 1, i + 1001);
  slice(`channel${channel}`, 'data up', up, up + 130, args, i + 1001);
  if (die === 3) slice('npu', 'softmax', up + 130, up + 130 + (i % 8 === 3 ? 0 : 90));
  end = up + 130 + 90;
}
slice('"host, ""SoC"""', 'token', 0, end);
rows.push(`mark,,end of recording,${end},,,,,,,,,,,,`);

const resource = (name, kind, path) => {
  const times = used.get(path);
  const spans = kind === 'die' ? {} : { min_ps: Math.min(...times), max_ps: Math.max(...times) };
  return { name, kind, busy_ps: times.reduce((a, b) => a + b, 0), served: times.length, ...spans };
};
const resources = [resource('npu', 'npu', 'npu'), ...[0, 1].map((c) => resource(`channel${c}`, 'channel', `channel${c}`)),
  ...[0, 1, 2, 3].map((d) => resource(`g1.die${d}`, 'die', `g1/die${d}`))];
writeFileSync(`${folder}/timeline.csv`, `${rows.join('\n')}\n`);
writeFileSync(`${folder}/stats.json`, JSON.stringify({ schema: 1, end_time_ps: end, counts: { pages_sensed: 800 }, resources }));
