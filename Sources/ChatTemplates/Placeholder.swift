enum ChatTemplatesPlaceholder {}
