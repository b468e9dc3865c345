// libcurl's easy interface, as its tutorial has it: COUNT transfers at once, each blocking its own thread.
// usage: curl_transfers fibers|threads COUNT URL; a page's number is added to the URL, its body is a number.
#include <curl/curl.h>
#include <memory>
#include <stdexcept>

#include "at_once.hpp"

namespace {

std::size_t append(char* data, std::size_t, std::size_t size, void* body) {
  static_cast<std::string*>(body)->append(data, size);
  return size;
}

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

long transfer(const Handle& handle, const std::string& url) {
  std::string body;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt(handle.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &body);
  if (const CURLcode code = curl_easy_perform(handle.get()))
    throw std::runtime_error(curl_easy_strerror(code));
  return std::stol(body);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "usage: curl_transfers fibers|threads COUNT URL\n");
    return 2;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::string url = arguments[3];
  return crowd(arguments + 1)
      .ask([](int) { return Handle(curl_easy_init(), curl_easy_cleanup); },
           [&](const Handle& handle, int number) { return transfer(handle, url + std::to_string(number)); });
}
