# Most of the time of a build goes into reading the same headers of Boost and GoogleTest, so each is
# read once. What a file uses it includes all the same: without these the build must work too.
option(CLOUD2MQTT_PRECOMPILE "Precompile the headers of libraries" ON)

set(pure_headers <algorithm> <chrono> <map> <memory> <optional> <string> <vector>
  <boost/asio/awaitable.hpp> <boost/json.hpp> <boost/system/result.hpp>)
set(loop_headers ${pure_headers} <functional> <boost/asio/any_io_executor.hpp>
  <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp>
  <boost/asio/post.hpp> <boost/asio/redirect_error.hpp> <boost/asio/steady_timer.hpp>
  <boost/asio/use_awaitable.hpp>)
set(test_headers ${loop_headers} <gmock/gmock.h> <gtest/gtest.h>)

# precompile(TARGET HEADERS... | FROM TARGET)
function(precompile target)
  if(NOT CLOUD2MQTT_PRECOMPILE)
    return()
  endif()
  if(ARGV1 STREQUAL "FROM")
    target_precompile_headers(${target} REUSE_FROM ${ARGV2})
  else()
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()
