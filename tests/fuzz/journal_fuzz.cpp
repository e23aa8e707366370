// The journal: a file that a crash, a disk or somebody else may have left in any state. The input is
// taken three ways: as what lies behind a good header; as the payload of a frame whose hash is right,
// so that the rows are reached; and as one batch, which is written again when it could be read.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "store/journal_codec.h"
#include "store/journal_format.h"

namespace {

using namespace takt::store;

const JournalOwner kOwner{"fuzz", 1, "0123456789abcdef"};

void demand(bool holds) {
  if (!holds) std::abort();
}

void parse(const std::string& file) {
  const auto contents = parse_journal(std::as_bytes(std::span(file)), 1);
  if (!contents) {
    demand(!contents.error().what.empty());
    return;
  }
  demand(contents->owner == kOwner);
  demand(contents->end >= kJournalHeaderBytes && contents->end <= file.size() + 8);
}

/// What can be read is written so that it reads the same again.
void round_trip(std::string_view bytes) {
  const auto batch = decode_batch(bytes);
  if (!batch) {
    demand(!batch.error().empty());
    return;
  }
  std::string once;
  encode_batch(*batch, once);
  const auto again = decode_batch(once);
  demand(again.has_value());
  std::string twice;
  encode_batch(*again, twice);
  demand(once == twice);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  static const std::string header = make_header(kOwner);
  parse(header + bytes);
  const std::string batches[] = {bytes};
  parse(header + make_frame(kOwner, 1, kJournalHeaderBytes, batches) + bytes);
  round_trip(bytes);
  return 0;
}
