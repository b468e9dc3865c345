"""Apache httpd with mpm_worker: one child process with a pool of threads, a thread per connection."""
from comparison import clients, load
from comparison.server import Server

ORDER = 6
MODULES = "/usr/lib/apache2/modules"
CONFIGURATION = """ServerRoot {dir}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {dir}/apache.pid
ErrorLog {dir}/error.log
LoadModule mpm_worker_module MODULES/mod_mpm_worker.so
LoadModule authz_core_module MODULES/mod_authz_core.so
User www-data
Group www-data
AcceptFilter http none
StartServers 1
ServerLimit 1
ThreadLimit {workers}
ThreadsPerChild {workers}
MaxRequestWorkers {workers}
MinSpareThreads 1
MaxSpareThreads {workers}
KeepAlive On
MaxKeepAliveRequests 0
DocumentRoot {wwwroot}
""".replace("MODULES", MODULES)
SERVER = Server(
    name="apache2",
    about="httpd, mpm_worker; 256 connections, 1 KiB page, keep-alive",
    packages=("apache2-bin",),
    command="apache2 -f {dir}/apache.conf -D FOREGROUND",
    files={"apache.conf": CONFIGURATION},
    load=load.Wrk(connections=256),
    exchange=clients.http,
)
