import Datasets
import Glibc
import Reports
import Support

/// What standard output's terminal can do, and how wide standard error's is.
struct TerminalScreen {
  /// The columns of the window.
  let columns: Int
  /// The pixels of the window's width; nil where the terminal does not tell.
  let pixels: Int?

  /// The terminal behind standard output; nil where it is a file or a pipe.
  static var standardOutput: TerminalScreen? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return TerminalScreen(columns: 80, pixels: nil)
    }
    return TerminalScreen(columns: Int(size.ws_col), pixels: size.ws_xpixel > 0 ? Int(size.ws_xpixel) : nil)
  }

  /// The columns of the terminal behind standard error; nil where there is none, or where it does not tell.
  static var standardErrorColumns: Int? {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return nil }
    return Int(size.ws_col)
  }

  /// Whether what goes to standard output may have colors and bold headings.
  ///
  /// `NO_COLOR` forbids them, `CLICOLOR_FORCE` wants them even in files and pipes; else a terminal has them that knows
  /// escape sequences. Sources: https://no-color.org, https://bixense.com/clicolors.
  static var usesColors: Bool {
    guard Files.environment("NO_COLOR") == nil else { return false }
    if let forced = Files.environment("CLICOLOR_FORCE"), forced != "0" { return true }
    return isatty(STDOUT_FILENO) == 1 && Files.environment("TERM") != "dumb" && Files.environment("CLICOLOR") != "0"
  }

  /// How the terminal takes images; nil where it does not.
  ///
  /// kitty and iTerm2 say who they are in the environment; sixels are asked for, because only the terminal itself
  /// knows. Inside tmux and screen the environment speaks of a terminal that does not see what is written.
  var imageFormat: TerminalImage.Format? {
    guard Files.environment("TMUX") == nil, Files.environment("STY") == nil else {
      return Self.attributes().contains(4) ? .sixel : nil
    }
    let program = Files.environment("TERM_PROGRAM") ?? ""
    if Files.environment("KITTY_WINDOW_ID") != nil || Files.environment("TERM") == "xterm-kitty"
      || program == "ghostty"
    {
      return .kitty
    }
    if ["iTerm.app", "WezTerm"].contains(program) || Files.environment("LC_TERMINAL") == "iTerm2" { return .iterm2 }
    return Self.attributes().contains(4) ? .sixel : nil
  }

  /// The terminal's answer to "Primary Device Attributes": a list of features, of which 4 is sixels.
  ///
  /// Source: xterm's control sequences, `CSI c`. A terminal that does not answer in a fifth of a second has none.
  private static func attributes() -> Set<Int> {
    let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { return [] }
    defer { close(terminal) }
    var settings = termios()
    guard tcgetattr(terminal, &settings) == 0 else { return [] }
    var raw = settings
    // Neither line by line nor echoed: the answer has no line feed and is not for the screen.
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    guard tcsetattr(terminal, TCSAFLUSH, &raw) == 0 else { return [] }
    defer { tcsetattr(terminal, TCSAFLUSH, &settings) }
    guard writeAll(Array("\u{1B}[c".utf8), to: terminal) == 0 else { return [] }
    return features(of: answer(from: terminal))
  }

  private static func answer(from terminal: Int32) -> [UInt8] {
    var answer: [UInt8] = []
    let longest = 256
    while answer.count < longest, answer.last != UInt8(ascii: "c") {
      var waiting = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      var byte: UInt8 = 0
      guard poll(&waiting, 1, 200) == 1, read(terminal, &byte, 1) == 1 else { return [] }
      answer.append(byte)
    }
    return answer
  }

  /// Reads `ESC [ ? 62 ; 4 ; 22 c`; anything else has no features.
  static func features(of answer: [UInt8]) -> Set<Int> {
    let text = String(decoding: answer, as: UTF8.self)
    guard text.hasPrefix("\u{1B}[?"), text.hasSuffix("c") else { return [] }
    return Set(text.dropFirst(3).dropLast().split(separator: ";").compactMap { Int($0) })
  }
}
