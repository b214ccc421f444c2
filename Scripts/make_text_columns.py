#!/usr/bin/env python3
"""Writes texts, one JSON string a line, as eight Parquet files with a column `text`, some row groups in each.

usage: make_text_columns.py TEXTS.jsonl FOLDER
"""

import json
import os
import sys

import pyarrow
import pyarrow.parquet

FILES, ROWS_OF_A_GROUP = 8, 1000

source, folder = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    texts = [json.loads(line) for line in file]
os.makedirs(folder)
for number in range(FILES):
    table = pyarrow.table({"text": texts[number::FILES]})
    pyarrow.parquet.write_table(table, f"{folder}/part-{number:05}.parquet", row_group_size=ROWS_OF_A_GROUP)
