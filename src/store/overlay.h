#pragma once
// Overlay: what a coordinator is restored from when the database cannot yet take what the journal
// holds: the database's rows, and over them the journal's, each replacing the one with its key.
// Private to this folder; pure.

#include <span>

#include "core/rows.h"

namespace takt::store {

/// `stored` as it will be once the batches are committed, in order. Batches that are committed
/// already change nothing.
core::Stored overlay(core::Stored stored, std::span<const core::Batch> batches);

}  // namespace takt::store
