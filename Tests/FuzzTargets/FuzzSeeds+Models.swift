import Support

// Templates and tokenizers.
extension FuzzSeeds {
  static let templates = [
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m.content | trim }}{% endfor %}{% if add_generation_prompt %}<|a|>{% endif %}",
    "{%- set ns = namespace(n=0) %}{% for x in numbers | sort(reverse=true) if x > 0 %}{% set ns.n = ns.n + x %}{{ loop.cycle('a', 'b') }}{% endfor %}{{ ns.n | round(1, 'floor') }}",
    "{% macro f(a, b=2, *c, **d) %}{{ a ~ b }}{{ c }}{{ d }}{{ caller() }}{% endmacro %}{% call f(1, 3, 4, x=5) %}y{% endcall %}",
    "{{ '%s %d %5.2f' | format('a', 3, 2.5) }}{{ 'a-b'.split('-') | join(',') }}{{ [1,2,3][1:] }}{{ {'a': 1} | tojson }}",
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}{{ strftime_now('%Y') }}",
    "{% filter upper %}a{% endfilter %}{% raw %}{{ x }}{% endraw %}{# c #}{{ nothing is none and not false or 1 < 2 <= 3 }}",
  ]

  static let tokenizers = [
    #"{"added_tokens": [{"id": 5, "content": "<s>", "special": true, "single_word": false, "lstrip": false, "rstrip": "#
      + #"false, "normalized": false}], "normalizer": {"type": "NFC"}, "pre_tokenizer": {"type": "ByteLevel", "#
      + #""add_prefix_space": false, "trim_offsets": true, "use_regex": true}, "post_processor": null, "decoder": "#
      + #"{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}, "model": {"type": "#
      + #""BPE", "vocab": {"H": 0, "e": 1, "l": 2, "He": 3, "ll": 4}, "merges": ["H e", "l l"]}}"#,
    #"{"added_tokens": [], "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, "#
      + #"{"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}, "pre_tokenizer": null, "model": {"type": "#
      + #""BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true, "vocab": {"<unk>": 0, "▁": 1, "H": 2}, "#
      + #""merges": []}}"#,
    #"{"added_tokens": [], "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"}, "model": "#
      + #"{"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "@@", "max_input_chars_per_word": "#
      + #"100, "vocab": {"[UNK]": 0, "he": 1, "@@llo": 2}}}"#,
    #"{"added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "#
      + #""prepend_scheme": "always", "split": true}, "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], "#
      + #"["▁", -1.5], ["He", -2.0]], "byte_fallback": false}}"#,
    #"{"added_tokens": [], "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\p{L}+|\\s+"}, "behavior": "#
      + #""Isolated", "invert": false}, "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}}"#,
  ]

  static let tekken: String = {
    let bytes = (0..<256).map { byte in
      "{\"rank\": \(byte), \"token_bytes\": \"\(Base64.encode([UInt8(byte)]))\", \"token_str\": null}"
    }
    return "{\"config\": {\"pattern\": \"\\\\p{L}+|\\\\s+\", \"num_vocab_tokens\": 256, \"default_vocab_size\": 258, "
      + "\"default_num_special_tokens\": 2, \"version\": \"v3\"}, \"vocab\": [" + bytes.joined(separator: ", ")
      + "], \"special_tokens\": [{\"rank\": 0, \"token_str\": \"<s>\", \"is_control\": true}, {\"rank\": 1, \"token_str\": "
      + "\"</s>\", \"is_control\": true}]}"
  }()

  static let tiktoken: [UInt8] = {
    var lines = (0..<256).map { "\(Base64.encode([UInt8($0)])) \($0)" }
    lines.append("\(Base64.encode(Array("He".utf8))) 256")
    lines.append("\(Base64.encode(Array("ll".utf8))) 257")
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }()

  /// A model of pairs with all bytes, as protocol buffers.
  static let sentencePiece: [UInt8] = {
    var model: [UInt8] = []
    func piece(_ text: String, _ score: Float, _ kind: UInt8) {
      var fields: [UInt8] = [0x0A, UInt8(text.utf8.count)] + Array(text.utf8) + [0x15]
      withUnsafeBytes(of: score.bitPattern.littleEndian) { fields += $0 }
      fields += [0x18, kind]
      model += [0x0A, UInt8(fields.count)] + fields
    }
    piece("<unk>", 0, 2)
    piece("<s>", 0, 3)
    piece("</s>", 0, 3)
    let digits = Array("0123456789ABCDEF")
    for byte in 0..<256 { piece("<0x\(digits[byte / 16])\(digits[byte % 16])>", 0, 6) }
    piece("He", 0, 1)
    piece("▁", -1, 1)
    piece("H", -2, 1)
    piece("e", -3, 1)
    // Trainer: pairs, byte fallback. Normalizer: identity, no added space.
    let trainer: [UInt8] = [0x18, 0x02, 0x98, 0x02, 0x01]
    let normalizer: [UInt8] = [0x0A, 0x08] + Array("identity".utf8) + [0x18, 0x00, 0x20, 0x00, 0x28, 0x01]
    return model + [0x12, UInt8(trainer.count)] + trainer + [0x1A, UInt8(normalizer.count)] + normalizer
  }()
}
