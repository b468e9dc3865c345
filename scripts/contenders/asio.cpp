// Boost.Asio, C++20 coroutines, one thread: a coroutine per connection.
#include <chrono>
#include <utility>  // for Boost 1.74, which forgets it

#include <boost/asio.hpp>

extern "C" {
#include "contender.h"
}

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

asio::awaitable<void> serve(tcp::socket socket, protocol protocol) {
  char data[256];
  unsigned char matched = 0;
  try {
    for (;;) {
      const std::size_t size = co_await socket.async_read_some(asio::buffer(data), asio::use_awaitable);
      if (protocol == protocol_http) {
        for (int heads = heads_ended(&matched, data, size); heads > 0; --heads)
          co_await asio::async_write(socket, asio::buffer(http_answer, http_answer_size),
                                     asio::use_awaitable);
        continue;
      }
      if (protocol == protocol_sleep) {
        asio::steady_timer timer(socket.get_executor(), std::chrono::milliseconds(sleep_ms));
        co_await timer.async_wait(asio::use_awaitable);
      }
      co_await asio::async_write(socket, asio::buffer(data, size), asio::use_awaitable);
    }
  } catch (const boost::system::system_error&) {
    // The peer is gone.
  }
}

asio::awaitable<void> listen(order order) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(executor,
                         {asio::ip::address_v4::loopback(), static_cast<unsigned short>(order.port)});
  acceptor.listen(backlog);
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(executor, serve(std::move(socket), order.protocol), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  asio::io_context context(1);
  asio::co_spawn(context, listen(order_of(argc, argv)), asio::detached);
  context.run();
}
