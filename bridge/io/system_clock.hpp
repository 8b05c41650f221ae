#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "runtime/ports.hpp"

namespace bridge {

std::unique_ptr<Clock> make_system_clock(boost::asio::any_io_executor loop);

}  // namespace bridge
