// A library that is only found by whoever knows its place.
int placed(void) {
  return 1;
}
