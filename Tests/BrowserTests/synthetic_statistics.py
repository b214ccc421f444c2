#!/usr/bin/env python3
"""A statistics document of schema 2 with the shape of the whole corpus: 1,299 datasets of three models.

Every number follows from a seed, and the numbers of one dataset fit together: bands, scores, labels and roles add up to
its totals, percentiles and histogram come from the same lengths, and so do the exact counts of the partial results.

  synthetic_statistics.py FILE [--datasets N] [--hostile]
"""

import argparse
import collections
import json
import math
import pathlib
import random
import re

SOURCE = pathlib.Path(__file__).parents[2] / "Sources/StatsCLI/TokenStats.swift"
VERSION = re.search(r'static let version = "(.*)"', SOURCE.read_text()).group(1)
MODELS = {"gemma-2-27b": (2, 236), "llama-3.3-70b": (2, 0), "qwen-3-32b": (3, 231)}
ROLES = 275
MEDIANS = {"gemma-2-27b": 480, "llama-3.3-70b": 570, "qwen-3-32b": 640}
LIMITS = [2048, 4096, 8192]
PERCENTS = [1, 5, 25, 50, 75, 90, 95, 99]
KINDS = ["system", "user", "assistant", "thinking", "tool", "other", "overhead"]
BANDS = {
    "role": [(0, 0), (1, 1), (2, 2), (3, 3)],
    "trait": [(0, 24), (25, 49), (50, 69), (70, 84), (85, 100)],
}
SYLLABLES = [
    "ar",
    "bel",
    "cor",
    "dan",
    "el",
    "fi",
    "gal",
    "hin",
    "il",
    "jo",
    "kar",
    "lu",
    "mer",
    "no",
    "or",
    "pra",
    "ta",
    "vi",
]
HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>window.hostile=true</script>",
    '"\' onmouseover="window.hostile=true" x=\'',
    "<img src=x onerror=window.hostile=true>",
    "Größe 数据集 🦜 e\u0301",
    "line\u2028separator\u2029and\ttab\nand newline \\ backslash",
    "right\u202eto left \u0000 nul",
    "{{title}} {{{data}}} <!-- ]]> -->",
    "javascript:window.hostile=true",
    "'\u0301 onclick=window.hostile=true \u0301",
    "#?&%2F..%00=+ path/../..",
]


def bin_edges():
    edges = []
    for step in range(17 * 8 + 1):
        edge = round(2 ** (step / 8))
        if not edges or edges[-1] != edge:
            edges.append(edge)
    return edges


EDGES = bin_edges()


def histogram(lengths):
    counts = [0] * (len(EDGES) + 1)
    position = 0
    for length in sorted(lengths):
        while position < len(EDGES) and EDGES[position] <= length:
            position += 1
        counts[position] += 1
    return counts


def summary(lengths):
    if not lengths:
        return dict.fromkeys(["min", "max", "mean", "std", *(f"p{p}" for p in PERCENTS)])
    ordered = sorted(lengths)
    mean = sum(ordered) / len(ordered)
    deviation = math.sqrt(sum((length - mean) ** 2 for length in ordered) / len(ordered))
    values = {"min": ordered[0], "max": ordered[-1], "mean": mean, "std": deviation}
    for percent in PERCENTS:
        values[f"p{percent}"] = ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]
    return values


def names(count, seed):
    chance = random.Random(seed)
    found = []
    while len(found) < count:
        name = "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4)))
        if name not in found:
            found.append(name)
    return found


def draw_rows(chance, kind, model, rows, scored):
    """(length, score, label) of every conversation."""
    median = MEDIANS[model] * math.exp(chance.gauss(0, 0.12))
    lean = chance.random()
    spread = chance.uniform(0.25, 0.5)
    drawn = []
    for row in range(rows):
        label = "pos" if kind == "role" or row < rows // 2 else "neg"
        if not scored:
            label = "default"
            score = None
        elif chance.random() < 0.01:
            score = None
        elif kind == "role":
            score = chance.choices(range(4), [1, 2 + 2 * lean, 3, 12 - 8 * lean])[0]
        else:
            center = 85 if (label == "pos") == (lean < 0.8) else 12
            score = min(100, max(0, 5 * round(chance.gauss(center, 16) / 5)))
        longer = 1 + (0.1 * (score or 0) / (3 if kind == "role" else 100))
        length = max(3, int(chance.lognormvariate(math.log(median * longer), spread)))
        if chance.random() < 0.0004:
            length *= chance.choice([4, 8, 14])
        drawn.append((length, score, label))
    return drawn


def entry(name, model, kind, persona, rows, chance):
    lengths = [length for length, _, _ in rows]
    total = sum(lengths)

    def group(chosen, **more):
        return {"conversations": len(chosen), "tokens": sum(chosen), **more}

    scores = sorted({score for _, score, _ in rows if score is not None})
    by_score = {str(s): [length for length, score, _ in rows if score == s] for s in scores}
    missing = [length for length, score, _ in rows if score is None]
    if missing:
        by_score["null"] = missing
    bands = {}
    for low, high in BANDS[kind]:
        chosen = [length for length, score, _ in rows if score is not None and low <= score <= high]
        if chosen:
            bands[str(low) if low == high else f"{low}-{high}"] = group(
                chosen, length=summary(chosen), hist=histogram(chosen)
            )
    labels = sorted({label for _, _, label in rows})
    roles = tokens_by_kind(lengths)
    file = f"{name}.parquet"
    return {
        "model": model,
        "type": kind,
        "name": persona,
        "plot": f"persona_token_plots/{name}.png",
        "total_conversations": len(rows),
        "total_tokens": total,
        "score_histogram": {
            key: group(chosen, assistant_tokens=int(sum(chosen) * 0.9), length=summary(chosen))
            for key, chosen in by_score.items()
        },
        "persona": persona,
        "filters": {},
        "length": summary(lengths),
        "hist": histogram(lengths),
        "bands": bands,
        "roles": roles,
        "labels": {label: group([length for length, _, other in rows if other == label]) for label in labels},
        "without_system": {"total_tokens": total - roles["system"]},
        "cumulative_by_score": {
            str(s): group([length for length, score, _ in rows if score is not None and score >= s]) for s in scores
        },
        "over_limit": {
            str(limit): {
                "conversations": sum(length > limit for length in lengths),
                "tokens_lost": sum(max(0, length - limit) for length in lengths),
                "assistant_tokens_lost": sum(max(0, length - limit) for length in lengths),
                # Half of the datasets say what their formats tell, and the templates of all others do not.
                **(
                    {
                        "no_target": sum(length > 3 * limit for length in lengths),
                        "end_lost": sum(length > limit for length in lengths),
                        "completion_over": sum(length > 2 * limit for length in lengths),
                    }
                    if kind == "role"
                    else {}
                ),
            }
            for limit in LIMITS
        },
        "bytes": int(total * 4.43),
        "characters": int(total * 4.41),
        "bytes_per_token": 4.43,
        "seed_total_tokens": total + len(rows),
        "template_errors": (
            {"Conversation roles must alternate user/assistant/user/assistant/...": 3}
            if chance.random() < 0.004
            else {}
        ),
        "source": {
            "path": f"/data/processed/{file}",
            "format": "parquet",
            "rows": len(rows),
            "bytes": total * 3,
            "sha256": f"{chance.getrandbits(256):064x}",
        },
    }


def tokens_by_kind(lengths):
    """The tokens of some conversations by kind, each of which has some of every kind."""
    kinds = dict.fromkeys(KINDS, 0)
    kinds.update(
        system=sum(length // 8 for length in lengths),
        user=sum(length // 16 for length in lengths),
        overhead=sum(length // 32 for length in lengths),
    )
    kinds["assistant"] = sum(lengths) - sum(kinds.values())
    return kinds


def tally(lengths, with_training):
    """The exact counts of a group of conversations, as a partial result holds them.

    Training follows the rules of `entry`: every token is trained, the first target is at a third of the conversation
    and the completion is half of it.
    """

    def counts(values):
        ordered = sorted(collections.Counter(values).items())
        return {"lengths": [value for value, _ in ordered], "counts": [count for _, count in ordered]}

    stored = {"assistant_tokens": int(sum(lengths) * 0.9), **counts(lengths)}
    stored["kinds"] = list(tokens_by_kind(lengths).values())
    if with_training:
        running = 0 if not lengths else len(lengths)
        trained = {"positions": [0] if lengths else [], "counts": [running] if lengths else []}
        for length, count in sorted(collections.Counter(lengths).items()):
            running -= count
            trained["positions"].append(length)
            trained["counts"].append(running)
        stored.update(
            prompt=counts([]),
            completion=counts([(length + 1) // 2 for length in lengths]),
            first_target=counts([(length - 1) // 3 for length in lengths]),
            untrained=counts([]),
            turn_end=counts([length - 1 for length in lengths]),
            trained=trained,
        )
    return stored


def checkpoint(name, values, rows, tokenizer):
    """The partial result of a dataset, which holds all lengths by score and label."""
    groups = collections.defaultdict(lambda: collections.defaultdict(list))
    for length, score, label in rows:
        groups["null" if score is None else str(score)][label].append(length)
    return {
        "format": 2,
        "dataset": name,
        **{key: values[key] for key in ["model", "type", "name", "persona", "filters", "source", "roles"]},
        "tool": VERSION,
        "fingerprint": {
            "size": values["source"]["bytes"],
            "modified": 0,
            "sha256": values["source"]["sha256"],
            "count_mode": "template",
            "limits": LIMITS,
            "on_error": "skip",
            "group_by": [],
            "selection": "",
            "tokenizer": tokenizer,
        },
        "scores": {
            score: {label: tally(lengths, values["type"] == "role") for label, lengths in labels.items()}
            for score, labels in groups.items()
        },
        "tokens_without_system": values["without_system"]["total_tokens"],
        "seed_tokens": values["seed_total_tokens"],
        "bytes": values["bytes"],
        "characters": values["characters"],
        "template_errors": values["template_errors"],
        "groups": {},
        "failed_rows": 0,
        "failures": [],
    }


def write(path, document, rows, samples=None):
    """Writes a document to a file, and beside it the partial results of the datasets whose rows are given."""
    path = pathlib.Path(path)
    path.write_text(json.dumps(document), encoding="utf-8")
    folder = path.with_name(path.name + ".partials")
    for name, drawn in rows.items():
        folder.mkdir(exist_ok=True)
        values = document["datasets"][name]
        tokenizer = document["metadata"]["tokenizers"].get(values["model"]) or tokenizer_record("unknown")
        stored = checkpoint(name, values, drawn, tokenizer)
        if samples and name in samples:
            stored["samples"] = samples[name]
        (folder / f"{name}.json").write_text(json.dumps(stored), encoding="utf-8")


def tokenizer_record(model):
    return {
        "hub_id": f"example/{model}",
        "revision": "9216db5",
        "tokenizer_sha256": "0" * 64,
        "template_sha256": "1" * 64,
        "template_kwargs": {},
        "bos_policy": "template",
    }


def plan(datasets):
    """(model, type, persona) of every dataset, the default personas first."""
    roles, traits = names(ROLES, 1), names(240, 2)
    planned = []
    for model, (defaults, trait_count) in MODELS.items():
        planned += [(model, "role", f"{index}_default") for index in range(defaults)]
        planned += [(model, "role", persona) for persona in roles]
        planned += [(model, "trait", persona) for persona in traits[:trait_count]]
    step = max(1, len(planned) // datasets)
    return planned[::step][:datasets]


def document(datasets, rows, hostile, drawn_rows=None):
    """A document; `drawn_rows`, a dictionary, receives the rows of its datasets."""
    entries = {}
    planned = plan(datasets)
    if hostile:
        planned += [("gemma-2-27b", "role", persona) for persona in HOSTILE]
        planned += [("<b>model</b>'\"", "trait", "empty")]
    for model, kind, persona in planned:
        # Files are named after datasets: all other texts keep their slashes and NULs.
        name = f"{model}__{kind}__{persona}".replace("/", "|").replace("\0", "|")
        chance = random.Random(name)
        base = model if model in MEDIANS else "gemma-2-27b"
        count = 0 if persona == "empty" else rows * (2 if kind == "trait" else 1)
        drawn = draw_rows(chance, kind, base, count, scored="default" not in persona)
        if drawn_rows is not None:
            drawn_rows[name] = drawn
        entries[name] = entry(name, model, kind, persona, drawn, chance)
    tokenizers = {model: tokenizer_record(model) for model in MODELS}
    return {
        "schema_version": 2,
        "metadata": {
            "total_datasets": len(entries),
            "timestamp": "2026-01-31T12:00:00Z",
            "git_sha": "unknown",
            "tool": {"name": "tokenstats", "version": VERSION},
            "count_mode": "template",
            "percentile_method": "nearest-rank",
            "limits": LIMITS,
            "bin_edges": EDGES,
            "tokenizers": tokenizers,
        },
        "datasets": dict(sorted(entries.items())),
        "errors": [],
        "error_details": [],
    }


def schema_1(datasets, rows):
    """The same numbers as far as the original program wrote them."""
    whole = document(datasets, rows, hostile=False)
    kept = ["model", "type", "name", "total_conversations", "total_tokens"]
    return {
        "metadata": {"total_datasets": len(whole["datasets"])},
        "datasets": {
            name: {
                **{key: values[key] for key in kept},
                "score_histogram": {
                    score: {key: tally[key] for key in ["conversations", "tokens"]}
                    for score, tally in values["score_histogram"].items()
                },
            }
            for name, values in whole["datasets"].items()
        },
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--datasets", type=int, default=1299)
    parser.add_argument("--rows", type=int, default=1200, help="rows of a role; a trait has twice as many")
    parser.add_argument("--hostile", action="store_true", help="adds datasets with hostile names")
    arguments = parser.parse_args()
    rows = {}
    write(arguments.file, document(arguments.datasets, arguments.rows, arguments.hostile, rows), rows)


if __name__ == "__main__":
    main()
