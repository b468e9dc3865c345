"""Garbage collectors that stop threads by signals: SBCL, Mono, Guile; and Tcl's threads."""

SBCL = """
(let ((threads (loop for i from 1 to 8 collect
        (let ((i i)) (sb-thread:make-thread (lambda ()
          (let ((kept nil))
            (dotimes (k 20000) (push (make-string 20) kept)
              (when (zerop (mod k 5000)) (setf kept nil) (sleep 0.001))))
          (* i i)))))))
  (dotimes (i 5) (gc :full t) (sleep 0.01))
  (print (reduce #'+ (mapcar #'sb-thread:join-thread threads))))
"""
MONO = """
using System; using System.Linq; using System.Threading; using System.Threading.Tasks;
class Collected {
  static void Main() {
    long sum = 0;
    var threads = Enumerable.Range(1, 20).Select(i => new Thread(() => {
      for (int k = 0; k < 2000; k++) { var garbage = new byte[2000]; if (k % 500 == 0) Thread.Sleep(1); }
      Interlocked.Add(ref sum, i);
    })).ToArray();
    foreach (var thread in threads) thread.Start();
    for (int i = 0; i < 5; i++) { GC.Collect(); Thread.Sleep(3); }
    foreach (var thread in threads) thread.Join();
    var tasks = Enumerable.Range(1, 50).Select(async i => { await Task.Delay(i % 5); return i; });
    Console.WriteLine(sum + " " + Task.WhenAll(tasks).Result.Sum());
  }
}
"""
GUILE = """
(use-modules (ice-9 threads))
(define (work i) (usleep 1000) (let loop ((k 0) (kept '())) (if (< k 20000) (loop (+ k 1) (cons k kept)) (length kept))))
(display (apply + (par-map work (iota 20))))
"""
TCL = """
package require Thread
set pool [tpool::create -maxworkers 4]
foreach i {1 2 3 4 5 6 7 8} { lappend jobs [tpool::post $pool "after 2; expr $i * $i"] }
foreach job $jobs { tpool::wait $pool $job; incr sum [tpool::get $pool $job] }
foreach i {1 2 3 4 5} { lappend threads [thread::create -joinable "after 5; thread::exit $i"] }
foreach thread $threads { incr sum [thread::join $thread] }
puts $sum
"""


def exercise(scene):
    """Threads that make garbage while it is collected."""
    for round_ in ("", ", again", ", and again"):
        scene.same("SBCL" + round_, scene.run(f"sbcl --script {scene.write('threads.lisp', SBCL)}"))
        guile = f"guile --no-auto-compile {scene.write('threads.scm', GUILE)}"
        scene.same("Guile" + round_, scene.run(guile))
        scene.same("Tcl" + round_, scene.run(f"tclsh {scene.write('threads.tcl', TCL)}"))
    scene.write("collected.cs", MONO)
    scene.same("Mono's compiler", scene.run("mcs collected.cs"))
    for round_ in ("", ", again", ", and again"):
        scene.same("Mono" + round_, scene.run("mono collected.exe"))
