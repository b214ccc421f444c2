#!/usr/bin/env python3
"""Makes the demo sample: raw persona records, and the same as Hugging Face datasets.

usage: make_sample.py raw          python3 standard library only; writes persona-data/
       make_sample.py processed    needs datasets==4.1.1 and pyarrow==21.0.0; writes datasets/processed/persona/

Deterministic: the same words come out on every machine. The files in this folder were made by it once.
"""

import json
import math
import random
import shutil
import sys
from pathlib import Path

from sample_texts import THOUGHTS, TOPICS, VOICES

HERE = Path(__file__).resolve().parent
RAW = HERE / "persona-data"
PROCESSED = HERE / "datasets" / "processed" / "persona"
# Median number of topic sentences in an answer, by model: the models of the sample differ in how much they say.
MODELS = {"gemma-2-27b": 3.5, "llama-3.3-70b": 4.5, "qwen-3-32b": 5.5}
# Personas and the models that have them.
ROLES = {"0_default": MODELS, "clockmaker": ["llama-3.3-70b"], "lighthouse_keeper": MODELS}
TRAITS = {"curious": MODELS, "frank": ["gemma-2-27b"]}
# Datasets that exist in one file form only, so that both readers have work to do.
FOLDER_ONLY = {"llama-3.3-70b__role__clockmaker", "qwen-3-32b__role__0_default"}
PARQUET_ONLY = {
    "gemma-2-27b__role__lighthouse_keeper",
    "gemma-2-27b__trait__curious",
    "llama-3.3-70b__role__0_default",
    "llama-3.3-70b__trait__curious",
    "qwen-3-32b__role__lighthouse_keeper",
}


def write_lines(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def answer(rng, topic, sentences, voice, strength):
    """An answer of about `sentences` sentences; `strength` in 0...1 is how much of the voice it takes on."""
    said = []
    if voice and rng.random() < strength:
        said.append(rng.choice(voice["openers"]))
    topics = [topic, *rng.sample([t for t in range(len(TOPICS)) if t != topic], 6)]
    left = sentences
    for number, current in enumerate(topics):
        if left <= 0:
            break
        part = TOPICS[current][1][:left]
        left -= len(part)
        if number:
            said.append(f"\n\nThat brings me to another thing. {TOPICS[current][0]}")
        for sentence in part:
            said.append(sentence)
            if voice and rng.random() < strength * 0.4:
                said.append(rng.choice(voice["asides"]))
    if voice and rng.random() < strength:
        said.append(rng.choice(voice["closers"]))
    if voice and strength == 0 and "flat" in voice:
        said.append(rng.choice(voice["flat"]))
    return " ".join(said).replace(" \n", "\n").strip()


def conversation(rng, model, prompt, question, reply):
    if model == "qwen-3-32b" and rng.random() < 0.15:
        reply = f"<think>\n{rng.choice(THOUGHTS)}\n</think>\n\n{reply}"
    # Gemma knows no system role: the prompt stands before the question.
    if model == "gemma-2-27b" and prompt:
        return [{"role": "user", "content": f"{prompt}\n\n{question}"}, {"role": "assistant", "content": reply}]
    system = [{"role": "system", "content": prompt}] if prompt else []
    return [*system, {"role": "user", "content": question}, {"role": "assistant", "content": reply}]


def sentence_count(rng, median, factor):
    return max(1, min(40, round(median * factor * math.exp(rng.gauss(0, 0.75)))))


def role_rows(rng, model, name):
    voice = VOICES.get(name)
    prompts = voice["prompts"] if voice else [""]
    label = "pos" if voice else "default"
    rows, scores = [], {}
    for p, prompt in enumerate(prompts):
        for q, (question, _) in enumerate(TOPICS):
            score = rng.choices([0, 1, 2, 3], weights=[1, 2, 4, 7])[0] if voice else None
            strength = (score or 0) / 3
            reply = answer(rng, q, sentence_count(rng, MODELS[model], 0.7 + 0.3 * strength), voice, strength)
            rows.append(record(rng, model, prompt, label, p, q, question, reply))
            # The judge gave no verdict on some answers.
            if voice and rng.random() > 0.08:
                scores[f"{label}_p{p}_q{q}"] = score
    return rows, scores


def trait_rows(rng, model, name):
    voice, rows, scores = VOICES[name], [], {}
    for label in ("pos", "neg"):
        for p, prompt in enumerate(voice[label]):
            for q, (question, _) in enumerate(TOPICS[:12]):
                mean = 82 if label == "pos" else 18
                score = max(0, min(100, round(rng.gauss(mean, 16))))
                strength = score / 100 if label == "pos" else 0
                factor = 1.2 if (label == "pos") == (name == "curious") else 0.6
                reply = answer(rng, q, sentence_count(rng, MODELS[model], factor), voice, strength)
                rows.append(record(rng, model, prompt, label, p, q, question, reply))
                draw = rng.random()
                if draw > 0.06:
                    # The judge refused now and then, and says so instead of a number.
                    scores[f"{label}_p{p}_q{q}"] = score if draw > 0.09 else "REFUSAL"
    return rows, scores


def record(rng, model, prompt, label, p, q, question, reply):
    return {
        "system_prompt": prompt,
        "label": label,
        "prompt_index": p,
        "conversation": conversation(rng, model, prompt, question, reply),
        "question_index": q,
        "question": question,
    }


def make_raw():
    shutil.rmtree(RAW, ignore_errors=True)
    for model in MODELS:
        for kind, names, rows_of in (("roles_240", ROLES, role_rows), ("traits_240", TRAITS, trait_rows)):
            for name in (name for name, models in names.items() if model in models):
                rows, scores = rows_of(random.Random(f"{model}/{name}"), model, name)
                write_lines(RAW / model / kind / "responses" / f"{name}.jsonl", rows)
                if scores:
                    path = RAW / model / kind / "extract_scores" / f"{name}.json"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(json.dumps(scores) + "\n")


def make_processed():
    from datasets import Dataset, DatasetDict

    shutil.rmtree(PROCESSED, ignore_errors=True)
    PROCESSED.mkdir(parents=True)
    for path in sorted(RAW.glob("*/*/responses/*.jsonl")):
        model, kind, name = path.parts[-4], path.parts[-3].removesuffix("s_240"), path.stem
        scores_path = path.parent.parent / "extract_scores" / f"{name}.json"
        scores = json.loads(scores_path.read_text()) if scores_path.exists() else {}
        rows = []
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            r = json.loads(line)
            score = scores.get(f"{r['label']}_p{r['prompt_index']}_q{r['question_index']}")
            rows.append(
                {
                    "model": model,
                    kind: name,
                    "system_prompt": r["system_prompt"],
                    "label": r["label"],
                    "prompt_index": r["prompt_index"],
                    "question_index": r["question_index"],
                    "question": r["question"],
                    "messages": r["conversation"],
                    "extract_score": score if isinstance(score, int) else None,
                }
            )
        dataset = Dataset.from_list(rows)
        full_name = f"{model}__{kind}__{name}"
        if full_name not in PARQUET_ONLY:
            DatasetDict({"train": dataset}).save_to_disk(str(PROCESSED / full_name))
        if full_name not in FOLDER_ONLY:
            dataset.to_parquet(str(PROCESSED / f"{full_name}.parquet"))


if __name__ == "__main__":
    if sys.argv[1:] not in (["raw"], ["processed"]):
        sys.exit(__doc__)
    make_raw() if sys.argv[1] == "raw" else make_processed()
