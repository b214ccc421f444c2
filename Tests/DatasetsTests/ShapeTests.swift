import ChatTemplates
import JSON
import Testing

@testable import Datasets

/// What rows of the shapes that public data have become.
struct ShapeTests {
  /// The conversations and texts of a row, one for each side, written as `role: content`.
  private func read(_ row: String, _ options: ShapeOptions = ShapeOptions()) throws -> [String] {
    let value = try JSONValue.parse(row)
    let object = try #require(value.objectValue)
    let guesses = RowShape.guesses(columns: object.keys, options: options) { ColumnContent(object[$0]) }
    return guesses.map { guess in
      var rows = DecodedRows()
      RowInterpreter(shape: guess.shape).append(value, to: &rows)
      return text(of: rows)
    }
  }

  private func text(of rows: DecodedRows) -> String {
    rows.rows.map { row in
      switch row {
      case .failed(let reason): return "failed: \(reason)"
      case .text(let range): return "text: " + String(decoding: rows.text[range], as: UTF8.self)
      case .conversation(let range):
        return rows.messages[range].map { message in
          var words = "\(message.role.name): " + String(decoding: rows.text[message.content], as: UTF8.self)
          if let calls = message.extras?.toolCalls {
            words += " calls " + String(decoding: calls.serialized(), as: UTF8.self)
          }
          if case .value(let value)? = message.extras?.content {
            words += String(decoding: value.serialized(), as: UTF8.self)
          }
          return words
        }.joined(separator: " | ")
      }
    }.joined(separator: "\n")
  }

  @Test(
    "rows of every shape become the conversation or the text that they hold",
    arguments: [
      (#"{"messages":[{"role":"user","content":"a"},{"content":"b","role":"assistant"}]}"#, ["user: a | assistant: b"]),
      (
        #"{"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"b"}],"system":"s"}"#,
        ["system: s | user: a | assistant: b"]
      ),
      (
        #"{"conversation":[{"human":"a","assistant":"b"},{"human":"c","assistant":"d"}]}"#,
        ["user: a | assistant: b | user: c | assistant: d"]
      ),
      (
        #"{"system":"s","conversation":[{"human":"a","assistant":"b"}]}"#, ["system: s | user: a | assistant: b"]
      ),
      (
        #"{"system_prompt":"s","conversations":[{"from":"human","value":"a"}]}"#, ["system: s | user: a"]
      ),
      (
        #"{"instruction":"a","output":"{\"role\": \"user\", \"content\": \"b\"}"}"#,
        [#"user: a | assistant: {"role": "user", "content": "b"}"#]
      ),
      (
        #"{"instruction":"a","output":"[{\"role\": \"admin\", \"content\": \"b\"}]"}"#,
        [#"user: a | assistant: [{"role": "admin", "content": "b"}]"#]
      ),
      (
        #"{"instruction":"[{\"role\":\"user\",\"content\":\"a\"}]","input":"i","output":"b"}"#,
        [#"user: [{"role":"user","content":"a"}]"# + "\ni | assistant: b"]
      ),
      (
        #"{"conversations":[{"role":null,"content":null,"from":"human","value":"a"}]}"#, ["user: a"]
      ),
      (
        #"{"system":"s","conversations":[{"from":"system","value":"t"},{"from":"human","value":"a"}]}"#,
        ["system: t | user: a"]
      ),
      (
        #"{"system_prompt":"s","conversation":[{"role":"user","content":"s\n\na"}]}"#, ["user: s\n\na"]
      ),
      (#"{"system":"s","messages":[{"role":"user","content":"a"}]}"#, ["user: a"]),
      (#"{"prompt":"a","completion":" b"}"#, ["text: a b"]),
      (
        #"{"prompt":[{"role":"user","content":"a"}],"completion":[{"role":"assistant","content":"b"}],"label":true}"#,
        ["user: a | assistant: b"]
      ),
      (#"{"prompt":"q","chosen":"x","rejected":"y"}"#, ["text: qx", "text: qy"]),
      (
        #"{"chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"x"}],"rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"y"}]}"#,
        ["user: q | assistant: x", "user: q | assistant: y"]
      ),
      (
        #"{"prompt":"q","chosen":[{"role":"assistant","content":"x"}],"rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"y"}]}"#,
        ["user: q | assistant: x", "user: q | assistant: y"]
      ),
      (
        #"{"conversations":[{"from":"human","value":"q"}],"chosen":{"from":"gpt","value":"x"},"rejected":{"from":"gpt","value":"y"}}"#,
        ["user: q | assistant: x", "user: q | assistant: y"]
      ),
      (
        #"{"chosen_messages":[{"role":"user","content":"q"}],"rejected_messages":[{"role":"user","content":"r"}]}"#,
        ["user: q", "user: r"]
      ),
      (#"{"instruction":"a","input":"","output":"b"}"#, ["user: a | assistant: b"]),
      (
        #"{"instruction":"a","input":"i","output":"b","system":"s","history":[["c","d"],["e","f"]]}"#,
        ["system: s | user: c | assistant: d | user: e | assistant: f | user: a\ni | assistant: b"]
      ),
      (#"{"query":"a","response":"b","history":[]}"#, ["user: a | assistant: b"]),
      (#"{"text":"a"}"#, ["text: a"]),
      (#"{"text":"a","question":"q","answer":"b"}"#, ["text: a"]),
      (#"{"question":"q","answer":"b"}"#, ["user: q | assistant: b"]),
      (#"{"system_prompt":"s","question":"q","response":"b"}"#, ["system: s | user: q | assistant: b"]),
      (#"{"prompt":"q","response":"b","history":[["c","d"]]}"#, ["user: c | assistant: d | user: q | assistant: b"]),
      (#"{"input":"q","output":"b"}"#, ["user: q | assistant: b"]),
      (#"{"instruction":"q","context":"c","response":"b"}"#, ["user: q\nc | assistant: b"]),
      (#"{"prompt":[{"role":"user","content":"q"}],"reward_model":{"style":"rule"}}"#, ["user: q"]),
      (#"{"prompt":"q"}"#, ["text: q"]),
      (#"{"prompt":"q","completions":["a","b"]}"#, []),
      (
        #"{"conversation":[{"system":"s","input":"q","output":"a"},{"input":"r","output":"b"}]}"#,
        ["system: s | user: q | assistant: a | user: r | assistant: b"]
      ),
      (#"{"conversation":[{"system":"","input":"","output":"a"}]}"#, ["assistant: a"]),
      (
        #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"x"}],"rejected_response":"y"}"#,
        ["user: q | assistant: x", "user: q | assistant: y"]
      ),
      (
        #"{"messages":[{"role":"user","content":"q"}],"rejected_messages":[{"role":"user","content":"r"}]}"#,
        ["user: q", "user: r"]
      ),
      (
        #"{"prompt":"q","messages":[{"role":"user","content":"q"}],"chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"x"}],"rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"y"}]}"#,
        ["user: q | assistant: x", "user: q | assistant: y"]
      ),
      (
        #"{"instruction":"q","input":"i","chosen":"x","rejected":"y"}"#,
        ["user: q\ni | assistant: x", "user: q\ni | assistant: y"]
      ),
      (
        #"{"system":"s","question":"q","chosen":"x","rejected":"y"}"#,
        ["system: s | user: q | assistant: x", "system: s | user: q | assistant: y"]
      ),
      (
        #"{"system":"s","prompt":"q","chosen":"x","rejected":"y"}"#,
        ["system: s | user: q | assistant: x", "system: s | user: q | assistant: y"]
      ),
      (#"{"messages":"[{\"role\":\"user\",\"content\":\"a\"}]"}"#, ["user: a"]),
      (
        #"{"conversations":[{"from":"human","value":"a"},{"from":"function_call","value":"{\"name\":\"f\",\"arguments\":{\"x\":1}}"},{"from":"observation","value":"o"}]}"#,
        [
          #"user: a | assistant:  calls [{"type":"function","function":{"name":"f","arguments":{"x":1}}}] | tool: o"#
        ]
      ),
      (
        #"{"messages":[{"role":"tool_call","content":"{\"name\":\"f\"}"},{"role":"tool_response","content":"o"}]}"#,
        [#"assistant:  calls [{"type":"function","function":{"name":"f"}}] | tool: o"#]
      ),
      (
        #"{"conversations":[{"from":"tool_call","value":"{\"name\":\"f\"}"},{"from":"tool_response","value":"o"}]}"#,
        [#"assistant:  calls [{"type":"function","function":{"name":"f"}}] | tool: o"#]
      ),
      (
        #"{"conversations":[{"from":"SYSTEM","value":"s"},{"from":"USER","value":"a"},{"from":"Assistant","value":"b"}]}"#,
        ["system: s | user: a | assistant: b"]
      ),
      (
        #"{"conversations":[{"role":"Human","content":"a"},{"role":"bot","content":"b"},{"role":"odd","content":"c"}]}"#,
        ["user: a | assistant: b | odd: c"]
      ),
      (
        #"{"messages":[{"from":"prompter","value":"a"},{"from":"Model","value":"b"},{"from":"function","value":"c"}]}"#,
        ["user: a | assistant: b | tool: c"]
      ),
      (
        #"{"messages":[{"role":"human","content":"a"},{"role":"User","content":"b"}]}"#, ["human: a | User: b"]
      ),
      (
        #"{"messages":[{"role":"user","content":[{"type":"text","value":"a"},{"type":"text","text":"b"}]}]}"#,
        [#"user: [{"type":"text","text":"a"},{"type":"text","text":"b"}]"#]
      ),
      (#"{"messages":[{"role":"user","content":null},{"role":"assistant"}]}"#, ["user:  | assistant: "]),
      (#"{"messages":[{"role":"user","content":"x","tool_calls":""}]}"#, [#"user: x calls """#]),
      (#"{"prompt":{"text":"a","role":"prompter"}}"#, ["failed: prompt is an object; a text is expected"]),
      (
        #"{"prompt":{"text":"a"},"completion":[{"role":"assistant","content":"b"}]}"#,
        ["failed: prompt is an object; a text is expected"]
      ),
      (#"{"prompt":{"role":"user","content":"a"}}"#, ["user: a"]),
      (
        #"{"input":"[{\"role\":\"user\",\"content\":\"q\"}]","chosen":"[{\"role\":\"assistant\",\"content\":\"x\"}]"}"#,
        ["user: q | assistant: x"]
      ),
      (
        #"{"prompt":"[{\"role\":\"user\",\"content\":\"q\"}]","completion":"{\"role\":\"assistant\",\"content\":\"x\"}"}"#,
        ["user: q | assistant: x"]
      ),
      (
        #"{"prompt":"[{\"role\":\"user\",\"content\":\"q\"}]","response":"x"}"#, ["user: q | assistant: x"]
      ),
      (
        #"{"conversations":"[{\"from\":\"human\",\"value\":\"q\"}]","chosen":"{\"from\":\"gpt\",\"value\":\"x\"}","rejected":"y"}"#,
        ["user: q | assistant: x", "user: q | assistant: y"]
      ),
      (#"{"prompt":"q","completion":"[{\"n\":1}]"}"#, [#"text: q[{"n":1}]"#]),
      (#"{"question":"q","answer":"[]"}"#, ["user: q | assistant: []"]),
      (
        #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"x"}],"chosen":"x","rejected":"y"}"#,
        ["user: q | assistant: x", "user: q | assistant: y"]
      ),
      (
        #"{"messages":[{"role":"user","content":"p"}],"chosen":"[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"x\"}]","rejected":"{\"role\":\"assistant\",\"content\":\"y\"}"}"#,
        ["user: q | assistant: x", "user: p | assistant: y"]
      ),
      (#"{"conversations":["a","b","c"]}"#, ["user: a | assistant: b | user: c"]),
      (#"{"system":"s","conversation":["a","b"]}"#, ["system: s | user: a | assistant: b"]),
      (#"{"conversations":"[\"a\",\"b\"]"}"#, ["user: a | assistant: b"]),
      (
        #"{"conversations":["a",1]}"#,
        ["failed: conversations: element 2 is an integer; a text is expected, as before it"]
      ),
      (
        #"{"messages":["a","b"]}"#,
        ["failed: message 1 is a string; an object with role and content is expected"]
      ),
      (#"{"id":"0","data":["a","b"]}"#, ["user: a | assistant: b"]),
      (#"{"id":"0","data":[{"role":"user","content":"a"}]}"#, []),
      (
        #"{"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]},{"role":"model","parts":[{"text":"c","inlineData":null}]}]}"#,
        ["system: s | user: ab | assistant: c"]
      ),
      (
        #"{"system_instruction":{"role":"system","parts":{"text":"s"}},"contents":[{"parts":["a"],"role":"user"}]}"#,
        ["system: s | user: a"]
      ),
      (
        #"{"contents":[{"role":"user","parts":[{"text":"a"},{"inlineData":{}}]}]}"#,
        ["failed: message 1: a part holds inlineData; only parts of text are read"]
      ),
      (
        #"{"systemInstruction":null,"system_instruction":{"parts":["s"]},"contents":[{"role":"user","parts":["a"]}]}"#,
        ["system: s | user: a"]
      ),
      (
        #"{"systemInstruction":"s","system_instruction":"t","contents":[{"role":"user","parts":["a"]}]}"#,
        ["failed: the row holds both systemInstruction and system_instruction; remove one"]
      ),
      (#"{"messages":[{"role":"user","content":null,"parts":[{"text":"a"}]}]}"#, ["user: a"]),
      (#"{"contents":"a text"}"#, []),
      (#"{"conversation":[]}"#, ["failed: conversation is empty"]),
      (#"{"system":3,"conversations":["a"]}"#, ["failed: system is an integer; a text is expected"]),
      (
        #"{"messages":null,"text":"a"}"#,
        [
          "failed: messages is null, and the rows are not read by text: write those of each shape into a file of their "
            + "own, or rows without null members as JSONL"
        ]
      ),
      (#"{"messages":null}"#, ["failed: messages is null"]),
      (#"{"messages":[]}"#, ["failed: messages is empty"]),
      (#"{"messages":[{"content":"a"}]}"#, ["failed: message 1: role is missing"]),
      (#"{"messages":[{"role":null,"content":"a"}]}"#, ["failed: message 1: role is null"]),
      (#"{"messages":[null]}"#, ["failed: message 1 is null"]),
      (
        #"{"messages":"hello"}"#,
        ["failed: messages is a text that is no list of messages: not valid JSON at byte 0: a value was expected"]
      ),
      (#"{"instruction":"a","output":null}"#, ["failed: output is null"]),
      (#"{"text":3}"#, [#"failed: "text" is an integer; a string is expected"#]),
    ] as [(String, [String])])
  func shapes(row: String, expected: [String]) throws {
    #expect(try read(row) == expected)
  }

  @Test("what is said outright stands above the guess")
  func options() throws {
    var options = ShapeOptions()
    options.asChat = true
    #expect(try read(#"{"prompt":"a","completion":"b"}"#, options) == ["user: a | assistant: b"])
    options = ShapeOptions()
    options.messagesColumn = "dialog"
    options.roleKey = "speaker"
    options.contentKey = "words"
    #expect(
      try read(#"{"messages":[],"dialog":[{"speaker":"user","words":"a"}]}"#, options) == ["user: a"])
    options = ShapeOptions()
    options.textColumn = "body"
    #expect(try read(#"{"body":"a","messages":[]}"#, options) == ["text: a"])
  }

  @Test("a row of another shape is read by itself, but no answer of a pair is lost in silence")
  func otherShapes() throws {
    func read(_ row: String, _ shape: RowShape) throws -> String {
      var rows = DecodedRows()
      RowInterpreter(shape: shape).append(try JSONValue.parse(row), to: &rows)
      return text(of: rows)
    }
    let pair = #"{"prompt":"q","chosen":"x","rejected":"y"}"#
    let failure = "failed: the row holds two answers, chosen and rejected, where rows of one conversation are read"
    #expect(try read(pair, .messages) == failure)
    #expect(
      try read(#"{"messages":[{"role":"user","content":"a"}],"rejected_response":"y"}"#, .unseen) == failure)
    #expect(try read(#"{"prompt":"q","chosen":"x","rejected":null}"#, .unseen) == "text: qx")
    #expect(try read(#"{"id":1}"#, .unseen) == #"failed: the object has neither "text" nor "messages""#)
    #expect(try read(#"{"prompt":"q","chosen":"x"}"#, .messages) == "text: qx")
    #expect(try read(#"{"instruction":"a","output":"b"}"#, .messages) == "user: a | assistant: b")
    for (side, answer) in [(SourceSide.chosen, "x"), (SourceSide.rejected, "y")] {
      var shape = RowShape(.answer(prompt: nil, column: "\(side)_messages"))
      shape.side = side
      #expect(try read(pair, shape) == "text: q\(answer)")
      #expect(try read(#"{"text":"a"}"#, shape) == "text: a")
    }
    var rejected = RowShape(.answer(prompt: "prompt", column: "rejected"))
    rejected.side = .rejected
    #expect(try read(#"{"prompt":"q","chosen":"x"}"#, rejected) == "failed: rejected is missing")
  }

  @Test("a system message that comes late is read, or its row fails where texts have no place for one")
  func lateSystem() throws {
    func read(_ row: String, after first: String) throws -> String {
      let object = try #require(try JSONValue.parse(first).objectValue)
      let guess = RowShape.guesses(columns: object.keys) { ColumnContent(object[$0]) }
      var shape = try #require(guess.first).shape
      shape.lateColumns = shape.optionalColumns.filter { !object.keys.contains($0) }
      var rows = DecodedRows()
      RowInterpreter(shape: shape).append(try JSONValue.parse(row), to: &rows)
      return text(of: rows)
    }
    for column in ["conversation", "conversations"] {
      for name in ["system", "system_prompt"] {
        let list = #""\#(column)":[{"role":"user","content":"a"}]"#
        #expect(try read("{\(list),\"\(name)\":\"s\"}", after: "{\(list)}") == "system: s | user: a")
        #expect(try read("{\(list),\"\(name)\":null}", after: "{\(list)}") == "user: a")
      }
    }
    let texts = #"{"prompt":"q","completion":"c"}"#
    let failure =
      "failed: system first comes in this row, and those before are read as texts, in which a system message has no "
      + "place: --as-chat makes turns of all"
    #expect(try read(#"{"prompt":"q","completion":"c","system":"s"}"#, after: texts) == failure)
    #expect(try read(#"{"prompt":"q","completion":"c","system":""}"#, after: texts) == "text: qc")
    #expect(
      try read(
        #"{"contents":[{"role":"user","parts":[{"text":"a"}]}],"system_instruction":"s"}"#,
        after: #"{"contents":[{"role":"user","parts":[{"text":"a"}]}]}"#) == "system: s | user: a")
    #expect(
      try read(
        #"{"contents":[{"role":"user","parts":["a"]}],"system_instruction":"s"}"#,
        after: #"{"contents":[{"role":"user","parts":["a"]}],"systemInstruction":"t","system_instruction":null}"#)
        == "system: s | user: a")
  }

  @Test("data URLs and parts that are media are counted, and the URLs are no text")
  func media() throws {
    var rows = DecodedRows()
    let interpreter = RowInterpreter(shape: .messages)
    for row in [
      #"{"messages":[{"role":"user","content":"see data:image/png;base64,iVBORw0KGgo= here"}]}"#,
      #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}},{"type":"text","text":"a"}]}]}"#,
      #"{"messages":[{"role":"user","content":"data:text/plain;base64,aGk="}]}"#,
    ] {
      interpreter.append(try JSONValue.parse(row), to: &rows)
    }
    #expect(rows.media == [0: 1, 1: 1])
    #expect(
      text(of: rows).split(separator: "\n").map(String.init) == [
        "user: see  here",
        #"user: [{"type":"image_url","image_url":{"url":"x"}},{"type":"text","text":"a"}]"#,
        "user: data:text/plain;base64,aGk=",
      ])
  }

  @Test("the short way through JSON gives what the long way gives, or nothing", arguments: [0, 1, 2, 3])
  func shortWay(seed: UInt64) throws {
    let contents = [#""a""#, #""b\nc""#, #""é🙂""#, #""\ud83d\ude42""#, #""\ud800""#, "null", "3", #""""#]
    let roles = [#""user""#, #""assistant""#, #""human""#, #""BOT""#, #""tool_call""#, "null", #""us\u0065r""#]
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func pick(_ list: [String]) -> String {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return list[Int(state % UInt64(list.count))]
    }
    let scanner = try #require(JSONRowScanner(.messages, wanted: ["label"], keepsAll: false))
    for _ in 0..<500 {
      let keys = pick([#""role""#, #""from""#]) == #""role""# ? (#""role""#, #""content""#) : (#""from""#, #""value""#)
      let messages = (0..<(Int(state % 3) + 1)).map { _ in
        "{\(keys.0): \(pick(roles)), \(keys.1): \(pick(contents))\(pick(["", "", #", "name": "n""#]))}"
      }
      let row = Array(#"{"messages": [\#(messages.joined(separator: ","))], "label": \#(pick(contents))}"#.utf8)
      var short = DecodedRows()
      var values: [JSONValue] = [.null]
      var members = JSONObject()
      var unread = UnreadMembers(except: [])
      guard scanner.append(row.span.bytes, to: &short, values: &values, members: &members, unread: &unread) else {
        #expect(short.count == 0 && short.text.isEmpty && short.messages.isEmpty)
        continue
      }
      var long = DecodedRows()
      let value = try JSONValue.parse(row)
      RowInterpreter(shape: .messages).append(value, to: &long)
      #expect(text(of: short) == text(of: long))
      #expect(values[0] == value["label"])
    }
  }
}
