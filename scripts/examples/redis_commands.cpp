// Redis' hiredis: COUNT connections, on each a command that waits (BLPOP), all at once.
// usage: redis_commands fibers|threads COUNT PORT
#include <hiredis/hiredis.h>
#include <memory>
#include <stdexcept>
#include <thread>

#include "at_once.hpp"

namespace {

using Session = std::unique_ptr<redisContext, decltype(&redisFree)>;
using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

Session connect(int port) {
  Session session(redisConnect("127.0.0.1", port), redisFree);
  if (session->err) throw std::runtime_error(session->errstr);
  return session;
}

template <class... Arguments>
Reply command(const Session& session, const char* format, Arguments... arguments) {
  Reply reply(static_cast<redisReply*>(redisCommand(session.get(), format, arguments...)), freeReplyObject);
  if (!reply) throw std::runtime_error(session->errstr);
  if (reply->type == REDIS_REPLY_ERROR) throw std::runtime_error(reply->str);
  return reply;
}

/// How many clients the server has waiting.
int blocked(const Session& session) {
  const Reply reply = command(session, "INFO clients");
  const std::string text(reply->str, reply->len), name = "blocked_clients:";
  return std::stoi(text.substr(text.find(name) + name.size()));
}

long wait_for_answer(const Session& session, int number) {
  const Reply reply = command(session, "BLPOP answer:%d 60", number);
  if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) throw std::runtime_error("no answer");
  return std::stol(reply->element[1]->str);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "usage: redis_commands fibers|threads COUNT PORT\n");
    return 2;
  }
  const int clients = std::stoi(arguments[2]), port = std::stoi(arguments[3]);
  crowd all(arguments + 1);
  const Session main = connect(port);
  // Nobody gets an answer before everybody waits.
  const auto answer = [&] {
    while (blocked(main) < clients) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    for (int number = 0; number < clients; ++number) command(main, "RPUSH answer:%d %d", number, 7 * number);
  };
  return all.ask([&](int) { return connect(port); }, wait_for_answer, answer);
}
