import Support
import TestSupport
import Testing

@Suite("The current folder's commit")
struct GitRepositoryTests {
  private static let first = String(repeating: "1a", count: 20)
  private static let second = String(repeating: "2b", count: 20)

  @Test("A branch is found as a file, packed, and from a folder below")
  func branches() throws {
    let scratch = try Scratch()
    try scratch.file("repo/.git/HEAD", "ref: refs/heads/main\n")
    #expect(try GitRepository.head(around: scratch.path + "/repo") == nil)
    try scratch.file(
      "repo/.git/packed-refs",
      "# pack-refs\n\(Self.second) refs/heads/x/main\n\(Self.first) refs/heads/main\n")
    #expect(try GitRepository.head(around: scratch.path + "/repo") == Self.first)
    try scratch.file("repo/.git/refs/heads/main", Self.second + "\n")
    try Files.makeDirectories(scratch.path + "/repo/a/b")
    #expect(try GitRepository.head(around: scratch.path + "/repo/a/b") == Self.second)
  }

  @Test("A detached head is the commit itself")
  func detached() throws {
    let scratch = try Scratch()
    try scratch.file("repo/.git/HEAD", Self.first + "\n")
    #expect(try GitRepository.head(around: scratch.path + "/repo") == Self.first)
  }

  @Test("A linked worktree has its own head and the main repository's branches")
  func worktree() throws {
    let scratch = try Scratch()
    try scratch.file("repo/.git/refs/heads/topic", Self.first + "\n")
    try scratch.file("repo/.git/worktrees/w/HEAD", "ref: refs/heads/topic\n")
    try scratch.file("repo/.git/worktrees/w/commondir", "../..\n")
    try scratch.file("w/.git", "gitdir: ../repo/.git/worktrees/w\n")
    #expect(try GitRepository.head(around: scratch.path + "/w") == Self.first)
  }

  @Test("Outside a repository there is none")
  func outside() throws {
    #expect(try GitRepository.head(around: "/proc") == nil)
  }
}
