// What a program that imports Steward sees without importing the model's modules one by one.
@_exported public import AstroTime
@_exported public import struct Databases.LockWaitReport
@_exported public import struct Databases.LockWaiting
@_exported public import Datasets
@_exported public import Dimensions
@_exported public import Queries
@_exported public import SphericalGeometry
@_exported public import struct Registry.FieldDifference
@_exported public import enum Registry.RecordOutcome
@_exported public import struct Registry.GlobPattern
@_exported public import struct Registry.RepositoryFinding
@_exported public import enum Resources.TransferMode
@_exported public import struct Registry.ReferenceCatalogueRecord
