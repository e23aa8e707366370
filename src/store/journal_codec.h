#pragma once
// Journal codec: a batch as bytes and back. Every field carries its type, every row the number of
// its fields, and enumerations their word, so that a journal can be read by a later takt:
//
//   batch    seq, synced, fleet row, number of rows, rows
//   row      letter of its kind, number of fields, fields in the order of RowTable
//   field    0 | 1 varint (zigzag) | 2 double (8 bytes, little endian) | 3 length, bytes
//
// A row with fewer fields than this build knows gets defaults for the rest (new columns come last,
// as they do in the schema); one with more, or with an unknown word, was written by a newer takt.
// Pure; any thread. Private to this folder.

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "core/rows.h"

namespace takt::store {

/// Appends the batch to `out`.
void encode_batch(const core::Batch& batch, std::string& out);

/// The whole of `bytes` as one batch. The error says what does not fit; any bytes are allowed.
std::expected<core::Batch, std::string> decode_batch(std::string_view bytes);

}  // namespace takt::store
