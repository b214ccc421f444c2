enum TokenStatisticsPlaceholder {}
