import Glibc
import Support

/// Brings files of one commit into the cache, in the layout of the hub's own library.
struct HubDownload: Sendable {
  /// Asks the hub.
  let transport: HubTransport
  /// The repository.
  let reference: HubReference
  /// The commit whose files are fetched.
  let commit: String
  /// The folder of the cache.
  let cache: String
  private let patience: HubPatience

  init(
    _ transport: HubTransport, _ reference: HubReference, commit: String, cache: String, patience: HubPatience
  ) {
    self.transport = transport
    self.reference = reference
    self.commit = commit
    self.cache = cache
    self.patience = patience
  }

  /// The folder of the repository.
  private var folder: String { Files.join(cache, reference.repository.folderName) }
  private var blobs: String { Files.join(folder, "blobs") }
  private var snapshot: String { Files.join(folder, "snapshots/\(commit)") }

  /// Whether the cache holds a file of the commit, by its size.
  func isPresent(_ file: HubFile) -> Bool {
    Files.status(file.path.path(in: snapshot)).map { $0.isRegular && $0.size == file.size } ?? false
  }

  /// How many bytes of a file must be fetched: none of what the cache holds, under whatever name.
  func missingBytes(_ file: HubFile) -> Int {
    if isPresent(file) || Files.status(Files.join(blobs, file.digest.hex))?.size == file.size { return 0 }
    let begun = Files.status(Files.join(blobs, file.digest.hex + ".incomplete"))?.size ?? 0
    return file.size - (begun <= file.size ? begun : 0)
  }

  /// Fetches a file, unless the cache holds it, and puts it into the snapshot.
  ///
  /// - Parameter progress: takes the number of bytes that came.
  /// - Throws: `InputError` where what comes is not what the hub lists; then nothing is stored.
  func fetch(_ file: HubFile, progress: @escaping (Int) -> Void) throws(InputError) {
    if isPresent(file) { return }
    let blob = Files.join(blobs, file.digest.hex)
    try InputError.wrapping { () throws(FileError) in
      try Files.makeDirectories(blobs)
      try Files.makeDirectories(Files.parent(of: file.path.path(in: snapshot)))
    }
    let lock = try lock(file)
    // Somebody else may have fetched it in the meantime.
    if Files.status(blob)?.size != file.size { try fetch(file, into: blob, progress: progress) }
    let up = Array(repeating: "..", count: file.path.components.count + 1).joined(separator: "/")
    try InputError.wrapping { () throws(FileError) in
      try Self.place(blob, at: file.path.path(in: snapshot), link: "\(up)/blobs/\(file.digest.hex)")
    }
    _ = consume lock
  }

  /// Makes a link to a blob, or a second name or a copy of it where the file system has no links.
  private static func place(_ blob: String, at path: String, link: String) throws(FileError) {
    do throws(FileError) { try Files.replaceLink(path, to: link) } catch {
      guard [EPERM, EOPNOTSUPP, ENOSYS].contains(error.code) else { throw error }
      try Files.replicate(blob, as: path)
    }
  }

  /// Notes that the revision means this commit.
  func keepRevision() throws(InputError) {
    let revision = reference.revision ?? .main
    guard !revision.isCommit else { return }
    let path = Files.join(folder, "refs/\(revision)")
    try InputError.wrapping { () throws(FileError) in
      try Files.makeDirectories(Files.parent(of: path))
      if (try? Files.readText(path)) != commit { try AtomicFile.write(commit, to: path) }
    }
  }

  /// Waits until no other run fetches the file. Hugging Face's library takes the same lock.
  private func lock(_ file: HubFile) throws(InputError) -> FileLock {
    let path = Files.join(cache, ".locks/\(reference.repository.folderName)/\(file.digest.hex).lock")
    let watch = Stopwatch()
    while true {
      // What throws in a closure cannot return a lock.
      do throws(FileError) {
        if let lock = try FileLock.take(path) { return lock }
      } catch { throw .file(error) }
      guard watch.seconds < patience.lockSeconds else {
        throw .hub(
          HubFailure(
            .notPossible, "another run has been fetching \(file.path) of \(reference) for too long: end it, or wait"))
      }
      try transport.pause(0.1)
    }
  }

  /// Fetches the bytes of a file behind those that an earlier run has left, and gives them their name.
  private func fetch(_ file: HubFile, into blob: String, progress: @escaping (Int) -> Void) throws(InputError) {
    var isResumed = try fetchOnce(file, into: blob, progress: progress)
    if Files.status(blob)?.size == file.size { return }
    // What an earlier run has left may be what is wrong.
    if isResumed { isResumed = try fetchOnce(file, into: blob, progress: progress) }
    guard Files.status(blob)?.size == file.size else {
      throw .hub(
        HubFailure(
          .damaged,
          """
          \(file.path) of \(reference) is not the file that the hub lists: its \(file.digest.name) is not \
          \(file.digest.hex); nothing was stored
          """))
    }
  }

  /// Fetches what is missing, compares the digest, and gives the file its name if it is right; else removes the bytes.
  ///
  /// - Returns: whether some bytes were there before.
  private func fetchOnce(
    _ file: HubFile, into blob: String, progress: @escaping (Int) -> Void
  ) throws(InputError) -> Bool {
    var receiver = FileReceiver(try opened(blob + ".incomplete"), file, progress)
    try receiver.dropExcess()
    let isResumed = receiver.size > 0
    if receiver.size < file.size {
      _ = try transport.fetch(address(of: file), about: reference, into: &receiver)
    }
    try receiver.commit(as: blob)
    return isResumed
  }

  private func opened(_ path: String) throws(InputError) -> PartialFile {
    do throws(FileError) { return try PartialFile(path) } catch { throw .file(error) }
  }

  /// Where the hub has a file.
  func address(of file: HubFile) -> HTTPAddress {
    let kind = reference.repository.kind
    let names = (kind == .model ? [] : [kind.plural]) + reference.repository.name.split(separator: "/").map(String.init)
    return transport.endpoint.appending(names + ["resolve", commit] + file.path.components.map(\.description))
  }
}

/// Writes the bytes of a file as they come, and none that the hub did not announce.
private struct FileReceiver: HubReceiver, ~Copyable {
  static let isBrief = false
  private var partial: PartialFile
  private let file: HubFile
  private let progress: (Int) -> Void
  private var isBegun = false

  init(_ partial: consuming PartialFile, _ file: HubFile, _ progress: @escaping (Int) -> Void) {
    self.partial = partial
    self.file = file
    self.progress = progress
  }

  /// The number of bytes that are there.
  var size: Int { partial.size }

  /// Removes everything where there is more than the file has.
  mutating func dropExcess() throws(InputError) {
    if partial.size > file.size { try restart() }
  }

  mutating func begin() throws(InputError) -> Int {
    isBegun = false
    return partial.size
  }

  mutating func restart() throws(InputError) {
    do throws(FileError) { try partial.clear() } catch { throw .file(error) }
  }

  mutating func receive(_ answer: HubTransport.Answer, _ piece: RawSpan) throws(InputError) {
    if !isBegun {
      isBegun = true
      try check(answer)
    }
    guard piece.byteCount <= file.size - partial.size else {
      try restart()
      throw damaged("more than the \(file.size) bytes that the hub lists")
    }
    do throws(FileError) { try partial.append(piece) } catch { throw .file(error) }
    progress(piece.byteCount)
  }

  /// Compares what the answer announces with what the hub lists.
  private mutating func check(_ answer: HubTransport.Answer) throws(InputError) {
    if let tag = answer.entityTag, HubFile.Digest(tag) != nil, tag != file.digest.hex {
      throw damaged("another state of the file (\(tag), listed is \(file.digest.hex))")
    }
    // An answer with the whole file, or with another part, is not what goes on behind the bytes that are there.
    if answer.header.status == 206, let range = answer.header.contentRange, range.start == partial.size {
      guard range.total == file.size else { throw damaged("\(range.total) bytes, listed are \(file.size)") }
    } else {
      guard answer.header.status != 206 else { throw damaged("another part of the file than was asked for") }
      if partial.size > 0 { try restart() }
    }
    if let length = answer.header.contentLength, length != file.size - partial.size {
      throw damaged("\(length) bytes, \(file.size - partial.size) are listed")
    }
  }

  private func damaged(_ what: String) -> InputError {
    .hub(HubFailure(.damaged, "\(file.path): the server sends \(what); nothing was stored"))
  }

  var lack: String? {
    partial.size < file.size ? "\(file.path) ended after \(partial.size) of \(file.size) bytes" : nil
  }

  /// Gives the file its name if its digest is that of the list, else removes its bytes.
  consuming func commit(as path: String) throws(InputError) {
    do throws(FileError) {
      if try isRight() { try partial.commit(as: path) } else { try partial.clear() }
    } catch { throw .file(error) }
  }

  private func isRight() throws(FileError) -> Bool {
    guard partial.size == file.size else { return false }
    switch file.digest {
    case .sha256(let hex):
      var hash = SHA256()
      try partial.forEachPiece { hash.update($0) }
      return hash.finalize().hex == hex
    case .git(let hex):
      var hash = GitBlobHash(size: file.size)
      try partial.forEachPiece { hash.update($0) }
      return hash.finalize() == hex
    }
  }
}
