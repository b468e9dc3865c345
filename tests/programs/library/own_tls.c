// A library whose threads' own variables are at a fixed distance from the thread pointer: there must be room
// for them in every thread before it is loaded.
static _Thread_local __attribute__((tls_model("initial-exec"))) char own[SIZE] = {1};

/// Makes `value` the calling thread's own. Returns what it was: 1 at first; -1 if the rest is not as it
/// should be.
int own_tls_exchange(char value) {
  int before = own[0];
  for (int i = 1; i < SIZE; i++)
    if (own[i] != (i == SIZE - 1 && before != 1 ? before : 0))
      return -1;
  own[0] = own[SIZE - 1] = value;
  return before;
}
