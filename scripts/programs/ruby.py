"""Ruby's threads: a kernel thread each, with a timer thread that takes turns."""

SCRIPT = r'''
require "socket"; require "timeout"; require "monitor"; require "open3"
queue, results = Queue.new, Queue.new
workers = 8.times.map { Thread.new { while (n = queue.pop) != :end do results << n * n end } }
1000.times { |n| queue << n }; 8.times { queue << :end }; workers.each(&:join)
puts "squares #{Array.new(results.size) { results.pop }.sum}"
mutex, count = Mutex.new, 0
8.times.map { Thread.new { 1000.times { mutex.synchronize { count += 1 } } } }.each(&:join)
puts "count #{count}"
condition, ready = ConditionVariable.new, false
waiter = Thread.new { mutex.synchronize { condition.wait(mutex) until ready; "woken" } }
sleep 0.05; mutex.synchronize { ready = true; condition.signal }; puts waiter.value
server = TCPServer.new("127.0.0.1", 0)
def serve(c) = Thread.new { while l = c.gets do c.puts l.upcase end; c.close }
acceptor = Thread.new { 40.times { serve(server.accept) } }
puts 40.times.map { |n| Thread.new { s = TCPSocket.new("127.0.0.1", server.addr[1]); s.puts "line #{n}"
  l = s.gets; s.close; l } }.map(&:value).sort
begin Timeout.timeout(0.2) { sleep } rescue puts "timeout #{$!.class}" end
begin Timeout.timeout(0.2) { loop { } } rescue puts "busy #{$!.class}" end
killed = Thread.new { begin sleep ensure $cleanup = true end }
Thread.pass until killed.stop?; killed.kill; killed.join
puts "cleanup #{$cleanup}"
raised = Thread.new { begin IO.pipe[0].read rescue "raised #{$!.message}" end }
Thread.pass until raised.stop?; raised.raise("here"); puts raised.value
puts 6.times.map { |n| Thread.new { o, s = Open3.capture2("cat; exit #{n}", stdin_data: "child #{n}")
  "#{o} #{s.exitstatus}" } }.map(&:value)
trap("USR1") { $signalled = true }; Process.kill("USR1", $$); sleep 0.01 until $signalled; puts "signalled"
pid = fork { Thread.new { puts "in the child" }.join; exit! 3 }; Process.wait(pid); puts $?.exitstatus
busy = 4.times.map { Thread.new { (1..200_000).inject(:+) } }; puts busy.map(&:value).uniq
require "fiber"; puts Fiber.new { Fiber.yield 1; 2 }.resume
'''


def exercise(scene):
    """One script that prints what it found."""
    scene.write("threads.rb", SCRIPT)
    scene.same("threads.rb", scene.run("ruby threads.rb"))
