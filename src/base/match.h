#pragma once
// Match: the overload set for std::visit. Every alternative is answered or it does not compile; do not
// add a generic catch-all lambda.

namespace takt {

template <class... Fs>
struct Match : Fs... {
  using Fs::operator()...;
};

}  // namespace takt
