public import Analysis
public import ArgumentParser
public import Histograms
public import TokenStatistics

// Values that options take by their raw names; all names stand in the help.

extension PlotFormat: ExpressibleByArgument {}
extension PlotStyle: ExpressibleByArgument {}
extension CountMode: ExpressibleByArgument {}
extension ErrorPolicy: ExpressibleByArgument {}
extension SplitSettings.Group: ExpressibleByArgument {}
extension SplitSettings.Stratum: ExpressibleByArgument {}
