// MariaDB's C client: COUNT connections, on each a query that waits in the server for a lock, all at once.
// usage: mariadb_queries fibers|threads COUNT SOCKET
#include <memory>
#include <mysql.h>
#include <stdexcept>
#include <thread>

#include "at_once.hpp"

namespace {

using Session = std::unique_ptr<MYSQL, decltype(&mysql_close)>;

Session connect(const char* path) {
  Session session(mysql_init(nullptr), mysql_close);
  if (!mysql_real_connect(session.get(), "localhost", "root", nullptr, nullptr, 0, path, 0))
    throw std::runtime_error(mysql_error(session.get()));
  return session;
}

/// The last value of the only row.
long ask(const Session& session, const std::string& query) {
  if (mysql_query(session.get(), query.c_str())) throw std::runtime_error(mysql_error(session.get()));
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_store_result(session.get()),
                                                                        mysql_free_result);
  const MYSQL_ROW row = result ? mysql_fetch_row(result.get()) : nullptr;
  if (!row) throw std::runtime_error("no row");
  return std::stol(row[mysql_num_fields(result.get()) - 1]);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "usage: mariadb_queries fibers|threads COUNT SOCKET\n");
    return 2;
  }
  mysql_library_init(0, nullptr, nullptr);
  const char* path = arguments[3];
  crowd all(arguments + 1);
  const Session gate = connect(path);
  ask(gate, "SELECT GET_LOCK('gate', 60)");
  // Nobody gets through before everybody waits.
  const auto open_gate = [&] {
    const std::string waiting =
        "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE = 'User lock'";
    const unblock::deadline patience(std::chrono::seconds(60));
    while (ask(gate, waiting) < std::stol(arguments[2]))
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ask(gate, "SELECT RELEASE_LOCK('gate')");
  };
  return all.ask([&](int) { return connect(path); },
                 [](const Session& session, int number) {
                   return ask(session, "SELECT GET_LOCK('gate', 60), RELEASE_LOCK('gate'), 7 * " +
                                           std::to_string(number));
                 },
                 open_gate);
}
