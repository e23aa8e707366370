#include "api/body.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cctype>

#include "api/render.h"
#include "fleet/quote.h"

namespace takt::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kDepthMax = 8;
constexpr std::size_t kTextMax = 1000;

std::unexpected<Response> refuse(std::string_view what, const Route& route) {
  return std::unexpected(bad(Status::bad_request, what, route.path, "see the route's body"));
}

/// "Application/JSON; charset=utf-8" is application/json.
bool is_json_type(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return std::ranges::equal(type, std::string_view("application/json"), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
}

std::optional<std::string> text_of(const json::value& value) {
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_string();
  // A NUL would end an environment variable early: the job would see another value than was sent.
  if (text.find('\0') != json::string::npos) return std::nullopt;
  return std::string(text);
}

/// A parameter in the spelling the job receives; what it must look like is the job's to say.
std::optional<std::string> param_of(const json::value& value) {
  if (value.is_string()) return text_of(value);
  if (value.is_double()) return fmt::format("{}", value.get_double());  // 0.5, not 5E-1
  if (value.is_number() || value.is_bool()) return json::serialize(value);
  return std::nullopt;
}

bool take_params(const json::value& value, Body& body) {
  if (!value.is_object()) return false;
  for (const auto& [name, item] : value.get_object()) {
    auto text = param_of(item);
    if (!text || name.find('\0') != json::string_view::npos) return false;
    body.params.emplace_back(std::string(name), std::move(*text));
  }
  return true;
}

bool take_duration(const json::value& value, Body& body) {
  if (!value.is_int64()) return false;
  const Duration lasting{value.get_int64()};
  if (lasting <= Duration::zero() || lasting > kDurationMax) return false;
  body.lasting = lasting;
  return true;
}

bool take_token(const json::value& value, Body& body) {
  if (!value.is_int64() || value.get_int64() < 1) return false;
  body.token = Token{value.get_int64()};
  return true;
}

bool take_progress(const json::value& value, Body& body) {
  json::error_code error;
  const double progress = value.is_number() ? value.to_number<double>(error) : -1;
  if (error || !(progress >= 0 && progress <= 100)) return false;
  body.beat.progress = static_cast<int>(progress);
  return true;
}

bool take_note(const json::value& value, Body& body) {
  const auto text = text_of(value);
  if (!text || text->size() > kTextMax) return false;
  body.beat.note = core::clean_note(*text);
  return true;
}

bool take(const Field& field, const json::value& value, Body& body) {
  switch (field.type) {
    case FieldType::text: {
      auto text = text_of(value);
      if (!text || text->size() > kTextMax) return false;
      body.reason = std::move(*text);
      return true;
    }
    case FieldType::flag:
      if (!value.is_bool()) return false;
      body.force = value.get_bool();
      return true;
    case FieldType::duration:
      return take_duration(value, body);
    case FieldType::params:
      return take_params(value, body);
    case FieldType::token:
      return take_token(value, body);
    case FieldType::progress:
      return take_progress(value, body);
    case FieldType::note:
      return take_note(value, body);
  }
  return false;
}

std::string_view wanted(FieldType type) {
  switch (type) {
    case FieldType::text:
    case FieldType::note:
      return "a string of at most 1000 bytes without NUL";
    case FieldType::flag:
      return "true or false";
    case FieldType::duration:
      return "a whole number of milliseconds above zero";
    case FieldType::params:
      return "an object of strings (without NUL), numbers and booleans";
    case FieldType::token:
      return "a whole number above zero";
    case FieldType::progress:
      return "a number from 0 to 100";
  }
  return "";
}

}  // namespace

std::expected<Body, Response> parse_body(const Route& route, const Request& request) {
  if (!request.content_type.empty() || !request.body.empty()) {
    if (!is_json_type(request.content_type)) {
      return std::unexpected(bad(Status::wrong_type, "the body is not application/json", route.path,
                                 "send Content-Type: application/json"));
    }
  }
  Body body;
  const auto needed = std::ranges::find_if(route.body, &Field::needed);
  if (request.body.empty()) {
    if (needed == route.body.end()) return body;
    return refuse(std::string(needed->name) + " is missing", route);
  }

  json::error_code error;
  json::parse_options options;
  options.max_depth = kDepthMax;
  const auto value = json::parse(request.body, error, {}, options);
  if (error) return refuse("the body is not valid JSON: " + error.message(), route);
  if (!value.is_object()) return refuse("the body is not a JSON object", route);

  for (const auto& [name, item] : value.get_object()) {
    const auto field = std::ranges::find_if(
        route.body, [&](const Field& f) { return f.name == std::string_view(name); });
    if (field == route.body.end()) {
      return refuse("unknown member " + fleet::quote_name(std::string_view(name)), route);
    }
    if (!take(*field, item, body)) {
      return refuse(std::string(field->name) + " must be " + std::string(wanted(field->type)),
                    route);
    }
  }
  for (const Field& field : route.body) {
    if (field.needed && !value.get_object().contains(field.name)) {
      return refuse(std::string(field.name) + " is missing", route);
    }
  }
  return body;
}

}  // namespace takt::api
