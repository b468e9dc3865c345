"""Threads that a compiler's runtime makes: OpenMP's teams, pinned to CPUs or not, and Ada's tasks; and faked
time."""

OPENMP = """program teams
  integer :: i, k
  real(8) :: s
  do k = 1, 200
    s = 0
    !$omp parallel do reduction(+:s) num_threads(4) schedule(dynamic,10)
    do i = 1, 10000
      s = s + dble(i) * k
    end do
  end do
  print *, s
end
"""
ADA = """with Ada.Text_IO;
procedure Tasks is
   protected Counter is
      procedure Add (N : Integer);
      entry Wait_For_All (Sum_Of_All : out Integer);
   private
      Sum : Integer := 0; Done : Integer := 0;
   end Counter;
   protected body Counter is
      procedure Add (N : Integer) is begin Sum := Sum + N; Done := Done + 1; end Add;
      entry Wait_For_All (Sum_Of_All : out Integer) when Done = 20 is begin Sum_Of_All := Sum; end Wait_For_All;
   end Counter;
   task type Worker is entry Start (N : Integer); end Worker;
   task body Worker is
      Me : Integer;
   begin
      accept Start (N : Integer) do Me := N; end Start;
      select delay 0.002; then abort loop delay 0.5; end loop; end select;
      Counter.Add (Me);
   end Worker;
   Workers : array (1 .. 20) of Worker;
   Sum : Integer;
begin
   for I in Workers'Range loop Workers (I).Start (I); end loop;
   Counter.Wait_For_All (Sum);
   Ada.Text_IO.Put_Line (Integer'Image (Sum));
end Tasks;
"""
DATE = ("import threading,time; t=threading.Thread(target=lambda: print(time.strftime('%F'))); "
        "t.start(); t.join()")


def exercise(scene):
    """Built natively, run both ways."""
    scene.write("teams.f90", OPENMP)
    scene.check("gfortran", scene.client("gfortran -O1 -fopenmp -o teams teams.f90"), "[status 0]")
    for setting in ("OMP_PROC_BIND=false", "OMP_PROC_BIND=true", "OMP_WAIT_POLICY=passive"):
        scene.same(f"OpenMP, {setting}", scene.run(f"env {setting} ./teams"))
    scene.write("tasks.adb", ADA)
    scene.check("gnatmake", scene.client("gnatmake -q tasks.adb"), "[status 0]")
    scene.same("Ada's tasks", scene.run("./tasks"))
    scene.same("faked time", scene.run(f'faketime -f "@2020-02-02 12:00:00" python3 -c "{DATE}"'))
