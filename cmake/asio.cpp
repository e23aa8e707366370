// The one translation unit with Asio's and Beast's own code; everything else sees declarations only.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
