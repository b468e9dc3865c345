"""Erlang's virtual machine: a scheduler for each CPU, threads for files, a process that forks for it."""

PROGRAM = r"""
Self = self(),
Answers = fun(Count) -> lists:sort([receive {answer, X} -> X end || _ <- lists:seq(1, Count)]) end,
[spawn(fun() -> receive after 50 -> Self ! {answer, X * X} end end) || X <- lists:seq(1, 3000)],
io:format("~p~n", [lists:sum(Answers(3000))]),
Write = fun(X) -> Name = "file" ++ integer_to_list(X), ok = file:write_file(Name, binary:copy(<<X>>, 100000)),
  {ok, Data} = file:read_file(Name), Self ! {answer, erlang:crc32(Data)} end,
[spawn(fun() -> Write(X) end) || X <- lists:seq(1, 30)],
io:format("~p~n", [Answers(30)]),
{ok, Listener} = gen_tcp:listen(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}, {backlog, 256}]),
{ok, Port} = inet:port(Listener),
Serve = fun() -> {ok, Peer} = gen_tcp:accept(Listener), {ok, Data} = gen_tcp:recv(Peer, 5),
  ok = gen_tcp:send(Peer, string:uppercase(Data)), gen_tcp:close(Peer) end,
[spawn(Serve) || _ <- lists:seq(1, 100)],
Ask = fun() -> {ok, Peer} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {active, false}]),
  ok = gen_tcp:send(Peer, <<"hello">>), {ok, Data} = gen_tcp:recv(Peer, 5), Self ! {answer, Data} end,
[spawn(Ask) || _ <- lists:seq(1, 100)],
io:format("~p~n", [lists:usort(Answers(100))]),
Child = fun(X) -> Self ! {answer, os:cmd("sleep 0.1; echo child " ++ integer_to_list(X))} end,
[spawn(fun() -> Child(X) end) || X <- lists:seq(1, 10)],
io:format("~p~n", [Answers(10)]),
Fib = fun F(N) when N < 2 -> N; F(N) -> F(N - 1) + F(N - 2) end,
[spawn(fun() -> Self ! {answer, Fib(20)} end) || _ <- lists:seq(1, 16)],
io:format("~p~n", [Answers(16)]),
halt(3).
"""


def exercise(scene):
    """Processes, files, sockets, children and work, many at once."""
    program = " ".join(PROGRAM.split())
    scene.same("what it prints", scene.run(f"erl -noshell -eval '{program}'", timeout=120))
