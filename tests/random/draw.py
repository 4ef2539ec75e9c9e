"""Draws legal scenarios that are small enough to run in a fraction of a second.

Every parameter has random numbers of its own (by seed and path), so that a new parameter changes no other draw. What
a uniform draw would make pointless (a week of work, a model that fits nowhere) has a hint in CAPS or in a rule below.
"""
import os
from math import gcd, lcm, log
from random import Random

import scenario
import serving
from parameters import number, scale

# Range of a draw where the table's own is no use: sizes that keep a run short, times and rates of real machines.
CAPS = {
    "model.layers": (1, 3), "model.hidden": (1, 300), "model.kv_heads": (1, 9), "model.head_dim": (1, 130),
    "model.ffn": (1, 300), "model.experts": (1, 9), "model.active_experts": (1, 9), "model.vocab": (1, 300),
    "model.scale_group": (1, 300), "model.shared_experts": (0, 4), "model.dense_layers": (0, 2), "model.dense_ffn": (1, 300),
    "model.kv_scale_group": (1, 300),
    "placement.stage": (1, 9), "placement.kv_buffer.bytes": (1, 2**21),
    "channel.count": (1, 9), "channel.rate": (1e6, 1e12),
    "soc.link_rate": (1e6, 1e12), "soc.command_time": (0, 1e-6), "soc.completion_time": (0, 1e-6),
    "dram.channels": (0, 4), "dram.bytes": (2**18, 2**31), "dram.rate": (1e6, 1e12),
    "workload.context": (0, 300), "workload.tokens": (1, 12),
    "workload.requests.speed": (1e-3, 1e3), "workload.requests.first": (0, 4), "workload.requests.count": (0, 10),
    "workload.requests.rate": (1e1, 1e7), "workload.requests.sessions": (0, 3), "workload.requests.limit": (0, 120),
    "workload.warmup": (0, 4), "model.window": (0, 200), "workload.prompt": (0, 100), "workload.chunk": (1, 100),
    "workload.stream.count": (0, 100), "workload.stream.planes": (1, 12), "workload.stream.dies": (1, 8),
    "workload.stream.pages": (1, 9), "workload.stream.queue_depth": (1, 64), "workload.stream.rate": (1e3, 1e7),
    "workload.stream.bytes_down": (0, 2e4), "workload.stream.bytes_up": (0, 2e4),
    "flash.groups.<name>.dies": (1, 8), "flash.groups.<name>.planes": (1, 12),
    "flash.groups.<name>.pages_per_block": (1, 64), "flash.groups.<name>.blocks_per_plane": (16, 400),
    "flash.groups.<name>.page": (64, 8192), "flash.groups.<name>.spare": (0, 600),
    "flash.groups.<name>.t_read": (1e-12, 1e-4), "flash.groups.<name>.t_program": (1e-12, 1e-3),
    "flash.groups.<name>.t_erase": (1e-12, 1e-2), "flash.groups.<name>.fmacs": (1, 64),
    "flash.groups.<name>.global_buffer": (1, 3e5), "flash.groups.<name>.sense_planes": (0, 12),
    "flash.groups.<name>.suspend.program": (0, 1e-4), "flash.groups.<name>.suspend.erase": (0, 1e-3),
    "flash.groups.<name>.suspend.max": (0, 9),
    "flash.groups.<name>.queue_depth": (1, 9), "flash.groups.<name>.read_limit": (1, 1e6),
    "flash.groups.<name>.errors.age": (420, 2e6), "flash.groups.<name>.errors.temperature": (0, 40),
    "flash.groups.<name>.ecc.codeword": (8, 3e4), "flash.groups.<name>.ecc.correct": (0, 20),
    "flash.groups.<name>.ecc.retries": (0, 6),
    "simulation.time_limit": (1e-6, 1e-2), "simulation.wall_limit": (1e3, 1e9),
    "pages": (1, 64), "gap": (1, 16), "tokens": (1, 12),  # of policies
    "page": (1, 40), "budget": (1, 300), "sinks": (0, 20), "recent": (1, 100), "page_channels": (1, 40),
    "cluster": (1, 40),
}
CAPS.update({p.replace("workload.stream.", "workload.flows.<name>."): r for p, r in CAPS.items() if ".stream." in p})
# How likely a parameter is set at all, where that is not the scenario's own density.
CHANCE = {"simulation.time_limit": 0.05, "simulation.wall_limit": 0.1, "simulation.grain": 0.1, "title": 0.2,
          "model.name": 0.1}
# Shapes that a config.json has, by file: what the scenario may leave out. No run does what the last one says.
CONFIGS = {
    "dense.json": {"layers": 2, "hidden": 96, "heads": 6, "kv_heads": 2, "head_dim": 24, "ffn": 160, "vocab": 200},
    "experts.json": {"layers": 3, "hidden": 64, "heads": 4, "kv_heads": 4, "head_dim": 16, "ffn": 40, "vocab": 150,
                     "experts": 6, "active_experts": 2, "shared_experts": 1, "dense_layers": 1, "dense_ffn": 96},
    "latent.json": {"layers": 2, "hidden": 64, "heads": 4, "kv_heads": 4, "ffn": 96, "vocab": 150},
}
MATRICES = ("embed", "qkv", "project", "gate_up", "down", "lm_head")
LETTERS = 'aZ09 .,:;#=(){}"\\/%&<>\'-_é€'
PAGES_MAX = 6000  # sensed or programmed in a run: what bounds its time


def spread(rng, low, high):
    """Log-uniform; 0 counts as a millionth of what there is."""
    floor = low or min(1.0, high * 1e-6)
    if high <= floor:
        return high
    return floor * (high / floor) ** rng.random()


def in_unit(rng, row, value):
    """@value, in base units, as a user may write it."""
    if row.whole:
        count = round(value / row.smallest)
        exact = [u for u in row.units if scale(u) and round(scale(u) / row.smallest) >= 1 and
                 count % round(scale(u) / row.smallest) == 0]
        unit = rng.choice(exact) if exact and count else "ps" if "ps" in row.units else "B"
        return f"{count // max(1, round(scale(unit) / row.smallest))} {unit}"
    fits = [u for u in row.units if 0.01 <= value / scale(u) < 1e7]
    unit = rng.choice(fits) if fits else row.units[-1]
    return f"{value / scale(unit):.9f}".rstrip("0").rstrip(".") + f" {unit}"


def text_of(rng, row, value):
    if row.kind == "quantity":
        return scenario.quote(in_unit(rng, row, value))
    # six digits after the point are none of a small number
    return str(round(value)) if row.kind == "whole" else f"{value:.6f}" if value >= 1e-3 or value == 0 else f"{value:.6e}"


def draw_number(rng, row, wild):
    low, high = row.low, row.high
    default = number(row.default) if row.default[:1].isdigit() else 0.0
    cap = CAPS.get(row.path)
    if cap:
        low, high = max(low, cap[0]), min(high, cap[1])
    elif row.kind == "whole":
        high = min(high, max(4 * default, 8))
    elif default and not wild:
        low, high = max(low, default / 100), min(high, default * 10)
    if wild and row.kind == "quantity":
        low, high = row.low, row.high
    dice = rng.random()
    if dice < 0.10:
        value = row.low if rng.random() < 0.5 and not cap else low
    elif dice < 0.16:
        value = low + (row.smallest if row.whole else 0)
    elif dice < 0.22:
        value = high
    else:
        value = spread(rng, low, high)
    if row.kind == "quantity" and not row.whole or rng.random() < 0.5:
        value = float(f"{value:.3g}")  # a value that a person would write
    return min(max(value, row.low), row.high)


def draw_value(rng, row, wild=False):
    """A value of @row as it is written; None: leave it alone."""
    if row.kind == "flag":
        return rng.choice(("true", "false"))
    if row.kind == "name" or row.names and rng.random() < 0.2:
        return scenario.quote(rng.choice(row.names))
    if row.kind in ("whole", "number", "quantity"):
        return text_of(rng, row, draw_number(rng, row, wild))
    if row.path in ("title", "model.name"):
        return scenario.quote("".join(rng.choice(LETTERS) for _ in range(rng.randrange(1, 20))))
    return None


class Drawing:
    """One scenario while it is made."""

    def __init__(self, table, seed):
        self.table, self.seed, self.values = table, seed, {}
        f = Random(f"{seed}/features")
        self.stream = f.random() < 0.35
        self.requests = not self.stream and Random(f"{seed}/requests?").random() < 0.3
        self.density = f.choice((0.15, 0.4, 0.7, 1.0))
        self.wild = f.random() < 0.03      # times and rates anywhere in their ranges
        self.lawless = f.random() < 0.2    # one to three values that need not go with the others
        self.effects = f.choice(("on", "on", "one off", "any", "all off"))
        self.groups = f.choice((["g1"], ["g1"], ["g1", "g2"], ["g1", "g2"], ["w", "kv-1", "x_2"]))
        self.plain = {g: f.random() < 0.4 for g in self.groups}
        self.scattered = f.random() < 0.3  # matrices of a layer in several stores
        few = self.rng("flows").random() < 0.35
        self.flows = self.rng("flows'").choice((["a"], ["a", "b-2"], ["x", "y", "z_1"])) if self.stream and few else []
        self.in_dram = self.rng("weights in DRAM").random() < 0.1
        self.config, self.given = None, {}
        if not self.stream and self.rng("config").random() < 0.1:
            self.config = self.rng("config's").choice(["dense.json", "experts.json"] * 9 + ["latent.json"])
            self.given = {f"model.{key}": str(value) for key, value in CONFIGS[self.config].items()}

    def rng(self, what):
        return Random(f"{self.seed}/{what}")

    def row(self, path):
        """Row and the path's own table entry: 'flash.groups.g1.page' is a row of '<name>'."""
        parts = path.split(".")
        if parts[:2] in (["flash", "groups"], ["workload", "flows"]):
            parts[2] = "<name>"
        return self.table.rows.get(".".join(parts))

    def get(self, path):
        """Number of a parameter as it stands: as set, or its default; of a word, what it stands for."""
        value = self.text(path)
        if value[:1].isdigit():
            return number(value)
        words = {"ffn": "model.ffn", "weight_bits": "model.weight_bits"}  # that mean: as another parameter
        return self.get(words[value]) if value in words else 16 if value == "auto" else self.period()

    def text(self, path):
        return scenario.unquote(self.values.get(path, self.given.get(path, self.row(path).default)))

    def count(self, path):
        return int(self.get(path))

    def put(self, path, value):
        """Set a number, clipped to what its row allows."""
        row = self.row(path)
        self.values[path] = text_of(self.rng(path + "/unit"), row, min(max(value, row.low), row.high))

    def put_text(self, path, text):
        self.values[path] = scenario.quote(text)

    def drop(self, path):
        """Back to its default, which is none."""
        self.values.pop(path, None)
        if path in self.given:
            self.put(path, 0)

    def draw_row(self, path, row):
        rng = self.rng(path)
        needed = (row.default.startswith("required") or not row.default) and path not in self.given
        if rng.random() < (1.0 if needed else CHANCE.get(path, self.density)):
            value = draw_value(rng, row, self.wild)
            if value is not None:
                self.values[path] = value

    def draw_rows(self):
        for path, row in self.table.rows.items():
            skip = ("effects.", "policies.", "flash.groups.", "workload.flows.", "model." if self.stream else "workload.stream.",
                    "placement." if self.stream else "-", "-" if self.requests else "workload.requests.")
            if not path.startswith(skip) and path not in ("workload.kind", "model.heads"):
                self.draw_row(path, row)
        for name in self.groups:
            for path, row in self.table.rows.items():
                if path.startswith("flash.groups.<name>."):
                    self.draw_row(path.replace("<name>", name), row)
        for name in self.flows:
            for path, row in self.table.rows.items():
                if path.startswith("workload.flows.<name>."):
                    self.draw_row(path.replace("<name>", name), row)
        self.draw_effects()

    def draw_effects(self):
        paths = [p for p in self.table.rows if p.startswith("effects.")]
        one = self.rng("effects").choice(paths)
        for path in paths:
            off = {"on": False, "one off": path == one, "all off": True,
                   "any": self.rng(path).random() < 0.5}[self.effects]
            if off:
                self.values[path] = "false"

    # What must go together.

    def settle_die(self, name, compute):
        at = f"flash.groups.{name}."
        if compute:
            self.put(at + "fmacs", max(1, self.count(at + "fmacs")))
        else:
            self.put(at + "fmacs", 0)
            if self.features.random() < 0.7:
                self.put(at + "ecc_rate", 0)
        if self.count(at + "sense_planes") > self.count(at + "planes"):
            self.put(at + "sense_planes", self.count(at + "planes"))

    def settle_errors(self, name):
        """Where somebody decodes whole pages, in the range of a law; a table would need a file."""
        at = f"flash.groups.{name}."
        law = self.text(at + "errors.law")
        decodes = self.count("soc.ecc_rate") > 0 if self.count(at + "fmacs") == 0 else self.count(at + "ecc_rate") > 0
        whole = all(self.values.get(f"effects.{e}") != "false" for e in ("ecc", "page_rounding", "pipeline_fill"))
        if law not in ("luo2018", "power-law") or not decodes or not whole:
            self.put_text(at + "errors.law", "none")
            return
        self.put_text(at + "errors.pe_scale", "rated")
        self.put(at + "errors.initial_pe", self.count(at + "endurance") * self.features.random())
        self.put(at + "errors.age", 420 + 290000 * self.features.random())
        self.put(at + "errors.temperature", 25 + 15 * self.features.random())
        bits = 8 * (self.count(at + "page") + self.count(at + "spare"))
        self.put(at + "ecc.codeword", min(self.count(at + "ecc.codeword"), bits))
        self.put(at + "ecc.correct", min(self.count(at + "ecc.correct"), self.count(at + "ecc.codeword") - 1))

    def settle_power(self):
        """None, or what the hungriest die draws at least."""
        if self.get("soc.power_budget") == 0:
            return
        most = 0
        for at in (f"flash.groups.{name}." for name in self.groups):
            bits = 8 * (self.get(at + "page") + self.get(at + "spare"))
            t_read, t_program = (min([number(t) for t in self.text(at + k + "_pages").split(",") if t] or [self.get(at + k)])
                                 for k in ("t_read", "t_program"))
            sense = bits * self.get(at + "read_energy") / t_read + self.get(at + "ecc_power")
            sense += self.get(at + "fmacs") * self.get(at + "clock") * self.get(at + "mac_energy")
            program = bits * self.get(at + "program_energy") / t_program
            most = max(most, self.get(at + "planes") * max(sense, program))
        self.put("soc.power_budget", most * (1.001 + 3 * self.features.random()) if most < 2e5 else 0)

    def settle_page_times(self):
        """Pages of a word line differ, of plain NAND that is streamed."""
        whole = all(self.values.get(f"effects.{e}") != "false" for e in ("page_rounding", "pipeline_fill"))
        for name in self.groups:
            for key in ("t_read_pages", "t_program_pages"):
                rng, at = self.rng(f"{key} of {name}"), f"flash.groups.{name}.{key}"
                self.values.pop(at, None)
                if self.stream and whole and self.count(f"flash.groups.{name}.fmacs") == 0 and rng.random() < 0.3:
                    self.put_text(at, ",".join(f"{rng.randint(1, 90)} us" for _ in range(rng.randint(1, 4))))

    def settle_channels(self):
        """Some groups hang on some channels; tiles need all."""
        count = self.count("channel.count")
        for name in self.groups:
            rng, at = self.rng(f"channels of {name}"), f"flash.groups.{name}.channels"
            self.values.pop(at, None)
            some = sorted(rng.sample(range(count), rng.randint(1, count)), key=lambda c: rng.random())
            if rng.random() < 0.2 and not any("split" in v for p, v in self.values.items() if p.endswith("gemv")):
                self.put_text(at, ",".join(map(str, some)) if rng.random() < 0.7 else f"0..{count - 1}")

    def settle_grain(self):
        whole = all(self.values.get(f"effects.{e}") != "false" for e in ("page_rounding", "pipeline_fill"))
        if not whole and self.text("simulation.grain") in ("page", "plane"):
            self.put_text("simulation.grain", "auto")
        for at in (f"flash.groups.{name}." for name in self.groups):  # planes of their own work on whole pages, untimed
            if not whole or 0 < self.count(at + "sense_planes") < self.count(at + "planes"):
                self.values.pop(at + "independent_planes", None)

    def settle_stream(self):
        self.put_text("workload.kind", "stream")
        group = self.features.choice(self.groups)
        for name in self.groups:
            self.settle_die(name, not self.plain[name])
        self.settle_flow("workload.stream.", group)
        for name in self.flows:
            self.settle_flow(f"workload.flows.{name}.", self.rng(f"group of {name}").choice(self.groups))

    def settle_flow(self, at, group):
        v = self.values
        self.put_text(at + "group", group)
        if self.plain[group] and self.text(at + "op") == "read-compute":
            self.put_text(at + "op", "read")
        g = f"flash.groups.{group}."
        self.put(at + "planes", min(self.count(at + "planes"), self.count(g + "planes")))
        self.put(at + "dies", min(self.count(at + "dies"), self.count(g + "dies")))
        room = self.count(g + "blocks_per_plane")
        if self.text(at + "op") != "erase":
            room *= self.count(g + "pages_per_block")
        self.put(at + "pages", min(self.count(at + "pages"), room))
        if self.text(at + "arrival") == "closed":
            v.pop(at + "rate", None)
        elif self.get(at + "rate") == 0:
            self.put(at + "rate", 1e5)
        if self.text(at + "op") not in ("program", "erase"):
            v.pop(at + "reads", None)
        if self.text(at + "op") != "read-compute":
            v.pop(at + "bytes_down", None)
            v.pop(at + "bytes_up", None)

    def settle_latent(self):
        """One scenario in eight stores a latent: one for all heads, as wide as a head is drawn."""
        rng, at = self.rng("latent"), "model.latent."
        for path in [p for p in self.values if p.startswith(at)]:
            self.values.pop(path)
        if rng.random() > 0.125:
            return
        self.put("model.heads", self.count("model.heads") // self.count("model.kv_heads"))
        self.put("model.kv_heads", 1)
        self.put("model.head_dim", max(16, self.count("model.head_dim")))
        self.put(at + "kv_rank", 1)
        self.put(at + "rope_dim", rng.randint(1, 8))
        self.put(at + "plain_dim", rng.randint(1, 40))
        self.put(at + "value_dim", rng.randint(1, 40))
        if rng.random() < 0.5:
            self.put(at + "query_rank", rng.randint(1, 60))

    def settle_model(self):
        kv_heads = self.count("model.kv_heads")
        if self.config:
            self.put_text("model.config", os.path.join(serving.INPUTS, self.config))
        if not self.config or self.features.random() < 0.5 or self.count("model.heads") % kv_heads:
            self.put("model.heads", kv_heads * self.features.choice((1, 1, 1, 2, 3, 4, 7, 8)))
        self.put("model.active_experts", min(self.count("model.active_experts"), self.count("model.experts")))
        layers = self.count("model.layers")
        if self.count("model.experts") == 1:
            self.drop("model.shared_experts")
        if self.count("model.experts") == 1 or layers == 1:
            self.drop("model.dense_layers")
        elif self.count("model.dense_layers") >= layers:
            self.put("model.dense_layers", layers - 1)
        if self.text("model.window_layers").isdigit():
            self.put("model.window_layers", min(self.count("model.window_layers"), layers))
        self.settle_latent()
        whole = 8 // gcd(8, self.count("model.kv_bits"))
        dim = self.count("model.head_dim")
        dim = max(1, (dim + whole - 1) // whole) * whole
        self.put("model.head_dim", dim)
        if self.count("model.latent.kv_rank"):
            self.put("model.latent.kv_rank", max(1, dim - self.count("model.latent.rope_dim")))
            self.put("model.latent.rope_dim", dim - self.count("model.latent.kv_rank"))
        if self.count("model.weight_bits") >= 8:
            self.values.pop("model.scale_bits", None)
            self.values.pop("model.scale_group", None)

    def settle_placement(self):
        f, weights, v = self.features, self.main(), self.values
        store = f.choice(self.groups + ["dram"]) if f.random() < 0.6 else weights
        on_npu = store == "dram" or f.random() < 0.35 or self.plain[store] and store != weights
        self.put_text("placement.weights", "dram" if self.in_dram else weights)
        self.put_text("placement.kv", store)
        self.put_text("placement.attention", "npu" if on_npu else "ifc")
        for name in self.groups:
            self.settle_die(name, name == weights or not self.plain[name] or name == store and not on_npu)
        if store == "dram":
            self.put("dram.channels", max(1, self.count("dram.channels")))
        self.settle_ways()
        generated = self.store("qkv") == store and self.way("qkv")  # where the KV lies, if at all
        if on_npu or generated in ("ifc", "split"):
            v.pop("placement.overlap", None)
        self.put("placement.stage", min(self.count("placement.stage"), self.count("model.kv_heads")))
        if on_npu or generated != "ifc":
            v.pop("placement.kv_buffer.location", None)
        self.settle_layout(store)
        self.values.pop("placement.kv_prefetch", None)
        if on_npu and not self.requests and self.rng("prefetch").random() < 0.4:
            self.values["placement.kv_prefetch"] = "true"

    def main(self):
        """The group that holds the weights, if they are in one."""
        return self.groups[0]

    def store(self, matrix):
        return self.text(f"placement.matrices.{matrix}.store") or self.text("placement.weights")

    def way(self, matrix):
        ways = [self.text(f"placement.matrices.{matrix}.gemv"), self.text("placement.gemv")]
        store = self.store(matrix)
        engines = store != "dram" and self.count(f"flash.groups.{store}.fmacs") > 0
        return next((w for w in ways if w != "auto"), "ifc" if engines else "npu")

    def can_multiply(self, matrix, way):
        """In dies with engines; in two parts only where tiles are whole pages, over as many dies on every channel."""
        g = f"flash.groups.{self.store(matrix)}."
        if way == "npu" or self.store(matrix) == "dram" or self.count(g + "fmacs") == 0:
            return way == "npu"
        even = self.count(g + "dies") % self.count("channel.count") == 0
        return way == "ifc" or even and self.values.get("effects.page_rounding") != "false"

    def settle_ways(self):
        for matrix in MATRICES:
            rng, at = self.rng(f"ways/{matrix}"), f"placement.matrices.{matrix}."
            if self.scattered and rng.random() < 0.4:
                self.put_text(at + "store", rng.choice(self.groups + ["dram"]))
            if self.store(matrix) == "dram":
                self.put("dram.channels", max(1, self.count("dram.channels")))
            if not self.can_multiply(matrix, self.way(matrix)):
                self.put_text(at + "gemv", "npu")
        self.settle_neurons()
        self.settle_tiles()
        if self.scattered and self.rng("ways/reads").random() < 0.3:
            self.put_text("placement.split.reads", self.rng("ways/from").choice(self.groups))

    def settle_neurons(self):
        """Neurons of one dense block, read from a group without engines as one sequence needs them."""
        rng, plain = self.rng("neurons"), [g for g in self.groups if self.plain[g] and g != self.main()]
        self.values.pop("placement.residency.store", None)
        if self.stream or self.requests or not plain or rng.random() < 0.7:
            return
        name = rng.choice(plain)
        for path in ("model.bits.gate_up", "model.bits.down", "effects.page_rounding", "model.active_experts",
                     "model.shared_experts", "model.dense_layers", "model.dense_ffn"):
            self.values.pop(path, None)
        for path, value in (("model.experts", 1), ("workload.batch", 1), ("workload.prompt", 0),
                            ("workload.draft.tokens", 0), (f"flash.groups.{name}.fmacs", 0),
                            ("dram.channels", max(1, self.count("dram.channels")))):
            self.put(path, value)
        for matrix in ("gate_up", "down"):
            self.put_text(f"placement.matrices.{matrix}.store", name)
            self.put_text(f"placement.matrices.{matrix}.gemv", "npu")
        self.put_text("placement.residency.store", name)
        self.put("placement.residency.flagged", rng.choice((0.1, 0.3, 0.9, 1.0)))
        self.put("placement.residency.decay", rng.choice((0.0, 0.5, 0.8)))
        self.put("placement.residency.window", rng.choice((0, 1, 3)))

    def settle_tiles(self):
        """A tile has whole rows for each plane of a channel, and fits a page in each."""
        rng, each, most = self.rng("tiles"), set(), []
        for matrix in MATRICES[1:]:
            if self.way(matrix) == "split":
                g = f"flash.groups.{self.store(matrix)}."
                each.add(max(1, self.count(g + "dies") // self.count("channel.count")) * self.count(g + "planes"))
                most.append(self.count(g + "page") * 8 // self.count("model.weight_bits"))
        self.values.pop("placement.split.tile_rows", None)
        self.values.pop("placement.split.tile_cols", None)
        if len(each) == 1 and rng.random() < 0.5:
            rows = rng.randrange(1, min([9] + most) + 1)
            self.put("placement.split.tile_rows", each.pop() * rows)
            if rng.random() < 0.5:
                cols = rng.randrange(1, max(1, min(most) // rows) + 1)
                self.put("placement.split.tile_cols", self.count("channel.count") * cols)

    def settle_layout(self, store):
        in_planes = self.text("placement.kv_buffer.location") == "plane"
        layout = self.text("placement.kv_layout")
        if in_planes and layout not in ("head-parallel", "unmapped"):
            layout = self.features.choice(("head-parallel", "head-parallel", "unmapped"))
        elif not in_planes and layout == "head-parallel":
            layout = self.features.choice(("token-striped", "unmapped"))
        if store == "dram":
            self.values.pop("placement.kv_layout", None)
            return
        self.put_text("placement.kv_layout", layout)
        g = f"flash.groups.{store}."
        if in_planes and self.count(g + "planes") * self.count(g + "dies") < self.count("model.kv_heads"):
            self.put(g + "planes", self.count("model.kv_heads"))
        self.put(g + "page", max(self.count(g + "page"), self.entry()))

    def settle(self):
        self.features = self.rng("settle")  # the same choices however often it is done
        if self.stream:
            self.settle_stream()
        else:
            self.put_text("workload.kind", "requests" if self.requests else "decode")
            self.settle_model()
            self.settle_placement()
            if self.requests:
                serving.settle(self)
        self.settle_grain()
        for name in self.groups:
            self.settle_errors(name)
        self.settle_page_times()
        self.settle_power()
        self.settle_channels()

    # Values at which something changes.

    def entry(self):
        elements = self.count("model.head_dim")
        groups = -(-elements // self.count("model.kv_scale_group"))
        return max(1, -(-(elements * self.count("model.kv_bits") + groups * self.count("model.kv_scale_bits")) // 8))

    def thresholds(self, rng):
        """[(path, value)]: t - 1, t and t + 1 are drawn."""
        some = rng.choice((1, 1, 2, 3, 4, 7, 16))
        if self.stream:
            at, g = "workload.stream.", f"flash.groups.{self.text('workload.stream.group')}."
            half = self.count(g + "global_buffer") // 2
            return [(at + "dies", self.count(g + "dies")), (at + "planes", self.count(g + "planes")),
                    (at + "bytes_down", half), (at + "bytes_up", half), (at + "bytes_up", self.count(g + "planes")),
                    (at + "pages", self.count(g + "pages_per_block")), (at + "queue_depth", self.count(g + "dies"))]
        g = f"flash.groups.{self.main()}."
        store = self.text("placement.kv")
        vector = self.count("model.hidden") * self.count("model.activation_bits") // 8
        row = self.count("model.hidden") * self.count("model.weight_bits") // 8
        streams = 2 * self.count("model.layers") * self.count("model.kv_heads")
        found = [(g + "global_buffer", some * vector), (g + "page", some * row), (g + "planes", some),
                 ("model.hidden", self.count(g + "planes") * self.count(g + "dies")),
                 (g + "dies", 64 * self.count("channel.count")),
                 ("placement.kv_buffer.bytes", some * streams * self.entry())]
        if store != "dram":
            k = f"flash.groups.{store}."
            tokens = max(1, self.count(k + "page") // self.entry())
            found += [("workload.context", some * tokens), ("workload.context", self.count(k + "planes") * some),
                      (k + "page", some * self.entry()), (k + "planes", self.count("model.kv_heads"))]
        return found

    def sharpen(self):
        rng = self.rng("thresholds")
        for _ in range(rng.choice((0, 0, 1, 2))):
            path, value = rng.choice(self.thresholds(rng))
            self.put(path, value + rng.choice((-1, 0, 1)))

    # Work.

    def period(self):
        """About how many tokens workload.tokens = "period" has."""
        store = self.text("placement.kv")
        if store == "dram":
            return 1
        g, heads = f"flash.groups.{store}.", self.count("model.kv_heads")
        unit, streams = self.entry(), 2 * self.count("model.layers") * heads
        if self.text("placement.kv_buffer.location") == "plane":
            planes = max(1, self.count(g + "planes") * self.count(g + "dies") // heads)
            unit, streams = -(-unit // planes), streams // heads
        share = max(1, self.count("placement.kv_buffer.bytes") // unit // streams)
        page = max(1, min(self.count(g + "page") // unit, share * self.count("placement.kv_buffer.partial_programs")))
        return max(share, min(1024, lcm(share, share + 1, page)))

    def streams(self):
        return ["workload.stream."] + [f"workload.flows.{name}." for name in self.flows]

    def pages(self):
        """About how many pages a run touches."""
        if self.stream:
            return sum(self.count(at + "count") * self.count(at + "pages") * self.count(at + "planes") *
                       self.count(at + "dies") for at in self.streams())
        steps = serving.tokens(self) if self.requests else self.count("workload.tokens")
        return steps * (self.weight_pages() + self.kv_pages())

    def weight_pages(self):
        g = f"flash.groups.{self.main()}."
        planes, page = self.count(g + "planes") * self.count(g + "dies"), self.count(g + "page")
        m = {k: self.count(f"model.{k}") for k in ("layers", "hidden", "heads", "kv_heads", "head_dim", "ffn",
                                                   "active_experts", "vocab", "weight_bits", "ffn_matrices")}
        m["ffn"] = max(m["ffn"], self.count("model.dense_ffn") if self.count("model.dense_layers") else 0)
        shapes = [((m["heads"] + 2 * m["kv_heads"]) * m["head_dim"], m["hidden"]),
                  (m["hidden"], m["heads"] * m["head_dim"]), (m["ffn"] * (m["ffn_matrices"] - 1), m["hidden"]),
                  (m["hidden"], m["ffn"])]

        bits = max([m["weight_bits"]] + [self.count(p) for p in self.values if p.startswith("model.bits.")])
        experts = m["active_experts"] + self.count("model.shared_experts")

        def cost(rows, cols, copies):
            return planes + copies * rows * cols * bits / 8 / page

        layer = sum(cost(*shape, experts if i >= 2 else 1) for i, shape in enumerate(shapes))
        if self.text("placement.overlap") != "none":
            layer += m["kv_heads"] * planes
        return m["layers"] * layer + cost(m["vocab"], m["hidden"], 1)

    def kv_pages(self):
        store = self.text("placement.kv")
        if store == "dram":
            return 0
        g = f"flash.groups.{store}."
        layers, heads = self.count("model.layers"), self.count("model.kv_heads")
        batch = self.count("workload.batch")
        share = self.count("placement.kv_buffer.bytes") // max(1, self.entry() * 2 * layers * heads * batch)
        full = max(1, min(self.count(g + "page") // self.entry(),
                          share * self.count("placement.kv_buffer.partial_programs")))
        context = serving.PROMPT + serving.ANSWER if self.requests else \
            self.count("workload.context") + self.count("workload.prompt") + self.count("workload.tokens") // 2
        a_head = 2 * (context / full + 1)
        if self.text("placement.kv_layout") == "unmapped":
            a_head *= heads
        return batch * layers * max(heads * a_head, self.count(g + "planes") * self.count(g + "dies") * 2)

    def bound(self):
        shrink = [at + key for at in self.streams() for key in ("count", "pages")] if self.stream else \
            ["workload.requests.count"] * self.requests + \
            ["workload.tokens", "workload.context", "model.layers", "model.ffn", "model.hidden", "model.vocab"] + \
            [f"flash.groups.{g}.{p}" for g in self.groups for p in ("planes", "dies")]
        while self.pages() > PAGES_MAX:
            able = [p for p in shrink if self.count(p) > 1]
            if not able:
                return
            largest = max(able, key=lambda p: log(self.count(p)) * (2 if p in shrink[:2] else 1))
            self.put(largest, self.count(largest) // 2)

    # Policies.

    def fits(self, policy):
        """A placement is made for a layout, and what serves the KV in flash has nothing to do elsewhere."""
        if not policy.kind.startswith("kv_"):
            return True
        if policy.kind == "kv_select" and self.text("placement.kv_prefetch") == "true":
            return policy.name == "all"
        if self.stream or self.text("placement.kv") == "dram":
            return not self.stream and policy.kind == "kv_select"
        layout = self.text("placement.kv_layout")
        return policy.kind != "kv_placement" or policy.name == layout or \
            layout == "token-striped" and policy.name not in self.row("placement.kv_layout").names

    def draw_policies(self):
        for kind in sorted({p.kind for p in self.table.policies}):
            rng = self.rng(f"policies/{kind}")
            fitting = [p for p in self.table.named(kind) if self.fits(p)]
            if not fitting or rng.random() > 0.4:
                continue
            policy = rng.choice(fitting)
            at = f"policies.{kind}" + (".watch" if kind == "observers" else "")
            self.put_text(f"{at}.name", policy.name)
            for row in policy.parameters:
                if rng.random() < 0.6 and row.kind != "unknown":
                    self.values[f"{at}.{row.path}"] = draw_value(rng, row)

    def break_a_rule(self):
        """Values that nothing was fitted to: some are refused, by check as by run."""
        rng = self.rng("lawless")
        for _ in range(rng.choice((1, 1, 2, 3))):
            path = rng.choice([p for p in self.values if self.row(p) and p != "workload.kind"])
            self.values[path] = draw_value(rng, self.row(path), rng.random() < 0.5) or self.values[path]
        if self.row(path).kind in ("whole", "quantity") and rng.random() < 0.2:
            self.put(path, self.row(path).low)


def draw(table, seed):
    """The scenario of @seed: path -> value as written."""
    d = Drawing(table, seed)
    d.draw_rows()
    d.settle()
    d.sharpen()
    d.settle()
    d.bound()
    d.settle()
    d.draw_policies()
    if d.lawless:
        d.break_a_rule()
        d.sharpen()
        d.bound()
    return d.values
