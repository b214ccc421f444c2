/// `{% if %}`, `{% elif %}`, `{% else %}`
final class IfStatement: Statement {
  let line: Int
  private let branches: any Branch
  private let otherwise: Body

  init(line: Int, branches: any Branch, otherwise: Body) {
    self.line = line
    self.branches = branches
    self.otherwise = otherwise
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    if let flow = try branches.run(in: scope) { return flow }
    return try otherwise.run(in: scope)
  }
}

/// Branches of a condition: one, or a tree of pairs as in ``Body``.
protocol Branch: AnyObject, Sendable {
  /// Runs the first body whose test is true; nil where there is none.
  func run(in scope: Scope) throws(TemplateError) -> Flow?
}

/// A body with its test.
final class TestedBranch: Branch {
  private let line: Int
  private let test: any Expression
  private let body: Body

  init(line: Int, test: any Expression, body: Body) {
    self.line = line
    self.test = test
    self.body = body
  }

  func run(in scope: Scope) throws(TemplateError) -> Flow? {
    let isTaken: Bool
    do throws(TemplateError) {
      isTaken = try test.isTrue(in: scope)
    } catch {
      throw error.placed(at: line)
    }
    return isTaken ? try body.run(in: scope) : nil
  }
}

/// Branches one after the other.
final class BranchPair: Branch {
  private let first, second: any Branch

  init(_ first: any Branch, _ second: any Branch) {
    self.first = first
    self.second = second
  }

  func run(in scope: Scope) throws(TemplateError) -> Flow? {
    if let flow = try first.run(in: scope) { return flow }
    return try second.run(in: scope)
  }
}
