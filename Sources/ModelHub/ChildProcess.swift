@preconcurrency import Glibc

/// Runs other programs.
enum ChildProcess {
  /// How a program ended.
  enum Ending: Sendable, Hashable, CustomStringConvertible {
    case exit(Int32)
    case signal(Int32)

    var isSuccess: Bool { self == .exit(0) }

    var description: String {
      switch self {
      case .exit(let code): "ended with exit code \(code)"
      case .signal(let number): "was ended by signal \(number)"
      }
    }
  }

  /// Runs a program to its end, with this process's environment and without input.
  ///
  /// - Parameters:
  ///   - program: The path of the executable.
  ///   - arguments: What follows the program's name.
  ///   - output: The file that takes what the program prints, errors included.
  /// - Throws: `VocabularyStoreError.notStarted` where the system cannot start it.
  static func run(_ program: String, _ arguments: [String], output: String) throws(VocabularyStoreError) -> Ending {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    var pid: pid_t = 0
    let vector = ([program] + arguments).map { strdup($0) }
    defer { vector.forEach { free($0) } }
    let code = posix_spawn(&pid, program, &actions, nil, vector + [nil], environ)
    guard code == 0 else { throw .notStarted(program: program, reason: String(cString: strerror(code))) }
    return try wait(pid, program: program)
  }

  /// Returns the first executable of this name in the folders of a search path such as `PATH`.
  static func find(_ name: String, in searchPath: String) -> String? {
    searchPath.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  private static func wait(_ pid: pid_t, program: String) throws(VocabularyStoreError) -> Ending {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { throw .notStarted(program: program, reason: String(cString: strerror(errno))) }
    }
    // The corresponding C macros are WIFEXITED, WEXITSTATUS and WTERMSIG.
    return status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
  }
}
