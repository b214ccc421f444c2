import Counting
import ColumnarFiles
import Datasets

extension DatasetWorker {
  /// Begins a dataset's part of the file of lengths; nil where no such file is wanted.
  func lengthsPart(of job: DatasetJob) throws(DatasetFailure) -> LengthsPart? {
    guard let table = plan.lengths else { return nil }
    do throws(ColumnarFileError) {
      return try table.part(for: job.source.name.identity)
    } catch {
      throw DatasetFailure(dataset: job.name, message: error.description)
    }
  }

  /// Writes the counted rows of a batch.
  func endBatch(_ batch: DatasetBatch, of lengths: inout LengthsPart?) throws(DatasetError) {
    do throws(ColumnarFileError) {
      try lengths?.endBatch(batch)
    } catch {
      throw DatasetError(.unwritable, dataset: "", error.description)
    }
  }

  /// Completes a dataset's part.
  func finish(_ lengths: consuming LengthsPart?, of job: DatasetJob) throws(DatasetFailure) {
    guard let lengths else { return }
    do throws(ColumnarFileError) {
      try lengths.finish()
    } catch {
      throw DatasetFailure(dataset: job.name, message: error.description)
    }
  }
}
