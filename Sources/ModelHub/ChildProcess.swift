@preconcurrency import Glibc
import Support

/// Runs other programs.
///
/// They get the variables of ``isPassedOn(_:)`` and no others, so that nothing in the environment changes what a
/// program loads: no `PYTHONPATH`, no `LD_PRELOAD`.
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

  /// Runs a program to its end, without input.
  ///
  /// - Parameters:
  ///   - program: The path of the executable.
  ///   - arguments: What follows the program's name.
  ///   - output: The file that takes what the program prints, errors included.
  /// - Throws: `InputError` where the system cannot start it.
  static func run(_ program: String, _ arguments: [String], output: String) throws(InputError) -> Ending {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    var pid: pid_t = 0
    let vector = ([program] + arguments).map { strdup($0) }
    let variables = environment().map { strdup($0) }
    defer { (vector + variables).forEach { free($0) } }
    let code = posix_spawn(&pid, program, &actions, nil, vector + [nil], variables + [nil])
    guard code == 0 else { throw .notStarted(program: program, reason: String(cString: strerror(code))) }
    return try wait(pid, program: program)
  }

  /// Returns the first executable file of this name in the folders of a search path such as `PATH`.
  ///
  /// Only folders that are named from the root count: others change with the current folder, which may be anybody's.
  static func find(_ name: String, in searchPath: String) -> String? {
    absoluteFolders(searchPath).map { "\($0)/\(name)" }.first { path in
      Files.status(path)?.isRegular == true && access(path, X_OK) == 0
    }
  }

  private static func absoluteFolders(_ searchPath: String) -> [Substring] {
    searchPath.split(separator: ":").filter { $0.utf8.first == UInt8(ascii: "/") }
  }

  /// Whether other programs get an environment variable: where programs, the user's settings and temporary files are
  /// (`PATH`, `HOME`, `TMPDIR`), the language (`LANG`), proxies (`http_proxy`, `HTTPS_PROXY` and so on), certificates
  /// (`SSL_*`, `CURL_CA_BUNDLE`), and the settings of pip (`PIP_*`).
  static func isPassedOn(_ name: String) -> Bool {
    let names = ["PATH", "HOME", "TMPDIR", "LANG", "CURL_CA_BUNDLE"]
    let proxies = ["http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"]
    return names.contains(name) || proxies.contains(name.lowercased()) || name.hasPrefix("SSL_")
      || name.hasPrefix("PIP_")
  }

  /// The variables that other programs get, each as `NAME=value`; of `PATH` only what ``find(_:in:)`` looks at.
  private static func environment() -> [String] {
    var variables: [String] = []
    var next = environ
    while let entry = next.pointee {
      let variable = String(cString: entry)
      next += 1
      guard let equals = variable.firstIndex(of: "="), isPassedOn(String(variable[..<equals])) else { continue }
      let value = variable[variable.index(after: equals)...]
      variables.append(
        variable.hasPrefix("PATH=") ? "PATH=" + absoluteFolders(String(value)).joined(separator: ":") : variable)
    }
    return variables
  }

  private static func wait(_ pid: pid_t, program: String) throws(InputError) -> Ending {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { throw .notStarted(program: program, reason: String(cString: strerror(errno))) }
    }
    // The corresponding C macros are WIFEXITED, WEXITSTATUS and WTERMSIG.
    return status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
  }
}
