enum PersonaDatasetsPlaceholder {}
