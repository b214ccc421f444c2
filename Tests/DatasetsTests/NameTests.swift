import Datasets
import Support
import TestSupport
import Testing
import TokenStatistics

/// Names of datasets, and selections of their rows, are read and written in one way.
struct NameTests {
  @Test(
    "what parses is written back as it was",
    arguments: [
      ("gemma-2-27b__role__accountant", "accountant", ScoreFilters()),
      ("qwen-3-32b__role__0_default__default", "0_default", ScoreFilters(label: "default")),
      ("m__trait__a__min0", "a", ScoreFilters(minimumScore: 0)),
      ("m__trait__a__min30__max70__neg", "a", ScoreFilters(minimumScore: 30, maximumScore: 70, label: "neg")),
      ("m__trait__a__max100__pos", "a", ScoreFilters(maximumScore: 100, label: "pos")),
      ("m__role__min3", "min3", ScoreFilters()),
      ("m__dataset__a__min-1.5__max0.25", "a", ScoreFilters(minimumScore: -1.5, maximumScore: 0.25)),
      ("m__role__pos__pos", "pos", ScoreFilters(label: "pos")),
      ("m__dataset__ultra-chat", "ultra-chat", ScoreFilters()),
      (
        "m__dataset__a__min5__max200000__default", "a",
        ScoreFilters(minimumScore: 5, maximumScore: 200_000, label: "default")
      ),
    ])
  func roundTrip(text: String, subject: String, filters: ScoreFilters) throws {
    let name = try DatasetName(parsing: text)
    #expect(name.description == text)
    #expect(name.subject == subject)
    #expect(name.filters == filters)
    #expect(text.hasSuffix("__\(name.name)"))
  }

  @Test(
    "what is no name is refused with the reason",
    arguments: [
      ("accountant", #"there is no "__" in it"#), ("m__role", "the name after the kind is missing"),
      ("m__roles__a", #"the kind "roles" is none of role, trait, dataset"#), ("__role__a", "the model is empty"),
      ("m__role__", "the name is empty"),
      ("m__role___a", #"the name "_a" begins or ends with an underscore or holds two in a row"#),
      ("m__role__a/b", #"the name "a/b" cannot stand in a file name"#),
      ("m__role__a__b", #""b" is no filter, or not in its place"#),
      ("m__role__a__min", #""min" is no filter, or not in its place"#),
      ("m__role__a__min03", #""min03" is no filter, or not in its place"#),
      ("m__role__a__min3.0", #""min3.0" is no filter, or not in its place"#),
      ("m__role__a__minnull", #""minnull" is no filter, or not in its place"#),
      ("m__role__a__max3__min1", #""min1" is no filter, or not in its place"#),
      ("m__role__a__pos__min1", #""min1" is no filter, or not in its place"#),
      ("m__role__a__min3__max1", "the lowest score 3 is above the highest score 1"),
    ])
  func refused(text: String, reason: String) {
    #expect {
      try DatasetName(parsing: text)
    } throws: { error in
      "\(error)" == "\"\(text)\" is no dataset name: \(reason); expected \(DatasetName.grammar)"
    }
  }

  @Test("more filters on a filtered dataset leave what passes both")
  func adding() throws {
    let name = try DatasetName(parsing: "m__trait__a__min30__pos")
    #expect(try name.adding(ScoreFilters(minimumScore: 20)).description == "m__trait__a__min30__pos")
    #expect(try name.adding(ScoreFilters(minimumScore: 40, maximumScore: 50)).name == "a__min40__max50__pos")
    #expect(throws: InputError.self) { try name.adding(ScoreFilters(label: "neg")) }
    #expect(throws: InputError.self) { try name.adding(ScoreFilters(maximumScore: 29)) }
  }

  @Test("rows pass filters; what is missing passes none")
  func filters() {
    #expect(ScoreFilters().includes(score: .none, label: nil))
    #expect(ScoreFilters(minimumScore: 0).includes(score: .value(0), label: nil))
    #expect(!ScoreFilters(minimumScore: 0).includes(score: .none, label: "pos"))
    #expect(!ScoreFilters(minimumScore: 2).includes(score: .value(1), label: "pos"))
    #expect(ScoreFilters(maximumScore: 2).includes(score: .value(2), label: "pos"))
    #expect(!ScoreFilters(maximumScore: 2).includes(score: .value(3), label: "pos"))
    let half: Score = Score(0.5) ?? .none
    #expect(ScoreFilters(minimumScore: 0.5, maximumScore: 0.5).includes(score: half, label: nil))
    #expect(!ScoreFilters(minimumScore: 0.51).includes(score: half, label: nil))
    #expect(!ScoreFilters(maximumScore: 0).includes(score: half, label: nil))
    #expect(ScoreFilters(minimumScore: 3, maximumScore: 0.5).selectionText == "min_score=3,max_score=0.5")
    #expect(ScoreFilters(minimumScore: 3, label: "pos").nameParts == ["min3", "pos"])
    #expect(ScoreFilters(label: "pos").includes(score: .none, label: "pos"))
    #expect(!ScoreFilters(label: "pos").includes(score: .value(3), label: nil))
  }

  @Test(
    "selections",
    arguments: [
      ("d", "d", ScoreFilters()), ("a:b", "a:b", ScoreFilters()),
      ("d:label=pos", "d", ScoreFilters(label: "pos")),
      ("d:min_score=-0.50,max_score=.75", "d", ScoreFilters(minimumScore: -0.5, maximumScore: 0.75)),
      ("C:d:min_score=3,label=neg,max_score=4", "C:d", ScoreFilters(minimumScore: 3, maximumScore: 4, label: "neg")),
    ])
  func selections(text: String, dataset: String, filters: ScoreFilters) throws {
    #expect(try DatasetSelection(parsing: text) == DatasetSelection(dataset: dataset, filters: filters))
  }

  @Test(
    "selections that are refused",
    arguments: [
      ("", "a dataset's name is missing"), (":label=pos", #"":label=pos": the dataset's name is missing"#),
      ("d:label=", #""d:label=": the label is empty"#),
      ("d:score=3", #""d:score=3": the filter "score" is not one of label, min_score, max_score"#),
      ("d:min_score=x", #""d:min_score=x": min_score is "x"; a number such as 3 or 0.5 is expected"#),
      ("d:max_score=0x1p2", #""d:max_score=0x1p2": max_score is "0x1p2"; a number such as 3 or 0.5 is expected"#),
      ("d:max_score=inf", #""d:max_score=inf": max_score is "inf"; a number such as 3 or 0.5 is expected"#),
      ("d:label=pos,", #""d:label=pos,": the filter "" is not of the form name=value"#),
      ("d:label=pos,label=neg", #""d:label=pos,label=neg": label is given twice"#),
    ])
  func refusedSelections(text: String, message: String) {
    #expect {
      try DatasetSelection(parsing: text)
    } throws: { error in
      "\(error)" == message
    }
  }

  @Test("files of names: comments and blank lines are passed over, faults are named with their line")
  func nameFiles() throws {
    try Scratch.with { folder in
      let path = try folder.file("names.txt", "# all\n\n  a__b#c\t\r\nd:label=pos # why\n#e\nf")
      #expect(
        try DatasetSelection.list(inFile: path)
          == [
            DatasetSelection(dataset: "a__b#c"), DatasetSelection(dataset: "d", filters: ScoreFilters(label: "pos")),
            DatasetSelection(dataset: "f"),
          ])
      let bad = try folder.file("bad.txt", "a\nb:x=1\n")
      #expect {
        try DatasetSelection.list(inFile: bad)
      } throws: { error in
        "\(error)" == "\(bad), line 2: \"b:x=1\": the filter \"x\" is not one of label, min_score, max_score"
      }
      #expect(throws: InputError.self) { try DatasetSelection.list(inFile: folder.path + "/none") }
    }
  }
}
