"""A program on HotSpot, which has safepoints, stack banging, its own signals and a parallel collector."""

SOURCE = r'''
import java.io.*; import java.net.*; import java.util.*; import java.util.concurrent.*;
import java.util.concurrent.atomic.*; import java.util.stream.*;
public class Program {
  static int depth(int n) { return n == 0 ? 0 : 1 + depth(n - 1); }
  static int overflow(int n) { return overflow(n + 1) + 1; }
  public static void main(String[] a) throws Exception {
    var pool = Executors.newFixedThreadPool(16); var counter = new AtomicLong(); var all = new ArrayList<Future<?>>();
    for (int i = 0; i < 1000; i++) { int n = i; all.add(pool.submit(() -> counter.addAndGet(n))); }
    for (var one : all) one.get();
    System.out.println("pool " + counter);
    var lock = new Object(); int[] count = {0}; var threads = new ArrayList<Thread>();
    for (int i = 0; i < 50; i++) { var t = new Thread(() -> { for (int k = 0; k < 1000; k++) synchronized (lock) { count[0]++; } });
      t.start(); threads.add(t); }
    for (var t : threads) t.join();
    System.out.println("count " + count[0]);
    var server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    var acceptor = new Thread(() -> { try { for (;;) { var s = server.accept(); new Thread(() -> {
        try (s) { s.getInputStream().transferTo(s.getOutputStream()); } catch (IOException e) { } }).start(); }
      } catch (IOException e) { } });
    acceptor.start();
    var answers = new ArrayList<Future<Integer>>();
    for (int i = 0; i < 40; i++) { int n = i; answers.add(pool.submit(() -> {
      try (var s = new Socket(server.getInetAddress(), server.getLocalPort())) {
        var out = new byte[20000]; new Random(n).nextBytes(out); s.getOutputStream().write(out); s.shutdownOutput();
        return Arrays.equals(out, s.getInputStream().readAllBytes()) ? 1 : 0; } })); }
    int right = 0; for (var one : answers) right += one.get();
    System.out.println("echoes " + right); server.close(); acceptor.join();
    long total = IntStream.range(0, 400).parallel().mapToLong(i -> { var list = new ArrayList<byte[]>();
      for (int k = 0; k < 100; k++) list.add(new byte[10000 + k]); return list.stream().mapToLong(b -> b.length).sum(); }).sum();
    System.gc(); System.out.println("collected " + total);
    String s = null; int caught = 0;
    for (int i = 0; i < 20000; i++) try { s.length(); } catch (NullPointerException e) { caught++; }
    System.out.println("null pointers " + caught + ", depth " + depth(5000));
    for (int i = 0; i < 3; i++) { var t = new Thread(() -> { try { overflow(0); } catch (StackOverflowError e) {
      System.out.println("stack overflow"); } }); t.start(); t.join(); }
    var sleeper = new Thread(() -> { try { Thread.sleep(100000); } catch (InterruptedException e) {
      System.out.println("interrupted"); } });
    sleeper.start(); while (sleeper.getState() != Thread.State.TIMED_WAITING) Thread.yield(); sleeper.interrupt(); sleeper.join();
    var p = new ProcessBuilder("sh", "-c", "cat; exit 3").start(); p.getOutputStream().write("child\n".getBytes());
    p.getOutputStream().close(); System.out.print(new String(p.getInputStream().readAllBytes()));
    System.out.println("exit " + p.waitFor());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook"))); pool.shutdown();
    System.exit(5);
  }
}
'''


def exercise(scene):
    """Compiled natively; run with two collectors, and interpreted."""
    scene.write("Program.java", SOURCE)
    scene.check("javac", scene.client("javac Program.java", timeout=120), "[status 0]")
    for options in ("-XX:+UseParallelGC", "-XX:+UseG1GC", "-Xint"):
        scene.same(options, scene.run(f"java {options} -Xmx256m Program", timeout=120))
    scene.same("javac, which is such a program", scene.run("javac -d again Program.java", timeout=120))
