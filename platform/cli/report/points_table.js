// The table: sorted by a head, filtered by the fields below it, some rows at a time.
const ROWS_AT_ONCE = 200;

class PointTable {
  constructor(data, changed) {
    this.data = data;
    this.changed = changed;
    this.shown = data.columns.map((c, i) => i).filter((i) => data.columns[i].name !== "id" && data.columns[i].name !== "waits_share");
    this.filters = data.columns.map(() => () => true);
    this.order = { column: data.column("point"), down: false };
    this.limit = ROWS_AT_ONCE;
    this.body = el("tbody");
    this.heads = this.shown.map((i) => this.head(i));
    this.fields = this.shown.map((i) => this.field(i));
    this.count = el("p", { class: "hint", role: "status" });
    this.more = el("button", { type: "button" }, "More rows");
    this.more.addEventListener("click", () => { this.limit += 5 * ROWS_AT_ONCE; this.draw(); });
    const clear = el("button", { type: "button" }, "Clear filters");
    clear.addEventListener("click", () => { this.fields.forEach((f) => { f.value = ""; f.dispatchEvent(new Event("input")); }); });
    this.element = section("table", "Points",
      el("p", { class: "hint" }, "A head sorts. The fields below filter the table and the picture: ", el("code", {}, "> 10"), ", ", el("code", {}, "4..8"), ", ", el("code", {}, "1K, 10K"), ", a piece of text."),
      el("div", { class: "tools" }, clear), this.count,
      el("div", { class: "points" }, el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Points" },
        el("table", {}, el("thead", {}, el("tr", {}, this.heads.map((b, k) => el("th", { scope: "col", class: this.numbers(k) ? "n" : null }, b))),
          el("tr", { class: "filters" }, this.fields.map((f) => el("th", {}, f)))), this.body))),
      el("div", { class: "tools" }, this.more));
    this.filter();
  }
  numbers(k) { return this.data.columns[this.shown[k]].numbers; }

  head(i) {
    const b = el("button", { type: "button" }, broken(titleOf(this.data.columns[i])));
    b.addEventListener("click", () => {
      const c = this.data.columns[i], again = this.order.column === i;
      this.order = { column: i, down: again ? !this.order.down : c.better > 0 };
      this.draw();
    });
    return b;
  }
  field(i) {
    const c = this.data.columns[i], f = el("input", { type: "text", "aria-label": `Filter ${titleOf(c)}`, autocomplete: "off", spellcheck: "false" });
    f.addEventListener("input", () => {
      const test = filterOf(f.value, c);
      f.setCustomValidity(test ? "" : "> 10, 4..8, or values with commas");
      this.filters[i] = test || (() => true);
      this.limit = ROWS_AT_ONCE;
      this.filter();
    });
    return f;
  }
  filter() {
    this.points = this.data.points.filter((p) => this.filters.every((test, i) => test(p.cells[i])));
    this.draw();
    this.changed(this.points);
  }
  draw() {
    const { column, down } = this.order, sign = down ? -1 : 1, numbers = this.data.columns[column].numbers;
    const compare = (a, b) => (numbers ? a - b : a < b ? -1 : a > b ? 1 : 0);
    const rows = [...this.points].sort((p, q) => {
      const a = p.cells[column], b = q.cells[column];
      return a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b);
    });
    this.heads.forEach((b, k) => {
      const on = this.shown[k] === column;
      if (on) b.dataset.order = down ? "down" : "up"; else delete b.dataset.order;
      b.parentElement?.setAttribute("aria-sort", on ? (down ? "descending" : "ascending") : "none");
    });
    this.rowOf = new Map();
    this.body.replaceChildren(...rows.slice(0, this.limit).map((p) => this.row(p)));
    this.count.textContent = `${rows.length} of ${this.data.points.length} points${rows.length > this.limit ? `, the first ${this.limit} are shown` : ""}`;
    this.more.hidden = rows.length <= this.limit;
  }
  row(p) {
    const tr = el("tr", {}, this.shown.map((i) => {
      const c = this.data.columns[i], x = p.cells[i];
      if (c.numbers) return numberCell(datum(x, x === null ? NONE : c.kind === "figure" ? shown(x) : placeText(c, x)));
      return el("td", { class: c.name === "why" ? "why" : null }, c.name === "status" && x !== "ok" ? el("span", { class: "bad" }, x) : placeText(c, x));
    }));
    this.rowOf.set(p, tr);
    return tr;
  }
  mark(p) {
    this.body.querySelectorAll("tr.on").forEach((tr) => tr.classList.remove("on"));
    this.rowOf.get(p)?.classList.add("on");
  }
}
