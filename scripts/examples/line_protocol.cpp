// A protocol of lines and counted blocks, as asynchat's classes speak it. usage: line_protocol PORT
//
//     SET name 5      then five bytes    OK
//     GET name                           5, then five bytes, or NONE
//     QUIT                               closes once all is sent
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <sstream>

#include <unblock.hpp>

namespace {

class Store {
 public:
  void set(const std::string& name, std::string value) {
    const std::lock_guard held(mutex_);
    values_[name] = std::move(value);
  }
  std::optional<std::string> get(const std::string& name) {
    const std::lock_guard held(mutex_);
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> values_;
};

void converse(unblock::stream& connection, Store& store) {
  while (const auto line = connection.read_until("\r\n", 1024)) {
    std::istringstream words(*line);
    std::string verb, name;
    std::size_t size = 0;
    words >> verb >> name >> size;
    if (verb == "SET" && size <= 1 << 20) {
      store.set(name, connection.read_exactly(size).value_or(""));
      connection.push("OK\r\n");
    } else if (verb == "GET") {
      const auto value = store.get(name);
      connection.push(value ? std::to_string(value->size()) + "\r\n" + *value : "NONE\r\n");
    } else if (verb == "QUIT") {
      connection.push("BYE\r\n");
      connection.close_when_done();
      return;
    } else {
      connection.push("WHAT?\r\n");
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  const unblock::runtime runtime;
  Store store;
  unblock::stream_server server(static_cast<std::uint16_t>(count > 1 ? std::atoi(arguments[1]) : 6002),
                                [&](unblock::stream& connection) { converse(connection, store); });
  std::printf("listening on 127.0.0.1:%d\n", server.port());
  std::fflush(stdout);
  pause();
}
