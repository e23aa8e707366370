// What a probe measures.

#include <fmt/format.h>

#include <array>
#include <utility>

#include "fleet/checks.h"
#include "fleet/command_key.h"
#include "fleet/description.h"
#include "fleet/quote.h"
#include "fleet/table_keys.h"
#include "fleet/url_key.h"

namespace takt::fleet {
namespace {

using core::HttpProbe;

void note_place(const Item& item, ProbeDraft& draft) {
  ++draft.measures;
  draft.places.of = item.at;
}

void measure(core::ProbeOf of, ProbeDraft& draft) {
  draft.spec.of = std::move(of);
  draft.is_measurable = true;
}

// --- http ----------------------------------------------------------------------------------------

/// RFC 6901: parts that begin with '/', where '~' stands before 0 and 1 only.
bool is_json_pointer(std::string_view text) {
  if (!text.starts_with('/')) return false;
  for (std::size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  }
  return true;
}

void decode_url(const Item& item, HttpDraft& draft, Complaints& complaints) {
  draft.has_url = true;
  if (auto url = read_url(item, complaints)) draft.probe.url = *std::move(url);
}

void decode_json(const Item& item, HttpDraft& draft, Complaints& complaints) {
  draft.json_at = item.at;
  auto pointer = read_text(item, complaints);
  if (!pointer) return;
  if (!is_json_pointer(*pointer)) {
    return complaints.error(
        item.at, fmt::format("{} {} is no JSON pointer", item.label, quote_value(*pointer)),
        R"(write it like "/queue/length")");
  }
  draft.probe.json = *std::move(pointer);
}

void decode_certificate(const Item& item, HttpDraft& draft, Complaints& complaints) {
  draft.certificate_at = item.key_at;
  store_boolean<&HttpProbe::certificate>(item, draft, complaints);
}

constexpr std::array<Key<HttpDraft>, 4> kHttp{{
    {{"url", shape::kUrl, "required", "what is asked for"}, decode_url},
    {{"status", shape::integer(100, 599), "any of 200 to 299", "the answer that is a success"},
     store_integer<&HttpProbe::status>},
    {{"json",
      shape::custom("JSON pointer", R"(a JSON pointer like "/queue/length")",
                    R"({"type": "string", "pattern": "^/"})"),
      "none", "what of the body is measured; without it all of it"},
     decode_json},
    {{"certificate", shape::kBoolean, "false",
      "measures the server's certificate instead: fresh is about since when it is valid, at_least "
      "and at_most about the time until it expires, succeeds about its not having expired"},
     decode_certificate},
}};

void finish_http(const Item& item, HttpDraft&& http, ProbeDraft& draft, Complaints& complaints) {
  if (!http.has_url) {
    complaints.error(item.at, fmt::format("{} has no url", item.label),
                     R"(add url = "https://example.org")");
  }
  if (http.probe.url.empty()) return;
  if (http.probe.certificate && !http.probe.url.starts_with("https:")) {
    return complaints.error(*http.certificate_at, "a certificate is for https URLs",
                            "an http server has none");
  }
  if (http.probe.certificate && http.json_at) {
    return complaints.error(*http.json_at,
                            "json is about the body, and the certificate is measured",
                            "keep one of the two");
  }
  measure(std::move(http.probe), draft);
}

// --- pool ----------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 2> kUnits{"used", "free"};

void decode_pool_name(const Item& item, PoolProbeDraft& draft, Complaints& complaints) {
  draft.has_pool = true;
  const auto* name = item.node->as_string();
  draft.is_right = false;
  if (name == nullptr) return complain_type(item, item.shape->expected, complaints);
  if (!draft.pools->find(name->get())) {
    return complaints.error(item.at, fmt::format("there is no pool {}", quote_name(name->get())),
                            draft.pools->hint_for(name->get()));
  }
  draft.is_right = true;
  draft.probe.pool = name->get();
}

void decode_units(const Item& item, PoolProbeDraft& draft, Complaints& complaints) {
  if (const auto word = read_word(item, complaints)) draft.probe.free = *word == 1;
}

constexpr std::array<Key<PoolProbeDraft>, 2> kPoolProbe{{
    {{"pool", shape::custom("name", "the name of a pool", R"({"$ref": "#/$defs/name"})"),
      "required", "whose slots"},
     decode_pool_name},
    {{"of",
      {.kind = Shape::Kind::word, .type = "word", .expected = "a word", .words = kUnits},
      "used",
      "slots in use, or those that are free"},
     decode_units},
}};

}  // namespace

void decode_sql(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  note_place(item, draft);
  draft.check->sql_at.push_back(item.at);
  if (auto query = read_text(item, complaints)) measure(core::SqlProbe{*std::move(query)}, draft);
}

void decode_job(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  note_place(item, draft);
  const auto* name = item.node->as_string();
  if (name == nullptr) return complain_type(item, item.shape->expected, complaints);
  FleetDraft& fleet = *draft.check->fleet;
  fleet.mentions.push_back(
      {.job = name->get(), .at = item.at, .check = fleet.spec.health.size(), .params = {}});
  measure(core::JobProbe{name->get()}, draft);
}

void decode_command(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  note_place(item, draft);
  if (auto command = read_command_in(draft.check->fleet->folder, item, complaints)) {
    measure(core::CommandProbe{std::move(command)}, draft);
  }
}

void decode_http(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  note_place(item, draft);
  if (item.node->is_string()) {
    if (auto url = read_url(item, complaints)) {
      measure(HttpProbe{.url = *std::move(url), .status = {}, .json = {}}, draft);
    }
    return;
  }
  if (!item.node->is_table()) return complain_type(item, item.shape->expected, complaints);
  HttpDraft http;
  decode_nested(item, http_keys(), http, complaints);
  finish_http(item, std::move(http), draft, complaints);
}

void decode_file(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  note_place(item, draft);
  if (const auto path = read_path(item, complaints)) {
    measure(core::FileProbe{absolute_path(draft.check->fleet->folder, *path)}, draft);
  }
}

void decode_pool(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  note_place(item, draft);
  PoolProbeDraft pool;
  pool.pools = &draft.check->fleet->pools;
  if (item.node->is_table()) {
    decode_nested(item, pool_probe_keys(), pool, complaints);
    if (!pool.has_pool) {
      return complaints.error(item.at, fmt::format("{} names no pool", item.label),
                              R"(add pool = "NAME")");
    }
  } else {
    decode_pool_name(item, pool, complaints);
  }
  if (pool.is_right) measure(std::move(pool.probe), draft);
}

void decode_memory(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  note_place(item, draft);
  const auto* yes = item.node->as_boolean();
  if (yes == nullptr || !yes->get()) return complain_type(item, item.shape->expected, complaints);
  measure(core::MemoryProbe{}, draft);
}

const KeyTable<HttpDraft>& http_keys() {
  static const KeyTable<HttpDraft> keys{{section<HttpDraft>("", kHttp)}};
  return keys;
}

const KeyTable<PoolProbeDraft>& pool_probe_keys() {
  static const KeyTable<PoolProbeDraft> keys{{section<PoolProbeDraft>("", kPoolProbe)}};
  return keys;
}

}  // namespace takt::fleet
