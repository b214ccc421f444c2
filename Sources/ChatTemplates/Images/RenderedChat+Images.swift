import Glibc

extension RenderedChat {
  /// Writes the tokens of images where the template left places for them, as the model's processor does, and notes what
  /// became of each.
  ///
  /// - Parameters:
  ///   - messages: the messages that were rendered.
  ///   - rule: how many tokens an image has; nil where nothing says.
  ///   - generations: byte ranges of the text, which move with it.
  mutating func write(imagesOf messages: [ChatMessage], _ rule: ImageTokens?, _ generations: inout [Range<Int>]) {
    var images: [(image: ChatMedia, kind: TokenKind)] = []
    for message in messages {
      for part in message.media {
        media.parts += 1
        if case .each(let tokens)? = rule?.rule {
          media.counted += 1
          media.tokens += tokens
          media.add(tokens, kind: message.role.contentKind)
          continue
        }
        switch part {
        case .image, .unread: images.append((part, message.role.contentKind))
        case .placeless(let fault): media.faults[fault, default: 0] += 1
        }
      }
    }
    guard !images.isEmpty else { return }
    guard let rule else {
      media.faults[.noProcessor, default: 0] += images.count
      return
    }
    if case .unknown(let fault) = rule.rule {
      media.faults[fault, default: 0] += images.count
      return
    }
    let places = places(of: rule.placeholder)
    guard places.count == images.count else {
      media.faults[.noPlace, default: 0] += images.count
      return
    }
    var changes: [(place: Int, text: [UInt8], kind: TokenKind)] = []
    for (place, (image, kind)) in zip(places, images) {
      switch rule.tokens(of: image, isAlone: images.count == 1) {
      case .failure(let fault): media.faults[fault, default: 0] += 1
      case .success(let tokens) where tokens > ImageTokens.most - media.tokens: media.faults[.tooMany, default: 0] += 1
      case .success(let tokens):
        media.counted += 1
        media.tokens += tokens
        changes.append((place, rule.text(tokens: tokens), kind))
      }
    }
    if !changes.isEmpty { replace(rule.placeholder.count, at: changes, &generations) }
  }

  /// Where a text begins in the rendered one.
  private func places(of text: [UInt8]) -> [Int] {
    guard !text.isEmpty else { return [] }
    return bytes.withUnsafeBytes { bytes in
      text.withUnsafeBytes { text in
        guard let base = bytes.baseAddress, let wanted = text.baseAddress else { return [] }
        var places: [Int] = []
        var start = 0
        while start + text.count <= bytes.count,
          let found = memchr(base + start, Int32(text[0]), bytes.count - text.count - start + 1)
        {
          start = UnsafeRawPointer(found) - base
          let isPlace = memcmp(base + start, wanted, text.count) == 0
          if isPlace { places.append(start) }
          start += isPlace ? text.count : 1
        }
        return places
      }
    }
  }

  /// Puts texts of a kind in the place of others of one length.
  private mutating func replace(
    _ length: Int, at changes: [(place: Int, text: [UInt8], kind: TokenKind)], _ generations: inout [Range<Int>]
  ) {
    let (old, parts) = (bytes, spans)
    let (oldAnswer, oldMedia) = (answer, media)
    removeAll()
    media = oldMedia
    bytes.reserveCapacity(old.count + changes.reduce(0) { $0 + $1.text.count })
    var place = 0
    var part = 0
    func copy(to end: Int, in chat: inout RenderedChat) {
      while place < end, part < parts.count {
        let stop = min(parts[part].end, end)
        chat.bytes.append(contentsOf: old[place..<stop])
        chat.close(parts[part].kind)
        place = stop
        if parts[part].end <= place { part += 1 }
      }
    }
    for change in changes {
      copy(to: change.place, in: &self)
      bytes.append(contentsOf: change.text)
      close(change.kind)
      place = change.place + length
      while part < parts.count, parts[part].end <= place { part += 1 }
    }
    copy(to: old.count, in: &self)
    func moved(_ offset: Int) -> Int {
      changes.reduce(offset) { $1.place < offset ? $0 + $1.text.count - length : $0 }
    }
    answer = oldAnswer.map { Answer(message: $0.message, start: moved($0.start)) }
    generations = generations.map { moved($0.lowerBound)..<moved($0.upperBound) }
  }
}

extension RenderedMedia {
  /// Adds tokens that are no part of the rendered text.
  fileprivate mutating func add(_ tokens: Int, kind: TokenKind) {
    if let last = added.last, last.kind == kind {
      added[added.count - 1] = AddedTokens(kind: kind, tokens: last.tokens + tokens)
    } else if tokens > 0 {
      added.append(AddedTokens(kind: kind, tokens: tokens))
    }
  }
}

extension ImageTokens {
  /// What the processor writes for an image of so many tokens.
  fileprivate func text(tokens: Int) -> [UInt8] {
    guard case .gemma(let images) = rule else { return sequence(of: tokens) }
    return images.text(tokens: tokens, sequence(of: images.whole))
  }

  private func sequence(of tokens: Int) -> [UInt8] {
    var text = prefix
    text.reserveCapacity(prefix.count + tokens * token.count + suffix.count)
    for _ in 0..<tokens { text.append(contentsOf: token) }
    text.append(contentsOf: suffix)
    return text
  }
}
