enum JSONDocumentsPlaceholder {}
