// What libc keeps for each thread: uselocale(3), strerror(3), a conversion half way (mbrtowc(3)),
// over blocking.
#include "program.h"

#include <locale.h>
#include <wchar.h>

enum { count = 40 };

static void* body(void* argument) {
  long own = as_number(argument), wrong = 0;
  char text[64], message[64], *part, *rest;
  locale_t utf8 = newlocale(LC_ALL_MASK, "C.UTF-8", NULL);
  wrong += utf8 == NULL;
  if (own % 2)
    uselocale(utf8);
  snprintf(message, sizeof message, "Unknown error %ld", 5000 + own);
  snprintf(text, sizeof text, "%ld,%ld,%ld", own, own + 1, own + 2);

  const char* unknown = strerror(5000 + (int)own);  // glibc keeps this text for each thread
  const char* snowman = "\xe2\x98\x83";
  mbstate_t state = {0};
  wchar_t wide = 0;
  size_t first = mbrtowc(&wide, snowman, 2, &state);  // half a character in the C.UTF-8 locale
  part = strtok_r(text, ",", &rest);
  for (int i = 0; i < 3; i++) {
    wrong += part == NULL || atol(part) != own + i;
    pause_ms(1 + own % 3);
    part = strtok_r(NULL, ",", &rest);
  }
  wrong += part != NULL;
  wrong += strcmp(unknown, message) != 0;
  size_t second = mbrtowc(&wide, snowman + 2, 1, &state);
  if (own % 2)
    wrong += first != (size_t)-2 || second != 1 || wide != 0x2603;
  else
    wrong += first == (size_t)-2;
  wrong += uselocale(NULL) != (own % 2 ? utf8 : LC_GLOBAL_LOCALE);
  uselocale(LC_GLOBAL_LOCALE);
  freelocale(utf8);
  return as_pointer(wrong);
}

int main(void) {
  pthread_t threads[count];
  long wrong = 0;
  for (long i = 0; i < count; i++)
    threads[i] = start(body, as_pointer(i));
  for (int i = 0; i < count; i++)
    wrong += as_number(join(threads[i]));
  printf("wrong %ld\n", wrong);
  return 0;
}
