"""The package without any other library: texts, conversations, failures, threads, forks, Ctrl-C."""

from __future__ import annotations

import copy
import functools
import json
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import types
from pathlib import Path
from typing import Any

import pytest

import tokenstats as ts
from conftest import MODELS, TEXTS, counted, run_program
from tokenstats import _parcel

CHATS: list[Any] = [
    [{"role": "user", "content": "Hi"}],
    [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello there."}],
    [
        {"role": "user", "content": "Ünïcödé\n\n"},
        {"role": "assistant", "content": "漢字 🙂"},
        {"role": "user", "content": ""},
    ],
]


def test_version_and_kernel() -> None:
    assert run_program("--version").strip() == ts.__version__
    facts = subprocess.run([ts.program(), "verify", "--json"], capture_output=True, text=True, check=False)
    print(f"kernel {ts.kernel()}, program {ts.program()}", facts.returncode)
    assert ts.kernel() in ("avx512", "avx2", "sse2", "neon", "portable")


def test_program_is_a_plain_executable() -> None:
    assert Path(ts.program()).read_bytes()[:4] == b"\x7fELF"


@pytest.mark.parametrize("name", MODELS)
def test_texts_are_counted_as_by_the_program(name: str) -> None:
    m = ts.model(name)
    texts = [text for text in TEXTS if text is not None]
    expected = counted(texts, name)
    assert [m.count(text) for text in texts] == expected
    assert m.count(texts).to_list() == expected
    column = m.count(TEXTS, threads=2)
    assert [count for count in column if count is not None] == expected
    assert column[2] is None and column.null_count == 1
    assert column.sum() == sum(expected)


@pytest.mark.parametrize("name", MODELS)
def test_conversations_are_counted_as_by_the_program(name: str) -> None:
    m = ts.model(name)
    expected = counted([{"messages": chat} for chat in CHATS], name)
    assert m.count_chats(CHATS).to_list() == expected
    assert [m.count_chats(chat) for chat in CHATS] == expected
    kinds = m.count_chats([*CHATS, None], by_kind=True)
    assert [sum(row.values()) for row in kinds if row is not None] == expected
    assert kinds[3] is None
    assert kinds.sum() == sum(expected)


@pytest.mark.parametrize("name", MODELS)
def test_encoding_decoding_rendering(name: str) -> None:
    m = ts.model(name)
    ids = m.encode("Hello, world! 漢字")
    assert len(ids) == m.count("Hello, world! 漢字")
    assert m.decode(ids) == "Hello, world! 漢字"
    column = m.encode(["a b", None])
    assert column[0] == m.encode("a b") and column[1] is None
    assert m.decode(column).to_list() == ["a b", None]
    text = m.render(CHATS[1])
    assert m.render(CHATS)[1] == text
    assert m.count(text) == m.count_chats(CHATS[1])


def test_tools_reach_the_template(qwen: ts.Model) -> None:
    tools = [{"type": "function", "function": {"name": "look", "parameters": {}}}]
    row = {"messages": CHATS[0], "tools": tools}
    assert "look" in qwen.render(row)
    assert qwen.count_chats([row])[0] == qwen.count(qwen.render(row))


def test_failures_say_what_and_where(qwen: ts.Model) -> None:
    with pytest.raises(ts.UnknownModelError, match="known models are"):
        ts.model("no-such-model")
    with pytest.raises(ValueError):
        ts.model("no-such-model")
    with pytest.raises(ts.RowError, match=r"row 1: .*role") as caught:
        qwen.count_chats([CHATS[0], [{"content": "no role"}]])
    assert caught.value.row == 1
    with pytest.raises(ts.TemplateError) as raised:
        ts.model("gemma-2-27b").count_chats([CHATS[0], [{"role": "system", "content": "x"}, *CHATS[0]]])
    assert raised.value.row == 1 and raised.value.raised == "System role not supported"
    assert qwen.count_chats([CHATS[0], [{"content": "no role"}]], errors="null")[1] is None
    with pytest.raises(TypeError, match="row 1 is of type"):
        qwen.count(["a", 5])
    with pytest.raises(ts.RowError, match="no number of a token"):
        qwen.decode([-1])
    with pytest.raises(ValueError):
        qwen.count(["a"], errors="ignore")  # type: ignore[call-overload]
    for refused in (5, None, b"bytes", {"text": "a"}):
        with pytest.raises(ts.ColumnTypeError, match="texts are expected"):
            qwen.count(refused)
        with pytest.raises(ts.ColumnTypeError):
            qwen.decode(b"bytes")
    with pytest.raises(ts.ColumnTypeError, match="conversations are expected"):
        qwen.count_chats("Hello")


def test_rows_of_a_list_that_are_no_texts(qwen: ts.Model) -> None:
    # NaN is what pandas has for a text that is missing.
    assert qwen.count(["a", float("nan"), None]).to_list() == [1, None, None]
    with pytest.raises(ts.ColumnTypeError, match="row 1 is of type int") as typed:
        qwen.count(["a", 5], errors="null")
    assert typed.value.row == 1
    # Half of a surrogate pair is no character, and has no tokens.
    with pytest.raises(ts.RowError, match=r"row 1: .*surrogate") as half:
        qwen.count(["a", "\ud800"])
    assert half.value.row == 1
    assert qwen.count(["a", "\ud800"], errors="null").to_list() == [1, None]
    with pytest.raises(ts.RowError, match="surrogate"):
        qwen.count("\ud800")
    chats: list[Any] = [CHATS[0], [{"role": "user", "content": "\ud800"}], [{"role": "user", "content": b"x"}]]
    expected = qwen.count_chats(CHATS[0])
    assert qwen.count_chats(chats, errors="null").to_list() == [expected, None, None]
    for row in (1, 2):
        with pytest.raises(ts.RowError) as caught:
            qwen.count_chats([CHATS[0]] * row + [chats[row]])
        assert caught.value.row == row


def test_one_conversation_takes_every_option(qwen: ts.Model) -> None:
    # The same as a row among others.
    for alone in (CHATS[1], {"messages": CHATS[1]}):
        kinds = qwen.count_chats(alone, by_kind=True)
        assert kinds == qwen.count_chats([CHATS[1]], by_kind=True)[0]
        assert sum(kinds.values()) == qwen.count_chats(alone)
    bad: Any = [{"content": "no role"}]
    assert qwen.count_chats(bad, errors="null") is None
    assert qwen.render(bad, errors="null") is None


def test_conversations_as_json_and_texts_that_are_none(qwen: ts.Model) -> None:
    # A text is never counted as a conversation.
    rows = [json.dumps(CHATS[1]), json.dumps({"messages": CHATS[0]})]
    assert qwen.count_chats(rows).to_list() == qwen.count_chats([CHATS[1], CHATS[0]]).to_list()
    for function in (qwen.count_chats, qwen.render):
        with pytest.raises(ts.RowError, match="row 1: not valid JSON"):
            function([rows[0], "Hello"])


def test_columns_are_sequences(qwen: ts.Model) -> None:
    column = qwen.count(["a b c", None, "d"])
    assert [column[place] for place in (-3, -2, -1)] == column.to_list() == column[:]
    for place in (3, -4, -5):
        with pytest.raises(IndexError):
            column[place]
    assert column != 5 and column == column.to_list()
    assert copy.copy(column) is column and copy.deepcopy(column) is column


def test_columns_pickle(qwen: ts.Model) -> None:
    texts = ["a b c", None, "Ünïcödé 漢字", ""]
    columns: list[ts.Column] = [
        qwen.count(texts), qwen.count(texts[:1]), qwen.count([]), qwen.encode(texts), qwen.encode([]),
        qwen.decode(qwen.encode(texts)), qwen.count_chats([*CHATS, None], by_kind=True), qwen.render([*CHATS, None]),
    ]  # fmt: skip
    for column in columns:
        other = pickle.loads(pickle.dumps(column))
        assert type(other) is type(column) and other == column and other.null_count == column.null_count
        assert pickle.loads(pickle.dumps(other)) == column
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(qwen.count, [texts]) == [columns[0]]


def test_decoding_lists_of_lists(qwen: ts.Model) -> None:
    ids = [qwen.encode("a b"), None, [], qwen.encode("c")]
    assert qwen.decode(ids).to_list() == ["a b", None, "", "c"]
    assert qwen.decode([]) == ""


def test_one_model_for_one_name() -> None:
    assert ts.model("qwen-3-32b") is ts.model("qwen-3-32b")
    copy = pickle.loads(pickle.dumps(ts.model("qwen-3-32b")))
    assert copy == ts.model("qwen-3-32b") and hash(copy) == hash(ts.model("qwen-3-32b"))
    assert ts.model("qwen-3-32b") != ts.model("llama-3.3-70b")


def test_a_vocabulary_that_travelled_as_a_file(tmp_path: Path, qwen: ts.Model) -> None:
    file = tmp_path / "vocabulary"
    file.write_bytes(Path(qwen.vocabulary_path).read_bytes())
    other = ts.model("qwen-3-32b", vocabulary=file)
    assert other == qwen and other.count("Hello, world!") == 4


def test_results_outlive_everything(qwen: ts.Model) -> None:
    texts = [f"text number {number}" for number in range(1000)]
    column = qwen.count(texts)
    del texts
    view = memoryview(column._array)
    total = column.sum()
    del column
    assert sum(view) == total


def test_many_python_threads(qwen: ts.Model) -> None:
    texts = [f"some words {number} and more" for number in range(2000)]
    expected = qwen.count(texts).to_list()
    wrong: list[int] = []

    def work() -> None:
        for _ in range(10):
            if qwen.count(texts, threads=2).to_list() != expected:
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_interpreter_runs_on(qwen: ts.Model, request: pytest.FixtureRequest) -> None:
    # Nobody is made to give up the interpreter, so others run only while a call lets go of it.
    request.addfinalizer(functools.partial(sys.setswitchinterval, sys.getswitchinterval()))
    steps = 0
    over = threading.Event()

    def walk() -> None:
        nonlocal steps
        while not over.is_set():
            steps += 1
            time.sleep(0)

    walker = threading.Thread(target=walk)
    walker.start()
    sys.setswitchinterval(1000)
    before = steps
    for _ in range(1000):
        qwen.count(["some words that are new " + "x y z " * 100_000] * 10, threads=1)
        if steps > before:
            break
    assert steps > before
    over.set()
    walker.join()


def _child(texts: list[str]) -> int:
    return ts.model("qwen-3-32b").count(texts).sum()


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes(method: str, qwen: ts.Model) -> None:
    texts = [f"text {number}" for number in range(500)]
    total = qwen.count(texts).sum()
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(_child, [texts] * 6) == [total] * 6


def test_forks_while_threads_count(qwen: ts.Model) -> None:
    texts = [f"text {number} with words" for number in range(1024)]
    total = qwen.count(texts).sum()
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            qwen.count(texts, threads=2)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    bad = 0
    for _ in range(50):
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            os._exit(0 if qwen.count(texts, threads=2).sum() == total else 1)
        bad += os.waitpid(child, 0)[1] != 0
    over.set()
    for thread in threads:
        thread.join()
    assert bad == 0


INTERRUPTED = """
import signal, tokenstats as ts
# Whoever runs the tests in the background may have them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
m = ts.model("qwen-3-32b")
texts = ["word%d " % n * 5000 for n in range(4000)]
print("ready", flush=True)
try:
    while True:
        m.count(texts, threads=2)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_ctrl_c_ends_a_call() -> None:
    with subprocess.Popen([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
    assert process.returncode == 0


def test_progress(qwen: ts.Model) -> None:
    calls: list[tuple[int, int]] = []
    qwen.count([f"word{number} " * 3000 for number in range(3000)], threads=1, progress=lambda *at: calls.append(at))
    assert calls == sorted(calls)
    assert all(0 <= done <= rows == 3000 for done, rows in calls)


def test_a_bar_for_long_calls(qwen: ts.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    bars: list[Any] = []

    class Bar:
        def __init__(self, total: int, **_: Any) -> None:
            self.total, self.n, self.is_open = total, 0, True
            bars.append(self)

        def update(self, rows: int) -> None:
            self.n += rows

        def close(self) -> None:
            self.is_open = False

    module, auto = types.ModuleType("tqdm"), types.ModuleType("tqdm.auto")
    auto.tqdm = Bar  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tqdm", module)
    monkeypatch.setitem(sys.modules, "tqdm.auto", auto)
    # Long enough for a look at the clock, however fast the machine.
    texts = [f"word{number} " * 3000 for number in range(300)] * 200
    qwen.count(texts[:10])
    assert not bars
    monkeypatch.setattr("tokenstats._progress.PATIENCE", 0.0)
    qwen.count(texts, threads=1, progress=False)
    assert not bars
    qwen.count(texts, threads=1)
    assert 0 < bars[0].n <= bars[0].total == len(texts) and not bars[0].is_open


def test_progress_that_raises_ends_the_call(qwen: ts.Model) -> None:
    def fail(done: int, rows: int) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        for _ in range(100):
            qwen.count([f"word{number} " * 3000 for number in range(6000)], threads=1, progress=fail)


def test_threads_follow_the_affinity_mask() -> None:
    code = "import os, tokenstats as ts; os.sched_setaffinity(0, {0}); print(ts.default_threads())"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "1\n"


def test_statistics_of_lengths(qwen: ts.Model) -> None:
    s = qwen.statistics(qwen.count(["a", "a b", "a b c", None]), name="words", limits=[2])
    assert s.conversations == 3 and s.tokens == 6
    assert s.lengths() == {1: 1, 2: 1, 3: 1}
    assert (s.percentile(0), s.percentile(50), s.percentile(100)) == (1, 2, 3)
    assert s.lost(2) == (1, 1, 3)
    both = s | s
    assert both.conversations == 6 and both.lengths() == {1: 2, 2: 2, 3: 2}
    assert pickle.loads(pickle.dumps(both)) == both
    assert json.loads(both.to_json())["datasets"]["qwen-3-32b__dataset__words"]["over_limit"]["2"]["conversations"] == 2
    with pytest.raises(ts.StatisticsError, match="no exact lengths"):
        s.lengths("other")
    assert qwen.statistics([1, 2, None, 3], name="words", limits=[2]) == s
    assert qwen.statistics((1.0, float("nan"), 2, 3), name="words", limits=[2]) == s
    for refused in (["a"], [1.5], "12", 5, [2**70]):
        with pytest.raises(ts.ColumnTypeError):
            qwen.statistics(refused)
    # Tokens by kind are several columns, of which none is the lengths.
    with pytest.raises(ts.ColumnTypeError, match="structs"):
        qwen.statistics(qwen.count_chats(CHATS, by_kind=True))
    for name in ("", "a/b", "a\0", "x" * 200):
        with pytest.raises(ValueError, match="none that a file can have"):
            qwen.statistics([1], name=name)
    with pytest.raises(TypeError):
        s | 5  # type: ignore[operator]
    with pytest.raises(TypeError, match="statistics are expected"):
        s.merge("x")  # type: ignore[arg-type]
    # A name may hold what a pattern of files reads as such.
    assert qwen.statistics([1, 2], name="a[1]*").plot().name.startswith("qwen-3-32b__dataset__a[1]*")


def test_models_travel_with_their_files(tmp_path: Path, qwen: ts.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    # Not a usual name, and no name of the hub.
    file = tmp_path / "my-file.json"
    file.write_bytes(Path(qwen.vocabulary_path).read_bytes())
    template = tmp_path / "template.json"
    template.write_text(json.dumps({"chat_template": "{{ messages[0].content }}"}))
    models: list[ts.Model] = [ts.model(name) for name in [*MODELS, "Qwen/Qwen3-32B", str(file)]]
    models.append(ts.model("qwen-3-32b", chat_template=template))
    for m in models:
        assert _parcel.Parcel.of(m).model() == m
    assert models[-1] != qwen
    assert pickle.loads(pickle.dumps(models[-1])) == models[-1]
    # The template is not what it was.
    data = pickle.dumps(models[-1])
    template.write_text(json.dumps({"chat_template": "other"}))
    code = "import pickle, sys, tokenstats\ntry: pickle.load(sys.stdin.buffer)\nexcept tokenstats.Error as e: print(e)"
    told = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True).stdout.decode()
    assert "the chat template here has the SHA-256" in told
