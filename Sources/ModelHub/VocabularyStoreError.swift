public import Support

/// Why a vocabulary file is not there or could not be fetched.
public enum VocabularyStoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A file or folder operation failed.
  case file(FileError)
  /// No file of a family was found in these folders.
  case missing(VocabularyFamily, searched: [String])
  /// No pip could be run; the commands that were tried.
  case noPip(tried: [String])
  /// A program could not be started, with the system's reason.
  case notStarted(program: String, reason: String)
  /// pip failed: its command, how it ended, the last lines that it printed.
  case downloadFailed(command: String, ending: String, output: String)
  /// pip ended well but left no package.
  case packageMissing(package: String, folder: String)
  /// The package is no readable archive.
  case archive(path: String, ZipArchiveError)
  /// A file of the package is not the expected one.
  case wrongDigest(name: String, expected: String, actual: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .file(let error):
      error.description
    case .missing(let family, let searched):
      """
      the \(family.rawValue) vocabulary is not in \(searched.joined(separator: " or ")): get it with \
      `tokenstats tokenizers fetch`, or name the file with --tokenizer
      """
    case .noPip(let tried):
      """
      no pip to download the vocabulary files with (tried \(tried.joined(separator: ", "))): install it \
      (Debian, Ubuntu: apt-get install python3-pip)
      """
    case .notStarted(let program, let reason):
      "cannot start \(program): \(reason)"
    case .downloadFailed(let command, let ending, let output):
      """
      `\(command)` \(ending): \(output.isEmpty ? "it printed nothing" : output)
      Check the network connection and pip's package index, then try again; or name the files with --tokenizer.
      """
    case .packageMissing(let package, let folder):
      "pip reported success but left no \(package) package in \(folder): try again with a current pip"
    case .archive(let path, let error):
      "\(Files.lastComponent(path)) cannot be read: \(error)"
    case .wrongDigest(let name, let expected, let actual):
      "\(name) is not the official file: its SHA-256 is \(actual), expected \(expected); nothing was stored"
    }
  }
}

extension VocabularyStoreError {
  /// Runs file operations and passes their errors on as `.file`.
  static func wrapping<Result>(_ body: () throws(FileError) -> Result) throws(VocabularyStoreError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw .file(error)
    }
  }
}
