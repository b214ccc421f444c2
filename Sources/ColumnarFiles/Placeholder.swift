enum ColumnarFilesPlaceholder {}
