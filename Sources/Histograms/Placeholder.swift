enum HistogramsPlaceholder {}
