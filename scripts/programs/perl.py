"""Perl's ithreads: an interpreter for each thread, queues, semaphores, signals to threads, processes."""

SCRIPT = r'''
use strict; use warnings; use threads; use threads::shared; use Thread::Queue; use Thread::Semaphore;
use IO::Socket::INET; use Time::HiRes qw(sleep);
my ($in, $out) = (Thread::Queue->new, Thread::Queue->new);
sub square { while (defined(my $n = $in->dequeue)) { $out->enqueue($n * $n) } }
my @workers = map { threads->create(\&square) } 1..8;
$in->enqueue(1..1000); $in->end; $_->join for @workers; $out->end;
my $sum = 0; while (defined(my $n = $out->dequeue_nb)) { $sum += $n } print "squares $sum\n";
my $count :shared = 0; my $gate = Thread::Semaphore->new(2);
sub count { for (1..100) { $gate->down; { lock $count; $count++ } $gate->up } }
$_->join for map { threads->create(\&count) } 1..8;
print "count $count\n";
my $ready :shared = 0;
my $waiter = threads->create(sub { lock $ready; cond_wait $ready until $ready; "woken" });
sleep 0.05; { lock $ready; $ready = 1; cond_signal $ready } print $waiter->join, "\n";
my $killed = threads->create(sub { local $SIG{KILL} = sub { threads->exit(7) }; sleep 0.01 while 1 });
sleep 0.05; $killed->kill('KILL'); my @end = $killed->join; print "killed @end\n";
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 50, ReuseAddr => 1) or die;
my $echo = threads->create(sub { for (1..20) { my $c = $server->accept;
  threads->create(sub { while (my $l = <$c>) { print $c uc $l } close $c })->detach; close $c } });
my @clients = map { my $n = $_; threads->create(sub {
  my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->sockport) or die;
  print $c "line $n\n"; my $l = <$c>; close $c; $l }) } 1..20;
print sort map { $_->join } @clients; $echo->join;
sub child { my $n = shift; my $o = `echo child $n; exit $n`; $o . ($? >> 8) . "\n" }
my @outs = map { threads->create(\&child, $_) } 1..6;
print map { $_->join } @outs;
local $SIG{ALRM} = sub { die "alarm\n" }; eval { alarm 1; sleep 10 }; print "caught $@";
'''


def exercise(scene):
    """One script that prints what it found."""
    scene.write("threads.pl", SCRIPT)
    scene.same("threads.pl", scene.run("perl threads.pl"))
