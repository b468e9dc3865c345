// getpwnam_r(3), getpwuid_r, getgrgid_r, getgrouplist from fifty threads at once: ERANGE, not found, found.
#include "program.h"

#include <grp.h>
#include <pwd.h>

enum { count = 50, rounds = 20 };

static void* look_up(void* argument) {
  long wrong = 0;
  for (int i = 0; i < rounds; i++) {
    struct passwd user, *found = NULL;
    char buffer[4096];
    wrong +=
        getpwnam_r("root", &user, buffer, sizeof buffer, &found) != 0 || found == NULL || user.pw_uid != 0;
    wrong += getpwuid_r(0, &user, buffer, sizeof buffer, &found) != 0 || found == NULL ||
             strcmp(user.pw_name, "root") != 0;
    wrong += getpwnam_r("root", &user, buffer, 3, &found) != ERANGE;
    getpwnam_r("no-such-user-here", &user, buffer, sizeof buffer, &found);
    wrong += found != NULL;
    struct group group, *found_group = NULL;
    wrong += getgrgid_r(0, &group, buffer, sizeof buffer, &found_group) != 0 || found_group == NULL ||
             strcmp(group.gr_name, "root") != 0;
    gid_t groups[64];
    int groups_count = 64;
    wrong += getgrouplist("root", 0, groups, &groups_count) < 1 || groups[0] != 0;
  }
  return argument != NULL ? argument : as_pointer(wrong);
}

int main(void) {
  pthread_t threads[count];
  long wrong = 0;
  for (int i = 0; i < count; i++)
    threads[i] = start(look_up, NULL);
  for (int i = 0; i < count; i++)
    wrong += as_number(join(threads[i]));
  printf("wrong %ld\n", wrong);
  return 0;
}
