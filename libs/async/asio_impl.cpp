// Asio itself, compiled once: BOOST_ASIO_SEPARATE_COMPILATION is set for whoever links `async`.
#include <boost/asio/impl/src.hpp>
