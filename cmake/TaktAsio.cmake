# Asio and Beast are compiled once, here (BOOST_ASIO_SEPARATE_COMPILATION).
add_library(takt_asio STATIC ${PROJECT_SOURCE_DIR}/cmake/asio.cpp)
target_link_libraries(takt_asio PUBLIC takt_flags Boost::headers Threads::Threads)
