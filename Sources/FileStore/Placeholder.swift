enum FileStorePlaceholder {}
