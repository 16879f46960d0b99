#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

// The C library's elementary functions. Regions built from angles carry their last bits into stored bytes, so these and
// no other approximations are used; on Linux they are the ones that the reference calls.

/// Sine of an angle in radians.
func sine(_ x: Double) -> Double { sin(x) }

/// Cosine of an angle in radians.
func cosine(_ x: Double) -> Double { cos(x) }

/// Tangent of an angle in radians.
func tangent(_ x: Double) -> Double { tan(x) }

/// Inverse sine, in radians.
func arcSine(_ x: Double) -> Double { asin(x) }

/// Inverse cosine, in radians.
func arcCosine(_ x: Double) -> Double { acos(x) }

/// Inverse tangent, in radians.
func arcTangent(_ x: Double) -> Double { atan(x) }

/// Angle of the point (x, y), in radians from -π to π.
func arcTangent(_ y: Double, _ x: Double) -> Double { atan2(y, x) }

/// Remainder of a division truncated towards zero.
func truncatedRemainder(_ x: Double, _ y: Double) -> Double { fmod(x, y) }
