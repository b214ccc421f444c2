/// Members of rows that change what a row is, so that they are told of wherever nothing is read of them.
public enum ToldMembers {
  /// Members that hold what is no text.
  public static let media: Set<String> = ["images", "image", "videos", "video", "audios", "audio"]

  /// All of them: media, system messages and answers.
  public static let names: Set<String> = media.union(RowShape.rejectedColumns).union(RowShape.instructionsToGemini)
    .union(["system", "system_prompt", "chosen", "chosen_messages"])
}
