#pragma once
// SharedValue: one value that many definitions share behind a pointer, compared by what it says.
// Never null: without a value it is an empty one, which costs nothing.

#include <memory>
#include <utility>

namespace takt::core {

template <class T>
class SharedValue {
 public:
  SharedValue() : value_(nothing()) {}
  SharedValue(T value) : value_(std::make_shared<const T>(std::move(value))) {}  // NOLINT: a value

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  const std::shared_ptr<const T>& pointer() const { return value_; }

  friend bool operator==(const SharedValue& a, const SharedValue& b) {
    return a.value_ == b.value_ || *a.value_ == *b.value_;
  }

 private:
  static const std::shared_ptr<const T>& nothing() {
    static const auto none = std::make_shared<const T>();
    return none;
  }

  std::shared_ptr<const T> value_;
};

}  // namespace takt::core
