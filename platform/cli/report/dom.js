// Elements. Strings always become text nodes: what a scenario says is never markup.
function el(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {}))
    if (value === true) e.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) e.setAttribute(name, String(value));
  e.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return e;
}

// A value with all its digits for machines, and few for people.
const datum = (number, text) => (number === null ? el("span", {}, text) : el("data", { value: number }, text));

function bar(share, colour, label) {
  const fill = el("i");
  fill.style.width = `${Math.max(0, Math.min(1, share || 0)) * 100}%`;
  fill.style.background = colour;
  return el("span", { class: "bar", role: "img", "aria-label": label }, fill);
}

// One bar made of parts: [{name, share, colour}].
function stack(parts, label) {
  const box = el("div", { class: "stack", role: "img", "aria-label": label });
  for (const p of parts) {
    const part = el("i", { title: `${p.name} ${percent(p.share)}` });
    part.style.width = `${p.share * 100}%`;
    part.style.background = p.colour;
    box.append(part);
  }
  return box;
}

const key = (parts) => el("ul", { class: "key" }, parts.map((p) => {
  const dot = el("i");
  dot.style.background = p.colour;
  return el("li", {}, dot, p.name, p.text ? ` ${p.text}` : "");
}));

// A table that is wider than the page is written row by row instead, each figure with the name of its column. What
// cannot be narrower still scrolls in its own box, which the keyboard can reach.
function fitTable(box) {
  box.classList.remove("stacked");
  if (box.scrollWidth > box.clientWidth + 1) box.classList.add("stacked");
}
function labelCells(box) {
  const names = [...box.querySelectorAll("thead th")].map((c) => c.textContent);
  for (const row of box.querySelectorAll("tbody tr"))
    [...row.children].forEach((c, i) => names[i] && c.tagName === "TD" && c.setAttribute("data-label", names[i]));
}
function table(label, head, rows) {
  const body = el("tbody");
  rows.forEach((row) => body.append(row));
  const t = el("table", {}, el("thead", {}, el("tr", {}, head)), body);
  const box = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, t);
  labelCells(box);
  redraws.push(() => fitTable(box));
  return box;
}
const headCell = (text, numeric) => el("th", { scope: "col", class: numeric ? "n" : null }, text);
const rowCell = (...children) => el("th", { scope: "row" }, children);
const cell = (...children) => el("td", {}, children);
const numberCell = (...children) => el("td", { class: "n" }, children);
const barCell = (share, colour, label) => el("td", { class: "wide" }, bar(share, colour, label));

const section = (id, title, ...children) => el("section", { id, "aria-labelledby": `${id}-title`, "data-title": title },
  el("h2", { id: `${id}-title` }, title), children);

// The first rows, and the rest behind a button.
function longTable(label, head, rows, first) {
  const box = table(label, head, rows.slice(0, first));
  if (rows.length <= first) return box;
  const button = el("button", { type: "button", "aria-expanded": "false" }, `Show all ${rows.length} rows`);
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? `Show the first ${first} rows` : `Show all ${rows.length} rows`;
    box.querySelector("tbody").replaceChildren(...rows.slice(0, open ? undefined : first));
    labelCells(box);
    fitTable(box);
  });
  return [box, el("div", { class: "tools" }, button)];
}

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// A resource has one colour in the whole report. Groups of dies take colours in the order they are met.
const resourceColours = new Map([["channel", "--channel"], ["channels", "--channel"], ["npu", "--npu"],
  ["dram", "--dram"], ["controller", "--controller"], ["host", "--host"], ["soc", "--host"]]);
let groupColours = 0;
function colourName(resource) {
  if (!resourceColours.has(resource)) resourceColours.set(resource, `--c${groupColours++ % 8}`);
  return resourceColours.get(resource);
}
const colour = (resource) => `var(${colourName(resource)})`;
