/// The number of a token in its vocabulary, as Hugging Face tokenizers number it.
public typealias TokenID = Int32
