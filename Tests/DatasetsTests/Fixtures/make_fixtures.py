#!/usr/bin/env python3
"""Writes the odd little datasets that the tests read. Needs pyarrow (written with 21.0.0).

usage: make_fixtures.py FOLDER

Each is a folder as `save_to_disk` writes it, with as many data files as tables.
"""

import json
import os
import sys

import pyarrow as pa

MESSAGE = pa.struct([("content", pa.string()), ("role", pa.string())])
MESSAGES = pa.list_(MESSAGE)
TALK = [{"content": "Hi", "role": "user"}, {"content": "Hello.", "role": "assistant"}]


def write(folder, name, *tables):
    train = os.path.join(folder, name, "train")
    os.makedirs(train)
    files = [f"data-{i:05d}-of-{len(tables):05d}.arrow" for i in range(len(tables))]
    for file, table in zip(files, tables, strict=True):
        with pa.OSFile(os.path.join(train, file), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table, max_chunksize=3)
    for path, value in [
        (os.path.join(folder, name, "dataset_dict.json"), {"splits": ["train"]}),
        (os.path.join(train, "state.json"), {"_data_files": [{"filename": file} for file in files]}),
    ]:
        with open(path, "w") as out:
            json.dump(value, out)


def table(messages, scores=None, labels=None, messages_type=MESSAGES, **more):
    columns = {"messages": pa.array(messages, messages_type)}
    if labels is not None:
        columns["label"] = pa.array(labels, pa.string())
    if scores is not None:
        columns["extract_score"] = scores
    return pa.table(columns | more)


folder = sys.argv[1]
write(folder, "m__role__int32", table([TALK] * 4, pa.array([0, 3, None, 4], pa.int32()), ["pos", "neg", None, "x"]))
write(folder, "m__role__double", table([TALK] * 5, pa.array([1.0, 2.5, None, float("nan"), -1.0])))
write(folder, "m__trait__text", table([TALK] * 4, pa.array(["100", "REFUSAL", None, "101"])))
write(folder, "m__trait__null", table([TALK] * 2, pa.nulls(2)))
write(folder, "m__role__unscored", table([TALK] * 2))
write(folder, "m__role__truths", table([TALK] * 2, pa.array([True, False])))
write(folder, "m__role__strings", table(["Hi", "Hello"], messages_type=pa.string()))
write(
    folder,
    "m__role__parts",
    table(
        [[{"from": "user", "value": "Hi"}]],
        messages_type=pa.list_(pa.struct([("from", pa.string()), ("value", pa.string())])),
    ),
)
write(folder, "m__role__wordless", pa.table({"text": ["Hi"], "label": ["pos"]}))
write(
    folder,
    "m__role__holes",
    table(
        [
            TALK,
            None,
            [],
            [{"content": "Hi", "role": "user"}, {"content": None, "role": "assistant"}],
            [{"content": "Hi", "role": None}],
            [None],
            TALK,
        ]
    ),
)
CALL = {"type": "function", "function": {"name": "get", "arguments": {"city": "Rome", "n": None}}}
FUNCTION = pa.struct([("name", pa.string()), ("arguments", pa.struct([("city", pa.string()), ("n", pa.int64())]))])
write(
    folder,
    "m__role__extras",
    table(
        [
            [
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello.", "reasoning_content": "A greeting."},
            ],
            [{"role": "assistant", "tool_calls": [CALL]}, {"role": "tool", "content": "42"}],
            TALK,
        ],
        messages_type=pa.list_(
            pa.struct(
                [
                    ("role", pa.string()),
                    ("content", pa.string()),
                    ("reasoning_content", pa.string()),
                    ("tool_calls", pa.list_(pa.struct([("type", pa.string()), ("function", FUNCTION)]))),
                ]
            )
        ),
    ),
)
# Bytes that are no UTF-8 where the type says text, which only a damaged file or a careless writer has.
write(
    folder,
    "m__role__bytes",
    pa.table(
        {
            "messages": pa.ListArray.from_arrays(
                [0, 1, 2],
                pa.StructArray.from_arrays(
                    [
                        pa.array(["user", "user"]),
                        pa.Array.from_buffers(
                            pa.string(),
                            2,
                            [
                                None,
                                pa.py_buffer(bytes([0, 0, 0, 0, 4, 0, 0, 0, 6, 0, 0, 0])),
                                pa.py_buffer(b"ok \xffHi"),
                            ],
                        ),
                    ],
                    ["role", "content"],
                ),
            )
        }
    ),
)
write(folder, "m__role__nothing", table([[], []], messages_type=pa.list_(pa.null())))
write(folder, "m__role__gone", table([None, None], messages_type=pa.null()))
write(
    folder,
    "m__role__two_files",
    table([TALK] * 5, pa.array([0, 1, 2, 3, 0]), ["pos"] * 5, prompt_index=pa.array([0, 1, 2, 3, 4])),
    table([TALK[:1]] * 4, pa.array([3, None, 2, 7]), ["neg"] * 4, prompt_index=pa.array([5, None, 7, 8])),
)
write(folder, "m__role__empty", table([], pa.array([], pa.int64()), []))
