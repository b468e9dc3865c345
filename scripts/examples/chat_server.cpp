// A chat: what one says in a line, all others read. Each connection has a channel of what it is to be told;
// the room is an actor, so nothing is locked. usage: chat_server PORT
#include <cstdio>
#include <cstdlib>
#include <map>

#include <unblock.hpp>

namespace {

using Lines = unblock::channel<std::string>;

struct Event {
  enum { arrives, says, leaves } what;
  int who;
  std::string line;
  Lines lines;
};

void keep_room(unblock::mailbox<Event>& box) {
  std::map<int, Lines> present;
  while (auto event = box.receive()) {
    const auto tell_others = [&](const std::string& line) {
      // Whoever does not read what he is told misses it; the room does not wait.
      for (auto& [who, lines] : present)
        if (who != event->who) lines.try_send(line);
    };
    if (event->what == Event::arrives) {
      present.emplace(event->who, event->lines);
      event->lines.send("welcome, " + std::to_string(present.size()) + " here");
    } else if (event->what == Event::says) {
      tell_others(event->line);
    } else {
      present.erase(event->who);
      event->lines.close();
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  const unblock::runtime runtime;
  const unblock::actor<Event> room(keep_room);
  const auto port = static_cast<std::uint16_t>(count > 1 ? std::atoi(arguments[1]) : 6001);
  unblock::stream_server server(port, [&](unblock::stream& connection) {
    const int who = connection.fd();
    const Lines lines(100);
    // One thread reads, another writes: each with a stream of its own.
    const auto writer = unblock::spawn([lines, who] {
      unblock::stream out(dup(who));
      for (const std::string& line : lines) {
        out.push(line + "\n");
        out.flush();
      }
    });
    room.send({Event::arrives, who, {}, lines});
    while (auto line = connection.read_until("\n")) room.send({Event::says, who, *line, lines});
    room.send({Event::leaves, who, {}, lines});
    writer.join();
  });
  std::printf("listening on 127.0.0.1:%d\n", server.port());
  std::fflush(stdout);
  pause();
}
