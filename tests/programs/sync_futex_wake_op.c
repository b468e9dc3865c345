// FUTEX_WAKE_OP: every operation and comparison, who is woken on either word. futex(2).
#include "futex.h"

static uint32_t first, second;
static int scope;  // FUTEX_PRIVATE_FLAG or nothing

static void* wait_on(void* address) {
  uint32_t seen = *(uint32_t*)address;
  (void)seen;
  return as_pointer(futex(address, FUTEX_WAIT | scope, 0, NULL, NULL, 0));
}

static void try_operation(const char* name, int operation, uint32_t argument, uint32_t before) {
  second = before;
  long result = futex2(&first, FUTEX_WAKE_OP | scope, 1, 1, &second,
                       (uint32_t)FUTEX_OP(operation, argument, FUTEX_OP_CMP_EQ, 0));
  printf("%s %u on %#x: %#x, result %s\n", name, argument, before, second, answer(result));
}

static void sleepers(pthread_t threads[4]) {
  first = second = 0;
  for (int i = 0; i < 4; i++)
    threads[i] = start(wait_on, i < 2 ? &first : &second);
  while (futex2(&first, FUTEX_CMP_REQUEUE | scope, 0, 9, &first, 0) < 2 ||
         futex2(&second, FUTEX_CMP_REQUEUE | scope, 0, 9, &second, 0) < 2)
    pause_ms(1);
}

static void try_comparison(const char* name, int comparison, uint32_t against) {
  pthread_t threads[4];
  sleepers(threads);
  long result =
      futex2(&first, FUTEX_WAKE_OP | scope, 2, 2, &second,
             (uint32_t)FUTEX_OP(FUTEX_OP_ADD, 1, comparison, against));  // compares the old value, 0
  printf("0 %s %u: woken %s", name, against, answer(result));
  printf(", rest %s", answer(futex(&second, FUTEX_WAKE | scope, 9, NULL, NULL, 0)));
  printf(", value %u\n", second);
  for (int i = 0; i < 4; i++)
    join(threads[i]);
}

static void try_all(int flag) {
  scope = flag;
  try_operation("set", FUTEX_OP_SET, 7, 3);
  try_operation("add", FUTEX_OP_ADD, 7, 3);
  try_operation("or", FUTEX_OP_OR, 12, 3);
  try_operation("andn", FUTEX_OP_ANDN, 2, 7);
  try_operation("xor", FUTEX_OP_XOR, 6, 3);
  try_operation("or shifted", FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT, 8, 1);
  try_comparison("==", FUTEX_OP_CMP_EQ, 0);
  try_comparison("==", FUTEX_OP_CMP_EQ, 1);
  try_comparison("!=", FUTEX_OP_CMP_NE, 1);
  try_comparison("<", FUTEX_OP_CMP_LT, 1);
  try_comparison("<=", FUTEX_OP_CMP_LE, 0);
  try_comparison(">", FUTEX_OP_CMP_GT, 0);
  try_comparison(">=", FUTEX_OP_CMP_GE, 0);
  long result =
      futex2(&first, FUTEX_WAKE_OP | scope, 1, 1, (uint32_t*)8, (uint32_t)FUTEX_OP(FUTEX_OP_SET, 1, 0, 0));
  printf("bad address: %s\n", answer(result));
}

int main(void) {
  printf("private:\n");
  try_all(FUTEX_PRIVATE_FLAG);
  printf("not said to be private:\n");
  try_all(0);
  return 0;
}
