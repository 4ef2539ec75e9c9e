// Every picture as an SVG file: what a canvas is asked to draw, written down instead. Only the calls that our pictures use.
class SvgContext {
  constructor(width, height, title) {
    this.width = width;
    this.height = height;
    this.out = [`<title>${SvgContext.escape(title)}</title>`, `<rect width="${width}" height="${height}" fill="${css("--card")}"/>`];
    this.clips = 0;
    this.open = [0];
    Object.assign(this, { fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, globalAlpha: 1, font: "12px sans-serif", textAlign: "left" });
  }
  static escape(text) { return String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]); }
  static round(x) { return Math.round(x * 100) / 100; }

  get opacity() { return this.globalAlpha === 1 ? "" : ` opacity="${this.globalAlpha}"`; }
  fillRect(x, y, w, h) {
    const r = SvgContext.round;
    this.out.push(`<rect x="${r(x)}" y="${r(y)}" width="${r(w)}" height="${r(h)}" fill="${this.fillStyle}"${this.opacity}/>`);
  }
  strokeRect(x, y, w, h) {
    const r = SvgContext.round;
    this.out.push(`<rect x="${r(x)}" y="${r(y)}" width="${r(w)}" height="${r(h)}" fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}"/>`);
  }
  fillText(text, x, y) {
    const anchor = { left: "start", right: "end", center: "middle" }[this.textAlign], r = SvgContext.round, size = parseFloat(this.font);
    this.out.push(`<text x="${r(x)}" y="${r(y)}" font-family="sans-serif" font-size="${size}" text-anchor="${anchor}" dominant-baseline="middle" fill="${this.fillStyle}">${SvgContext.escape(text)}</text>`);
  }
  measureText(text) { return { width: String(text).length * 6.5 }; }
  beginPath() { this.path = ""; }
  moveTo(x, y) { this.path += `M${SvgContext.round(x)} ${SvgContext.round(y)}`; }
  lineTo(x, y) { this.path += `L${SvgContext.round(x)} ${SvgContext.round(y)}`; }
  rect(x, y, w, h) { this.path = `M${x} ${y}h${w}v${h}h${-w}z`; }
  stroke() { this.out.push(`<path d="${this.path}" fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}"${this.opacity}/>`); }
  clip() {
    this.clips++;
    this.open[this.open.length - 1]++;
    this.out.push(`<clipPath id="c${this.clips}"><path d="${this.path}"/></clipPath><g clip-path="url(#c${this.clips})">`);
  }
  save() { this.open.push(0); }
  restore() { for (let n = this.open.pop(); n > 0; n--) this.out.push("</g>"); }
  text() {
    const { width: w, height: h } = this;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">\n${this.out.join("\n")}\n</svg>\n`;
  }
}

// A button that saves what @draw(context) draws. @size: () => [width, height]
function svgButton(name, size, draw) {
  const b = el("button", { type: "button", class: "svg", "aria-label": `Save as SVG: ${name}`, title: "Save this picture" }, "SVG");
  b.addEventListener("click", () => {
    const g = new SvgContext(...size(), name);
    draw(g);
    const link = el("a", { download: `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.svg`, href: URL.createObjectURL(new Blob([g.text()], { type: "image/svg+xml" })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  return b;
}

// Lines over time or tokens. @chart: {width, height, x: [from, to], y: [low, high], xTicks: [[at, text]], yText, xs, series: [{name, colour, values, stepped}]}
function drawLines(g, c) {
  const left = 70, bottom = 26, top = 24, w = c.width - left - 10, h = c.height - top - bottom;
  const x = (v) => left + ((v - c.x[0]) / (c.x[1] - c.x[0])) * w, y = (v) => top + h - ((v - c.y[0]) / (c.y[1] - c.y[0])) * h;
  const line = (x0, y0, x1, y1) => { g.beginPath(); g.moveTo(x0, y0); g.lineTo(x1, y1); g.stroke(); };
  g.strokeStyle = css("--line");
  g.fillStyle = css("--muted");
  for (const [at, text] of c.xTicks) { line(x(at), top, x(at), top + h); g.fillText(text, x(at) + 2, top + h + 14); }
  g.textAlign = "right";
  for (let i = 0; i <= 4; i++) { const v = c.y[0] + ((c.y[1] - c.y[0]) * i) / 4; line(left, y(v), left + w, y(v)); g.fillText(c.yText(v), left - 6, y(v)); }
  g.textAlign = "left";
  let at = left;
  g.save();
  for (const s of c.series) {
    g.fillStyle = css(s.colour);
    g.fillRect(at, 6, 10, 10);
    g.fillStyle = css("--muted");
    g.fillText(s.name, at + 14, 11);
    at += 24 + g.measureText(s.name).width;
  }
  g.rect(left, top, w, h);
  g.clip();
  g.lineWidth = 1.5;
  for (const s of c.series) {
    g.strokeStyle = css(s.colour);
    g.beginPath();
    let begun = false, last = null;
    c.xs.forEach((t, i) => {
      if (s.values[i] === null || s.values[i] === undefined) return;
      if (!begun) g.moveTo(x(t), y(s.values[i]));
      else { if (s.stepped) g.lineTo(x(t), y(last)); g.lineTo(x(t), y(s.values[i])); }
      begun = true;
      last = s.values[i];
    });
    if (begun) g.stroke();
  }
  g.restore();
}

// Bars made of parts, one below the other, with their names. @lines: [{name, parts: [{name, share, colour, text}]}]
function drawStacks(g, lines) {
  const left = lines.length > 1 ? 150 : 0, w = g.width - left - 10;
  let y = 8;
  for (const { name, parts } of lines) {
    if (left) { g.fillStyle = css("--muted"); g.fillText(name.slice(0, 22), 0, y + 10); }
    let x = left;
    for (const p of parts) {
      g.fillStyle = cssColour(p.colour);
      g.fillRect(x, y, p.share * w, 20);
      x += p.share * w;
    }
    y += 26;
    for (const p of parts) {
      g.fillStyle = cssColour(p.colour);
      g.fillRect(left, y, 10, 10);
      g.fillStyle = css("--text");
      g.fillText(`${p.name} ${p.text}`, left + 16, y + 6);
      y += 16;
    }
    y += 10;
  }
}
const stacksHeight = (lines) => lines.reduce((a, l) => a + 36 + 16 * l.parts.length, 10);

// Rows of a name, a bar and a text. @rows: [{name, share (of the width, 0 .. 1), from (0), colour, text}]
function drawBars(g, rows) {
  const left = 190, right = 150, w = Math.max(60, g.width - left - right);
  rows.forEach((row, i) => {
    const y = 8 + i * 20;
    g.fillStyle = css("--text");
    g.fillText(row.name.slice(0, 28), 0, y + 7);
    g.fillStyle = cssColour(row.colour);
    g.fillRect(left + (row.from || 0) * w, y, Math.max(1, row.share * w), 13);
    g.fillStyle = css("--muted");
    g.fillText(row.text, left + w + 8, y + 7);
  });
}
// "var(--c0)" of a style sheet as a colour that a file of its own understands.
const cssColour = (text) => (text.startsWith("var(") ? css(text.slice(4, -1)) : text);
