#pragma once
// File probes. Links are followed: what is asked about is what a reader of the path would get.
// Private to this folder.

#include "core/health.h"

namespace takt::probe {

///                 fresh          at_least, at_most, equals   succeeds
///   there         written at     size in bytes               true
///   not there     absent         absent                      false
///   not to be seen               unknown
core::Measurement file_value(const core::FileProbe& file, const core::Condition& condition);

}  // namespace takt::probe
