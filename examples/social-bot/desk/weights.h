#pragma once
// What the bot believes about topics, formats and styles of answering: one weight each, 1.0 for
// average. `learning` and `reply_learning` write them out of measured likes, `plan` and
// `reply_posting` choose by them. Nothing is ever certain: a small floor keeps trying what did
// badly once.

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "desk/desk.h"

namespace bot {

using Weights = std::map<std::string, double, std::less<>>;

/// The stored weights of a kind ("topic", "format", "style"), 1.0 for those of `names` without one.
Weights weights_of(Database& db, std::string_view kind, std::span<const std::string_view> names);

/// One of the names, each as likely as its weight says.
std::string choose(const Weights& weights, std::mt19937_64& dice);

/// Stores weights out of `average_sql`, which gives (name, mean likes, samples): the mean over the
/// overall mean, drawn towards 1.0 while samples are few. How many names were weighed.
int learn_weights(Database& db, std::string_view kind, Query averages, Time now);

/// "topic maps x1.8": the best of a kind, for the line a job prints; "" when nothing was learned.
std::string favourite(Database& db, std::string_view kind);

}  // namespace bot
